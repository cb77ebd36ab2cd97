/** Why a number of a result is not there. */

export const NOT_COMPUTED = [
  'not-matured',
  'no-variance',
  'too-few',
  'no-control-events',
  'srm',
  'not-identified',
  'empty-arm',
  'bad-input',
  'open-ended',
  'no-units',
  'not-kept',
] as const;
export type NotComputedWhy = (typeof NOT_COMPUTED)[number];

/** Stands beside numbers that are not there, and says why. */
export interface NotComputedNote {
  reason: NotComputedWhy;
  detail: string;
}
