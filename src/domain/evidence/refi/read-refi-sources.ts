import { elementsOf, type XmlElement } from '../../text/xml-node.js';
import { codePointLength } from '../text.js';
import {
  anchorSelections,
  type AnchoredSelections,
  type WrittenSelection,
} from './position-reading.js';
import { readReference } from './read-refi-codebook.js';
import type { RefiFiles } from './refi-files.js';
import { guidOf, toGuid } from './refi-guid.js';
import type { RefiLedger, RefiLossKind } from './refi-loss.js';
import type { RefiSelection, RefiSource } from './refi-project.js';
import { placeInTurns, turnsOfSource } from './turns-of-source.js';

export interface SourceContext {
  ledger: RefiLedger;
  files: RefiFiles;
  codeGuids: ReadonlySet<string>;
  /** Names of coders. */
  users: ReadonlyMap<string, string>;
}

interface FoundSelection extends WrittenSelection {
  element: XmlElement;
  guid: string;
}

/** What of a recording or document can be text, and what it is called when there is none. */
const MEDIA: ReadonlyMap<string, { kind: RefiLossKind; textElement: string }> = new Map<
  string,
  { kind: RefiLossKind; textElement: string }
>([
  ['AudioSource', { kind: 'audio-sources', textElement: 'Transcript' }],
  ['VideoSource', { kind: 'video-sources', textElement: 'Transcript' }],
  ['PDFSource', { kind: 'pdf-sources', textElement: 'Representation' }],
]);

/** Every text with what is marked in it: text sources, transcripts, the text of a PDF document. */
export function readSources(list: XmlElement, context: SourceContext): RefiSource[] {
  context.ledger.take(list);
  return elementsOf(list).flatMap((element) => {
    if (element.name === 'TextSource') return readText(element, context, 'sources-without-text');
    return readMedium(element, context);
  });
}

function readMedium(element: XmlElement, context: SourceContext): RefiSource[] {
  const { ledger } = context;
  const medium = MEDIA.get(element.name);
  if (medium === undefined) return [];
  const texts = elementsOf(element, medium.textElement);
  const mediaGuid = guidOf(element);
  const sources = texts.flatMap((text) => readText(text, context, 'transcripts-without-text'));
  if (sources.length === 0 || mediaGuid === null) {
    ledger.lose(element, medium.kind);
    return [];
  }
  ledger.note(medium.kind, mediaGuid);
  ledger.attribute(element, 'guid');
  const name = ledger.attribute(element, 'name') ?? '';
  return sources.map((source) => ({ ...source, name: source.name || name, mediaGuid }));
}

function readText(element: XmlElement, context: SourceContext, ifNone: RefiLossKind): RefiSource[] {
  const { ledger } = context;
  const guid = guidOf(element);
  const found = guid === null ? null : findText(element, context);
  if (guid === null || found === null) {
    ledger.lose(element, guid === null ? 'without-guid' : ifNone);
    return [];
  }
  ledger.attribute(element, 'guid');
  const hadMark = found.startsWith('\uFEFF');
  const text = hadMark ? found.slice(1) : found;
  const written = findSelections(element, ledger);
  const anchored = anchorSelections(text, hadMark, written);
  const turns = turnsOfSource(text);
  return [
    {
      guid,
      name: ledger.attribute(element, 'name') ?? '',
      text,
      turns,
      positions: { ...anchored.reading, confirmedBy: anchored.confirmedBy },
      selections: readSelections(written, anchored, context, turns),
    },
  ];
}

function findText(element: XmlElement, { ledger, files }: SourceContext): string | null {
  const content = elementsOf(element, 'PlainTextContent')[0];
  const fromFile = files.text(element.attributes['plainTextPath']);
  if (fromFile !== null) {
    ledger.attribute(element, 'plainTextPath');
    return fromFile;
  }
  return content === undefined ? null : ledger.text(content);
}

