import { Invalid } from '../../errors.js';
import { elementsOf, type XmlElement } from '../../text/xml-node.js';
import { guidOf, definedGuids, toGuid } from './refi-guid.js';
import { RefiLedger } from './refi-loss.js';
import type { RefiCode, RefiCodebook, RefiSet } from './refi-project.js';

/** The second is how two widely used programs write it. */
const CODEBOOK_NAMESPACES: ReadonlySet<string> = new Set([
  'urn:QDA-XML:codebook:1.0',
  'urn:QDA-XML:codebook:1:0',
]);
export const PROJECT_NAMESPACE = 'urn:QDA-XML:project:1.0';

/**
 * Reads a REFI-QDA codebook: the root of a `.qdc` file, or the `CodeBook` of a project.
 *
 * @throws {Invalid} refi-unreadable: not a codebook.
 * @throws {Invalid} refi-duplicate-guid: two codes or sets share one.
 */
export function readRefiCodebook(codebook: XmlElement): RefiCodebook {
  const namespace = codebook.attributes['xmlns'];
  // Inside a project the namespace is the project's and is not said again.
  const isKnown =
    namespace === undefined ||
    namespace === PROJECT_NAMESPACE ||
    CODEBOOK_NAMESPACES.has(namespace);
  if (codebook.name !== 'CodeBook' || !isKnown) {
    throw new Invalid('refi-unreadable', 'The file is not a REFI-QDA codebook 1.0.');
  }
  const ledger = new RefiLedger(definedGuids(codebook));
  const origin = ledger.attribute(codebook, 'origin') ?? '';
  const codes = readCodes(codebook, ledger);
  const guids = new Set(codes.map((code) => code.guid));
  const sets = readSets(codebook, ledger, { MemberCode: guids });
  return { origin, codes, sets, loss: ledger.report(codebook) };
}

export function readCodes(codebook: XmlElement, ledger: RefiLedger): RefiCode[] {
  ledger.take(codebook);
  const codes: RefiCode[] = [];
  const read = (element: XmlElement, parentGuid: string | null): void => {
    const guid = guidOf(element);
    if (guid === null) {
      ledger.lose(element, 'without-guid');
      return;
    }
    codes.push(readCode(element, { guid, parentGuid, ledger }));
    for (const child of elementsOf(element, 'Code')) read(child, guid);
  };
  for (const list of elementsOf(codebook, 'Codes')) {
    ledger.take(list);
    for (const element of elementsOf(list, 'Code')) read(element, null);
  }
  return codes;
}

function readCode(
  element: XmlElement,
  context: { guid: string; parentGuid: string | null; ledger: RefiLedger },
): RefiCode {
  const { guid, parentGuid, ledger } = context;
  ledger.attribute(element, 'guid');
  const color = ledger.attribute(element, 'color');
  if (color !== undefined) ledger.note('colours', guid);
  const description = readDescription(element, ledger);
  return {
    guid,
    name: ledger.attribute(element, 'name') ?? '',
    parentGuid,
    isCodable: !/^\s*(?:false|0)\s*$/.test(ledger.attribute(element, 'isCodable') ?? 'true'),
    ...(color === undefined ? {} : { color }),
    ...(description === undefined ? {} : { description }),
  };
}

export function readDescription(element: XmlElement, ledger: RefiLedger): string | undefined {
  const description = elementsOf(element, 'Description')[0];
  return description === undefined ? undefined : ledger.text(description);
}

type SetMember = 'MemberCode' | 'MemberSource' | 'MemberNote';

export function readSets(
  parent: XmlElement,
  ledger: RefiLedger,
  known: Partial<Record<SetMember, ReadonlySet<string>>>,
): RefiSet[] {
  const elements = elementsOf(parent, 'Sets').flatMap((list) =>
    elementsOf(ledger.take(list), 'Set'),
  );
  return elements.flatMap((element) => {
    const guid = guidOf(element);
    if (guid === null) {
      ledger.lose(element, 'without-guid');
      return [];
    }
    ledger.attribute(element, 'guid');
    ledger.note('sets', guid);
    const members = (name: SetMember): string[] =>
      elementsOf(element, name).flatMap((member) =>
        // A codebook says `guid` where a project says `targetGUID`.
        readReference(member, ledger, known[name] ?? new Set(), ['targetGUID', 'guid']),
      );
    const description = readDescription(element, ledger);
    return [
      {
        guid,
        name: ledger.attribute(element, 'name') ?? '',
        ...(description === undefined ? {} : { description }),
        codeGuids: members('MemberCode'),
        sourceGuids: members('MemberSource'),
        noteGuids: members('MemberNote'),
      },
    ];
  });
}

/** The GUID that is meant, in a list that is empty (and the loss noted) when it was not read. */
export function readReference(
  element: XmlElement,
  ledger: RefiLedger,
  known: ReadonlySet<string>,
  attributes: readonly string[] = ['targetGUID'],
): string[] {
  ledger.take(element);
  const name = attributes.find((attribute) => Object.hasOwn(element.attributes, attribute));
  const guid = name === undefined ? null : toGuid(ledger.attribute(element, name));
  if (guid !== null && known.has(guid)) return [guid];
  const isDefined = guid !== null && ledger.definedGuids.has(guid);
  ledger.note(isDefined ? 'unread-references' : 'dangling-references', guid);
  return [];
}
