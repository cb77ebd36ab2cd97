import { isWellFormed } from './is-well-formed.js';

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Whether a text is well formed and holds no control character. Most are ASCII, seen in one pass. */
export function isPrintable(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return !CONTROL.test(text) && isWellFormed(text);
  }
  return true;
}
