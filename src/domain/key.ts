/** Keys that people give things: safe in paths, file names and flag clients, and never a way upwards. */
export const KEY_PATTERN = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function isKey(key: string): boolean {
  return KEY_PATTERN.test(key);
}
