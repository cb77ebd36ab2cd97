import type { NotComputedReason } from '../../../src/stats/outcome.js';

/** Data, or an argument of a program, that must not get a number for an answer. */
export interface Refusal {
  what: string;
  call: () => unknown;
  /** The reason named in the result; `range-error` for an argument that a program chooses. */
  answer: NotComputedReason | 'range-error';
}

/** Bad calls by the name of the exported function. */
export type Refusals = Readonly<Record<string, readonly Refusal[]>>;

/** How a function answered; a result that was computed after all is told whole. */
export function answerOf(call: () => unknown): string {
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    // An instance of another realm's RangeError would not be recognised by `instanceof`.
    return (error as Error).name === 'RangeError' ? 'range-error' : String(error);
  }
  // Several answers at once, each with its own reason.
  const [single] = Array.isArray(result) ? (result as unknown[]) : [result];
  if (typeof single === 'object' && single !== null && 'ok' in single && single.ok === false) {
    const { reason, detail } = single as unknown as { reason: string; detail: string };
    return detail === '' ? `${reason} without a detail` : reason;
  }
  return `computed: ${JSON.stringify(result)}`;
}

export const BAD_NUMBERS = [NaN, Infinity, -Infinity] as const;
