/** Larger magnitudes are no quantity of this product and lose digits as doubles. */
const NUMBER_MAX = 1e18;

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * The number that a token of JSON (RFC 8259, section 6) stands for, or null when a double cannot
 * hold it: whole numbers beyond 2^53, magnitudes beyond 10^18, and minus zero.
 */
export function representable(token: string): number | null {
  const value = Number(token);
  const isWhole = !/[.eE]/.test(token);
  if (isWhole && !Number.isSafeInteger(value)) return null;
  return Math.abs(value) <= NUMBER_MAX && !Object.is(value, -0) ? value : null;
}

/** The number that a text is in the syntax of JSON; null for any other text, such as `007` or `1,5`. */
export function numberOfText(text: string): number | null {
  return JSON_NUMBER.test(text) ? representable(text) : null;
}
