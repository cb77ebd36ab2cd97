import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { Invalid } from '../../domain/errors.js';
import { isWellFormed } from '../../domain/text/is-well-formed.js';
import type { XmlElement } from '../../domain/text/xml-node.js';
import { guardXml, XML_DEPTH_MAX, XML_NODES_MAX } from './xml-guard.js';

const TEXT = '#text';
const CDATA = '#cdata';
const ATTRIBUTES = ':@';
/** Keeps the names of attributes apart from those that objects are born with. */
const ATTRIBUTE_PREFIX = '@_';
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** As the parser hands it over when order is kept: one key is the name, with the children. */
type ParsedNode = Record<string, unknown>;
type Namespaces = ReadonlyMap<string, string>;

/**
 * Reads an XML 1.0 document from characters (whatever encoding it declares, it has been decoded).
 * Order and white space are kept, comments and processing instructions are not. Prefixes are
 * removed: names are local, and `xmlns` of an element is the namespace it is in, wherever that
 * differs from its parent's. Only the five predefined entities and character references exist.
 *
 * @throws {Invalid} xml-too-large: more than 16 MiB, 500,000 nodes, 64 levels, or
 *   1,000 attributes of one element.
 * @throws {Invalid} xml-entities: a document type, a declaration or an entity that needs one.
 * @throws {Invalid} xml-unreadable: not well-formed. No message holds words of the document.
 */
export function readXml(text: string): XmlElement {
  const document = text.startsWith('\uFEFF') ? text.slice(1) : text;
  guardXml(document);
  if (!isWellFormed(document) || XMLValidator.validate(document) !== true) throw unreadable();
  const roots = parse(document).filter(isElement);
  const root = roots[0];
  if (root === undefined || roots.length > 1) throw unreadable();
  return toElement(root, new Map([['xml', XML_NAMESPACE]]), '');
}

function parse(document: string): ParsedNode[] {
  let nodes = 0;
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: ATTRIBUTE_PREFIX,
    textNodeName: TEXT,
    cdataPropName: CDATA,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    // References are decoded below, where an unknown one is refused instead of kept.
    processEntities: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    jPath: false,
    maxNestedTags: XML_DEPTH_MAX,
    onDangerousProperty: (name) => name,
    updateTag: (name) => {
      nodes += 1;
      if (nodes > XML_NODES_MAX) throw new RangeError('too many nodes');
      return name;
    },
  });
  try {
    return parser.parse(document) as ParsedNode[];
  } catch {
    // The parser's own messages quote the document.
    throw unreadable();
  }
}

function isElement(node: ParsedNode): boolean {
  return !(TEXT in node) && !(CDATA in node);
}

function toElement(node: ParsedNode, outer: Namespaces, parentNamespace: string): XmlElement {
  const qualified = Object.keys(node).find((key) => key !== ATTRIBUTES);
  if (qualified === undefined) throw unreadable();
  const written = attributesOf(node);
  const namespaces = declare(written, outer);
  const { prefix, local } = splitName(qualified);
  const namespace = namespaces.get(prefix) ?? '';
  return {
    name: local,
    attributes: plainAttributes(written, namespace === parentNamespace ? null : namespace),
    children: childrenOf(node[qualified] as ParsedNode[], namespaces, namespace),
  };
}

function childrenOf(
  nodes: readonly ParsedNode[],
  namespaces: Namespaces,
  namespace: string,
): (XmlElement | string)[] {
  const children: (XmlElement | string)[] = [];
  for (const node of nodes) {
    if (isElement(node)) {
      children.push(toElement(node, namespaces, namespace));
      continue;
    }
    const text = TEXT in node ? decode(String(node[TEXT])) : cdataOf(node);
    const last = children.at(-1);
    // Text that a CDATA section or a comment has cut is one text to a reader.
    if (typeof last === 'string') children[children.length - 1] = last + text;
    else if (text !== '') children.push(text);
  }
  return children;
}

function cdataOf(node: ParsedNode): string {
  return (node[CDATA] as ParsedNode[]).map((part) => String(part[TEXT])).join('');
}

function attributesOf(node: ParsedNode): [name: string, value: string][] {
  const written = (node[ATTRIBUTES] ?? {}) as Record<string, string>;
  return Object.entries(written).map(([name, value]) => [
    name.slice(ATTRIBUTE_PREFIX.length),
    // A line break or tab that is written out is a space in an attribute (XML 1.0, 3.3.3); one
    // that is written as a reference stays.
    decode(value.replace(/[\t\n\r]/g, ' ')),
  ]);
}

function declare(written: readonly [string, string][], outer: Namespaces): Namespaces {
  const declared = written.filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:'));
  if (declared.length === 0) return outer;
  return new Map([
    ...outer,
    ...declared.map(([name, uri]): [string, string] => [name.slice(6), uri]),
  ]);
}

/** By local name; where two share one, the name that had no prefix wins. */
function plainAttributes(
  written: readonly [string, string][],
  namespace: string | null,
): Record<string, string> {
  const own = written.filter(([name]) => name !== 'xmlns' && !name.startsWith('xmlns:'));
  const prefixed = own.filter(([name]) => name.includes(':'));
  const bare = own.filter(([name]) => !name.includes(':'));
  return Object.fromEntries([
    ...(namespace === null ? [] : [['xmlns', namespace]]),
    ...prefixed.map(([name, value]) => [splitName(name).local, value]),
    ...bare,
  ]) as Record<string, string>;
}

function splitName(qualified: string): { prefix: string; local: string } {
  const colon = qualified.indexOf(':');
  if (colon === -1) return { prefix: '', local: qualified };
  const local = qualified.slice(colon + 1);
  if (colon === 0 || local === '' || local.includes(':')) throw unreadable();
  return { prefix: qualified.slice(0, colon), local };
}

function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&]*);?/g, (reference: string, name: string) => {
    if (!reference.endsWith(';')) throw unreadable();
    if (name.startsWith('#')) return characterOf(name);
    const known = PREDEFINED.get(name);
    if (known !== undefined) return known;
    throw new Invalid('xml-entities', 'The XML document uses an entity that is not predefined.');
  });
}

function characterOf(reference: string): string {
  const digits = /^#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}))$/.exec(reference);
  if (digits === null) throw unreadable();
  const point =
    digits[1] === undefined ? Number.parseInt(digits[2] ?? '', 10) : Number.parseInt(digits[1], 16);
  if (!isXmlCharacter(point)) throw unreadable();
  return String.fromCodePoint(point);
}

/** `Char` of XML 1.0: no control characters but tab and line breaks, no halves of a pair. */
function isXmlCharacter(point: number): boolean {
  if (point < 0x20) return point === 0x9 || point === 0xa || point === 0xd;
  if (point < 0xd800) return true;
  return (point > 0xdfff && point < 0xfffe) || (point > 0xffff && point <= 0x10ffff);
}

function unreadable(): Invalid {
  return new Invalid('xml-unreadable', 'The file is not a well-formed XML document.');
}
