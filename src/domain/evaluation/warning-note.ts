/** Something to know before reading the numbers of a comparison. */

export const WARNING_CODES = [
  'skewed',
  'denominator-near-zero',
  'no-covariate',
  'not-adjusted',
  'insufficient-data',
  'outlier-dominated',
] as const;

export interface WarningNote {
  code: (typeof WARNING_CODES)[number];
  detail: string;
}
