import { Invalid } from '../../domain/errors.js';

/** In bytes of UTF-8: a transcript of a day of talk is below one. */
export const XML_BYTES_MAX = 16 * 1024 * 1024;
export const XML_DEPTH_MAX = 64;
export const XML_NODES_MAX = 500_000;
/** Of one element: the parser holds them all at once. */
const XML_ATTRIBUTES_MAX = 1_000;

// oxlint-disable-next-line no-control-regex
const FORBIDDEN_CHARACTER = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/**
 * Looks once over a document before anything is built from it: size, depth, numbers, and
 * that nothing declares anything. Declarations are what expansion bombs and external entities are
 * made of, and no document that the product reads needs one.
 */
export function guardXml(text: string): void {
  if (Buffer.byteLength(text, 'utf8') > XML_BYTES_MAX) throw tooLarge('bytes', XML_BYTES_MAX);
  if (FORBIDDEN_CHARACTER.test(text)) throw unreadable();
  let nodes = 0;
  let depth = 0;
  let end = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', end)) {
    // The validator lets words stand after a root without content.
    if (depth === 0 && !isBlank(text.slice(end, at))) throw unreadable();
    const markup = markupAt(text, at);
    nodes += markup.opens === -1 ? 0 : 1;
    depth += markup.opens;
    if (nodes > XML_NODES_MAX) throw tooLarge('nodes', XML_NODES_MAX);
    if (depth > XML_DEPTH_MAX) throw tooLarge('levels', XML_DEPTH_MAX);
    end = markup.end;
  }
  if (depth !== 0 || !isBlank(text.slice(end))) throw unreadable();
}

function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

/** Where the markup at `start` ends, and by how many levels it leads deeper. */
function markupAt(text: string, start: number): { end: number; opens: 1 | 0 | -1 } {
  if (text.startsWith('<!--', start)) return { end: after(text, '-->', start + 4), opens: 0 };
  if (text.startsWith('<![CDATA[', start)) return { end: after(text, ']]>', start + 9), opens: 0 };
  if (text.startsWith('<?', start)) return { end: after(text, '?>', start + 2), opens: 0 };
  if (text.startsWith('<!', start)) {
    throw new Invalid(
      'xml-entities',
      'XML documents with a document type or other declarations are not read.',
    );
  }
  const last = endOfTag(text, start + 1);
  if (text[start + 1] === '/') return { end: last + 1, opens: -1 };
  return { end: last + 1, opens: text[last - 1] === '/' ? 0 : 1 };
}

function after(text: string, closing: string, from: number): number {
  const found = text.indexOf(closing, from);
  if (found === -1) throw unreadable();
  return found + closing.length;
}

/** The position of the `>`; quoted values are passed over, and may not hold a `<`. */
function endOfTag(text: string, from: number): number {
  let values = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '>') return at;
    if (character === '<') break;
    if (character !== '"' && character !== "'") continue;
    values += 1;
    if (values > XML_ATTRIBUTES_MAX) throw tooLarge('attributes', XML_ATTRIBUTES_MAX);
    const closing = text.indexOf(character, at + 1);
    if (closing === -1 || text.slice(at + 1, closing).includes('<')) break;
    at = closing;
  }
  throw unreadable();
}

function tooLarge(what: string, max: number): Invalid {
  return new Invalid('xml-too-large', `An XML document may hold at most ${max} ${what}.`, [], {
    limit: what,
    max,
  });
}

function unreadable(): Invalid {
  return new Invalid('xml-unreadable', 'The file is not a well-formed XML document.');
}
