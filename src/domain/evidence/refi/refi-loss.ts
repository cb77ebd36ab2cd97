import { elementsOf, textOf, type XmlElement } from '../../text/xml-node.js';
import { guidOf } from './refi-guid.js';

/** What a REFI-QDA file can hold that is not taken over, in a sentence for the person who imports. */
const LOSSES = {
  'position-disagrees':
    'Selections whose words do not stand where their positions point. They were left out rather than moved.',
  'position-outside-text':
    'Selections whose positions are no place in the text of their source. They were left out.',
  'selection-without-position': 'Selections that say no position that could be read.',
  'position-by-specification':
    'Selections in sources where nothing tells how positions were counted: they are read as the specification says, code points from 0, the end not included. Check them.',
  'position-by-neighbours':
    'Selections without words of their own: their positions are read as the other selections of the source confirm.',
  'crosses-turns':
    'Selections that reach over more than one turn. A quote is one turn of one speaker, so they are not quotes yet.',
  'dangling-references': 'References to something that the file does not hold.',
  'unread-references': 'References to sources and selections that were not read.',
  'without-guid': 'Elements without a GUID, which nothing can refer to.',
  'sources-without-text':
    'Text sources whose plain text is not in the file, with what is marked in them.',
  'transcripts-without-text': 'Transcripts without plain text, with what is marked in them.',
  'picture-sources': 'Pictures, with what is marked in them.',
  'pdf-sources': 'PDF documents. Only a plain-text representation of them is read.',
  'audio-sources': 'Sound recordings. Only their transcripts are read.',
  'video-sources': 'Films. Only their transcripts are read.',
  'media-selections': 'Selections of a picture, a page, a sound or a film: a quote is words.',
  'unread-selections': 'Selections in notes, and in documents of which a plain text was not read.',
  'repeated-codings': 'The same code, given more than once to one selection.',
  'source-codings': 'Codes given to a whole source: only words can carry a code.',
  'case-codes': 'Codes given to a person.',
  'source-variables': 'Variables of sources: only those of people are kept.',
  variables: 'Variables of people.',
  'variable-types': 'Types of variables.',
  users: 'Coders. They get no account.',
  'user-ids': 'What the coders are called by the other program.',
  sets: 'Sets of codes, sources and notes.',
  notes: 'Notes and memos.',
  'note-references': 'Links from something to a note.',
  links: 'Links between codes, sources and selections.',
  graphs: 'Drawings of codes and links.',
  descriptions: 'Descriptions of anything but codes and selections.',
  colours: 'Colours of codes.',
  dates: 'When something was made or changed in the other program.',
  authors: 'Who made or changed something, but for the first coder of each selection.',
  paths: 'Where files lie or lay, and files with formatting.',
  times: 'When in a recording words were said.',
  'stray-text': 'Words where the format has none.',
  'unknown-attributes': 'Attributes that the format does not know.',
  'unknown-elements': 'Elements that the format does not know, or knows elsewhere.',
} as const;

export type RefiLossKind = keyof typeof LOSSES;

/** As many are named as a person would look at; `count` counts all. */
const EXAMPLES_MAX = 50;

export interface RefiLoss {
  kind: RefiLossKind;
  count: number;
  /** Elements and attributes of the file that this leaves out, with everything inside them. */
  parts: number;
  /** A sentence for the person who imports. */
  what: string;
  /** GUIDs of what is meant (or refers to it), at most 50. */
  examples?: string[];
}

const KIND_OF_ELEMENT: ReadonlyMap<string, RefiLossKind> = new Map<string, RefiLossKind>([
  ['User', 'users'],
  ['Set', 'sets'],
  ['Note', 'notes'],
  ['NoteRef', 'note-references'],
  ['MemberNote', 'note-references'],
  ['Link', 'links'],
  ['Graph', 'graphs'],
  ['Description', 'descriptions'],
  ['TextDescription', 'descriptions'],
  ['PictureSource', 'picture-sources'],
  ['PDFSource', 'pdf-sources'],
  ['AudioSource', 'audio-sources'],
  ['VideoSource', 'video-sources'],
  ['PictureSelection', 'media-selections'],
  ['PDFSelection', 'media-selections'],
  ['AudioSelection', 'media-selections'],
  ['VideoSelection', 'media-selections'],
  ['PlainTextSelection', 'unread-selections'],
  ['Coding', 'source-codings'],
  ['CodeRef', 'case-codes'],
  ['VariableValue', 'source-variables'],
  ['SyncPoint', 'times'],
]);

