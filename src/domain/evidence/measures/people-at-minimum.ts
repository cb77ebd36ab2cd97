import { notComputed, type NotComputed } from '../../../stats/outcome.js';
import { binomialAtLeast } from './binomial-tail.js';

/** Where nobody aims at the minimum, no more than this share of those near it lies exactly on it. */
const SHARE_EXPECTED = 0.5;
/** Up to this many people above the minimum counts as near it. */
const NEAR_ABOVE = 2;
/** With fewer rationales near the minimum even all of them on it would be no surprise. */
export const RATIONALES_NEAR_MIN = 8;
/** The report is read often, so a false alarm should be rare. */
export const AT_MINIMUM_P_MAX = 0.01;

export interface PeopleAtMinimum {
  ok: true;
  /** Rationales by how many people they count above their minimum; index 0 is exactly at it. */
  counts: readonly number[];
  atMinimum: number;
  near: number;
  /** Chance of so many at the minimum, or more, if half of those near it were to be expected there. */
  pValue: number;
  isSpike: boolean;
}

/**
 * Do rationales stop at the number of people that opens the gate? A spike exactly at the minimum,
 * against the next two numbers together, shows that people are counted until the gate opens and not
 * until the matter is understood. One-sided exact binomial test of a share of one half, which is
 * generous: people are costly, so a falling distribution is to be expected.
 */
export function peopleAtMinimum(
  rationales: readonly { people: number; peopleMin: number }[],
): PeopleAtMinimum | NotComputed {
  const above = rationales
    .map(({ people, peopleMin }) => people - peopleMin)
    .filter((extra) => extra >= 0);
  const counts = Array.from(
    { length: NEAR_ABOVE + 1 },
    (_, extra) => above.filter((one) => one === extra).length,
  );
  const atMinimum = counts[0] ?? 0;
  const near = counts.reduce((sum, count) => sum + count, 0);
  if (near < RATIONALES_NEAR_MIN) {
    return notComputed(
      'too-few',
      `${near} rationales lie near the minimum of people; ${RATIONALES_NEAR_MIN} are needed to see a spike.`,
    );
  }
  const pValue = binomialAtLeast(atMinimum, near, SHARE_EXPECTED);
  return { ok: true, counts, atMinimum, near, pValue, isSpike: pValue <= AT_MINIMUM_P_MAX };
}
