/** Why a line of a file is no event that could be read. */
export const LINE_FAULTS = [
  'malformed-json',
  'invalid-encoding',
  'json-too-deep',
  'json-too-complex',
  'duplicate-json-key',
  'forbidden-key',
  'number-out-of-range',
  'invalid-string',
  'line-too-long',
  'wrong-cell-count',
] as const;
export type LineFault = (typeof LINE_FAULTS)[number];

/** Longest line of a file of events, in bytes: as much as the body of an ordinary request. */
export const LINE_MAX_BYTES = 64 * 1024;

/** For whoever repairs the program that wrote the file. */
export const LINE_FAULT_DETAILS: Readonly<Record<LineFault, string>> = {
  'malformed-json': 'The line is not JSON.',
  'invalid-encoding': 'The line is not UTF-8.',
  'json-too-deep': 'The line nests too deeply.',
  'json-too-complex': 'An object of the line has too many members.',
  'duplicate-json-key': 'A key stands twice in one object.',
  'forbidden-key': 'A key is one that is not allowed anywhere, such as __proto__.',
  'number-out-of-range': 'A number cannot be represented.',
  'invalid-string': 'Text holds NUL or half a character.',
  'line-too-long': `A line is at most ${LINE_MAX_BYTES} bytes.`,
  'wrong-cell-count': 'The row has not as many cells as the header line.',
};

export function isLineFault(code: string): code is LineFault {
  return LINE_FAULTS.some((fault) => fault === code);
}
