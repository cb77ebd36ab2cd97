const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Whether a string is well-formed UTF-16: a lone surrogate has no UTF-8 form and cannot be stored. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}
