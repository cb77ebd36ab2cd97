/** Interviews whose codes are the base that new ones are measured against. */
export const SATURATION_BASE = 4;
/** Interviews looked at together for anything new. */
export const SATURATION_RUNS = [2, 3] as const;
/** Share of the base that may still be new. */
export const SATURATION_THRESHOLDS = [0.05, 0] as const;

export type SaturationRun = (typeof SATURATION_RUNS)[number];
export type SaturationThreshold = (typeof SATURATION_THRESHOLDS)[number];

/**
 * After how many interviews nothing (or little) new came: Guest, Namey and Chen 2020, PLOS ONE
 * 15(5):e0232076. The base is what the first four interviews found; a run of the next two or three is
 * looked at for what no earlier interview had, as a share of the base, and slides on by one.
 *
 * "6+2 at 5%" is answer 6 with a run of 2: the two interviews after the sixth confirm.
 *
 * @param newCodes how many codes each interview was the first to have, in order.
 * @returns interviews before the run; null when it never came so far, or the base found nothing.
 */
export function saturatedAfter(
  newCodes: readonly number[],
  run: number,
  threshold: number,
): number | null {
  const base = sum(newCodes.slice(0, SATURATION_BASE));
  if (base === 0) return null;
  for (let before = SATURATION_BASE; before + run <= newCodes.length; before += 1) {
    if (sum(newCodes.slice(before, before + run)) / base <= threshold) return before;
  }
  return null;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
