/** UTF-16 units, as for every name of the API. */
export const IMPORTED_NAME_MAX = 200;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/u;
/** Zero-width and direction marks make two names look like one. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/u;

/**
 * What is wrong with a name or a short value that a file brings, or null. Names that come over the
 * API are checked by their fields; those inside files are checked here, by the same bounds.
 */
export function nameFault(text: string): 'too-long' | 'unreadable-character' | null {
  if (text.length > IMPORTED_NAME_MAX) return 'too-long';
  return CONTROL.test(text) || INVISIBLE.test(text) ? 'unreadable-character' : null;
}