function findSelections(source: XmlElement, ledger: RefiLedger): FoundSelection[] {
  const timed = elementsOf(source, 'TranscriptSelection');
  const points = timed.length === 0 ? new Map<string, XmlElement>() : syncPointsOf(source);
  const found: FoundSelection[] = [];
  for (const element of elementsOf(source)) {
    const isTimed = element.name === 'TranscriptSelection';
    if (!isTimed && element.name !== 'PlainTextSelection') continue;
    const guid = guidOf(element);
    const [from, to] = isTimed
      ? ['fromSyncPoint', 'toSyncPoint'].map((name) => {
          const point = points.get(toGuid(element.attributes[name]) ?? '');
          return point === undefined ? undefined : positionOf(point, ledger);
        })
      : ['startPosition', 'endPosition'].map((name) => toPosition(element.attributes[name]));
    if (guid === null || from === undefined || to === undefined) {
      ledger.lose(element, guid === null ? 'without-guid' : 'selection-without-position');
      continue;
    }
    const description = elementsOf(element, 'Description')[0]?.children.join('') ?? '';
    const words = [element.attributes['name'] ?? '', description].filter((text) => text !== '');
    found.push({ element, guid, start: from, end: to, words });
  }
  return found;
}

function syncPointsOf(source: XmlElement): Map<string, XmlElement> {
  return new Map(elementsOf(source, 'SyncPoint').map((point) => [guidOf(point) ?? '', point]));
}

function positionOf(point: XmlElement, ledger: RefiLedger): number | undefined {
  ledger.attribute(point, 'guid');
  return toPosition(ledger.attribute(point, 'position'));
}

function toPosition(written: string | undefined): number | undefined {
  if (written === undefined || !/^\s*[+-]?\d{1,15}\s*$/.test(written)) return undefined;
  return Number(written);
}

function readSelections(
  written: readonly FoundSelection[],
  anchored: AnchoredSelections,
  context: SourceContext,
  turns: RefiSource['turns'],
): RefiSelection[] {
  const { ledger } = context;
  const lengths = turns.map((turn) => codePointLength(turn.text));
  return written.flatMap((selection, index) => {
    const anchor = anchored.anchors[index];
    if (anchor === undefined) return [];
    if (!anchor.found) {
      ledger.lose(selection.element, anchor.reason);
      return [];
    }
    if (!anchor.checked) {
      const isConfirmed = anchored.confirmedBy > 0;
      const kind = isConfirmed ? 'position-by-neighbours' : 'position-by-specification';
      ledger.note(kind, selection.guid);
    }
    const { start, end, exact, checked } = anchor;
    const place = placeInTurns(turns, lengths, { start, end });
    if (place === null) ledger.note('crosses-turns', selection.guid);
    return [
      {
        guid: selection.guid,
        start,
        end,
        exact,
        checked,
        place,
        ...readMarks(selection.element, context),
      },
    ];
  });
}

/** What a selection says besides its place. */
function readMarks(
  element: XmlElement,
  { ledger, codeGuids, users }: SourceContext,
): Pick<RefiSelection, 'name' | 'codeGuids' | 'creatingUser' | 'note'> {
  for (const name of ['guid', 'startPosition', 'endPosition', 'fromSyncPoint', 'toSyncPoint']) {
    ledger.attribute(element, name);
  }
  const codings = elementsOf(element, 'Coding');
  const codes = codings.flatMap((coding) => {
    // Nothing refers to a coding by its GUID.
    ledger.attribute(coding, 'guid');
    return elementsOf(coding, 'CodeRef').flatMap((ref) => readReference(ref, ledger, codeGuids));
  });
  const coders = [element, ...codings].flatMap((marked) => {
    const guid = toGuid(ledger.attribute(marked, 'creatingUser'));
    if (guid === null) return [];
    const coder = users.get(guid);
    if (coder === undefined) ledger.note('dangling-references', guid);
    return coder === undefined ? [] : [coder];
  });
  const given = new Set(codes);
  for (const _ of codes.slice(given.size)) ledger.note('repeated-codings', guidOf(element));
  const others = coders.filter((coder) => coder !== coders[0]);
  for (const _ of others) ledger.note('authors', guidOf(element));
  const name = ledger.attribute(element, 'name');
  const description = elementsOf(element, 'Description')[0];
  const note = description === undefined ? '' : ledger.text(description);
  return {
    ...(name === undefined ? {} : { name }),
    codeGuids: [...given],
    ...(coders[0] === undefined ? {} : { creatingUser: coders[0] }),
    ...(note === '' ? {} : { note }),
  };
}