const KIND_OF_ATTRIBUTE: ReadonlyMap<string, RefiLossKind> = new Map<string, RefiLossKind>([
  ['id', 'user-ids'],
  ['color', 'colours'],
  ['typeOfVariable', 'variable-types'],
  ['creatingUser', 'authors'],
  ['creatingUserGUID', 'authors'],
  ['modifyingUser', 'authors'],
  ['modifyingUserGUID', 'authors'],
  ['creationDateTime', 'dates'],
  ['modifiedDateTime', 'dates'],
  ['basePath', 'paths'],
  ['path', 'paths'],
  ['currentPath', 'paths'],
  ['richTextPath', 'paths'],
  ['plainTextPath', 'paths'],
  ['timeStamp', 'times'],
]);

/** Says how the document is written, not what is in it. */
const SYNTAX: ReadonlySet<string> = new Set(['xmlns', 'schemaLocation']);

/**
 * What of a document found a place. Whatever nobody took is in the report, so that nothing can be
 * dropped in silence: not by a reader that forgot it, not because the format grew.
 */
export class RefiLedger {
  readonly #taken = new Map<XmlElement, Set<string>>();
  readonly #withText = new Set<XmlElement>();
  readonly #lost = new Map<XmlElement, RefiLossKind>();
  readonly #tally = new Map<RefiLossKind, { count: number; parts: number; examples: string[] }>();

  constructor(readonly definedGuids: ReadonlySet<string>) {}

  /** The element has a place; those of its attributes that `attribute` reads have one too. */
  take(element: XmlElement): XmlElement {
    if (!this.#taken.has(element)) this.#taken.set(element, new Set());
    return element;
  }

  attribute(element: XmlElement, name: string): string | undefined {
    this.take(element);
    this.#taken.get(element)?.add(name);
    return Object.hasOwn(element.attributes, name) ? element.attributes[name] : undefined;
  }

  text(element: XmlElement): string {
    this.take(element);
    this.#withText.add(element);
    return textOf(element);
  }

  /** The element, with all that is inside it, has no place for this reason. */
  lose(element: XmlElement, kind: RefiLossKind): void {
    this.#lost.set(element, kind);
  }

  /** Something that is worth saying though the element was read. */
  note(kind: RefiLossKind, guid: string | null): void {
    this.#add(kind, guid, 0);
  }

  report(root: XmlElement): RefiLoss[] {
    this.#visit(root);
    const kinds = Object.keys(LOSSES) as RefiLossKind[];
    return kinds.flatMap((kind) => {
      const found = this.#tally.get(kind);
      if (found === undefined) return [];
      const { count, parts, examples } = found;
      const loss: RefiLoss = { kind, count, parts, what: LOSSES[kind] };
      return examples.length === 0 ? [loss] : [{ ...loss, examples }];
    });
  }

  #visit(element: XmlElement): void {
    const kind = this.#lost.get(element);
    const taken = this.#taken.get(element);
    if (kind !== undefined || taken === undefined) {
      const why = kind ?? KIND_OF_ELEMENT.get(element.name) ?? 'unknown-elements';
      this.#add(why, guidOf(element), partCount(element));
      return;
    }
    for (const name of Object.keys(element.attributes)) {
      if (taken.has(name) || SYNTAX.has(name)) continue;
      this.#add(KIND_OF_ATTRIBUTE.get(name) ?? 'unknown-attributes', guidOf(element), 1);
    }
    if (!this.#withText.has(element) && element.children.some(isWords)) {
      this.#add('stray-text', guidOf(element), 0);
    }
    for (const child of elementsOf(element)) this.#visit(child);
  }

  #add(kind: RefiLossKind, guid: string | null, parts: number): void {
    const entry = this.#tally.get(kind) ?? { count: 0, parts: 0, examples: [] };
    entry.count += 1;
    entry.parts += parts;
    if (guid !== null && entry.examples.length < EXAMPLES_MAX) entry.examples.push(guid);
    this.#tally.set(kind, entry);
  }
}

function isWords(child: XmlElement | string): boolean {
  return typeof child === 'string' && child.trim() !== '';
}

function partCount(element: XmlElement): number {
  const own = Object.keys(element.attributes).filter((name) => !SYNTAX.has(name)).length;
  return elementsOf(element).reduce((sum, child) => sum + partCount(child), 1 + own);
}
