import { Invalid } from '../../errors.js';
import { elementsOf, type XmlElement } from '../../text/xml-node.js';

/** GUIDs are written with braces or without, in any case: this is the one way to write them here. */
export function toGuid(written: string | undefined): string | null {
  const bare = (written ?? '')
    .trim()
    .replace(/^\{(.*)\}$/, '$1')
    .toLowerCase();
  return bare === '' ? null : bare;
}

export function guidOf(element: XmlElement): string | null {
  return toGuid(element.attributes['guid']);
}

/** What a reference can mean. Codings and drawings are never referred to by what is read here. */
const REFERABLE: ReadonlySet<string> = new Set([
  'User',
  'Code',
  'Variable',
  'Case',
  'TextSource',
  'PictureSource',
  'PDFSource',
  'AudioSource',
  'VideoSource',
  'Transcript',
  'SyncPoint',
  'PlainTextSelection',
  'TranscriptSelection',
  'Set',
  'Note',
]);

/**
 * Every GUID that a document defines.
 *
 * @throws {Invalid} refi-duplicate-guid: a reference could mean two things.
 */
export function definedGuids(root: XmlElement): ReadonlySet<string> {
  const all = new Set<string>();
  const seen = new Set<string>();
  const visit = (element: XmlElement): void => {
    const guid = guidOf(element);
    // The members of a codebook's sets name what they mean in an attribute of this name.
    if (guid !== null && !element.name.startsWith('Member')) all.add(guid);
    const isReferable = guid !== null && REFERABLE.has(element.name);
    if (isReferable && seen.has(guid)) {
      throw new Invalid('refi-duplicate-guid', 'Two elements of the file share a GUID.', [], {
        guid: guid.slice(0, 40),
      });
    }
    if (isReferable) seen.add(guid);
    elementsOf(element).forEach(visit);
  };
  visit(root);
  return all;
}
