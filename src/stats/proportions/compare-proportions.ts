import { requirePositive } from '../argument-checks.js';
import { normal } from '../distributions.js';
import { type Interval, type NotComputed, shift } from '../outcome.js';
import { type PValue, pValueOfLog } from '../p-value.js';
import { equivalentZ } from './equivalent-z.js';
import { fisherExact, type FisherExact } from './fisher-exact.js';
import { miettinenNurminen } from './miettinen-nurminen.js';
import { problemWithArms, problemWithVariance, type TwoArms } from './rate-interval.js';
import { scoreRatio } from './score-ratio.js';

/** With fewer units than this in any cell of the two-by-two table the exact test is asked too. */
export const SMALL_CELL = 5;
/** Far enough past the statistic that no rounding in an interval's limit can pull it back. */
const JUST_PAST = 1.001;

export interface CompareProportionsInput extends TwoArms {
  /** Two-sided critical value on the normal scale: a quantile, a group-sequential bound, Dunnett's. */
  criticalZ: number;
}

/** The difference treatment - control of two conversion rates; everything here agrees at one level. */
export interface ProportionComparison extends PValue {
  ok: true;
  /** `exact`: a cell was small, so Fisher's mid-p could only make the verdict more careful. */
  method: 'score' | 'exact';
  estimate: number;
  /** Standard error under "no difference" (pooled rate): the one of the test, not of the interval. */
  se: number;
  /** Score statistic estimate / se, signed. */
  statistic: number;
  /** Signed normal quantile of the reported p-value: beyond ±criticalZ is significant. */
  equivalentZ: number;
  /** Critical value of both intervals: `criticalZ`, or more in the exact branch. */
  criticalValue: number;
  interval: Interval;
  /** On the lift scale, ratio - 1. No estimate where no unit of the control converted. */
  ratio: { estimate: number | null; interval: Interval };
  /** Only in the exact branch; below 1e-300 they stand at that bound. */
  exact?: { fisherP: number; midP: number };
}

/**
 * Compares two conversion rates on one inferential scale, also when conversions are rare.
 *
 * The test is the pooled z with the factor (N-1)/N; the interval of the difference is Miettinen and
 * Nurminen's and that of the lift is the score ratio, both the inversion of this very test. So the
 * p-value is below the level exactly when the difference excludes 0 and the lift excludes 0.
 *
 * When a cell has fewer than 5 units the larger of the score p and Fisher's mid-p is reported, and the
 * critical value of both intervals grows by the ratio of the two normal quantiles, but no further than
 * is needed to contain "no effect". Verdict and intervals then still agree at every level, and none is
 * ever less careful than the score test.
 *
 * @throws RangeError unless the critical value is a finite number above 0.
 */
export function compareProportions(
  input: CompareProportionsInput,
): ProportionComparison | NotComputed {
  const { treatment, control, criticalZ } = input;
  requirePositive('criticalZ', criticalZ);
  const problem = problemWithArms(input) ?? problemWithVariance(input);
  if (problem !== null) return problem;
  const { estimate, se, scoreP } = scoreTest(input);
  const statistic = estimate / se;
  const fisher = smallestCell(input) < SMALL_CELL ? fisherExact(input) : null;
  if (fisher !== null && !fisher.ok) return fisher;
  const stretch = fisher === null ? 1 : stretchFor(statistic, fisher);
  // Just past the statistic both intervals contain "no effect" already; further would only widen.
  const criticalValue = Math.max(
    criticalZ,
    Math.min(criticalZ * stretch, Math.abs(statistic) * JUST_PAST),
  );
  const difference = miettinenNurminen({ treatment, control, criticalValue });
  if (!difference.ok) return difference;
  const ratio = scoreRatio({ treatment, control, criticalValue });
  if (!ratio.ok) return ratio;
  return {
    ok: true,
    method: fisher === null ? 'score' : 'exact',
    estimate,
    se,
    statistic,
    ...(fisher !== null && stretch > 1 ? fisher.midP : scoreP),
    equivalentZ: statistic / stretch,
    criticalValue,
    interval: difference.interval,
    ratio: {
      estimate: ratio.estimate === null ? null : ratio.estimate - 1,
      interval: shift(ratio.interval, -1),
    },
    ...(fisher === null ? {} : { exact: { fisherP: fisher.pValue, midP: fisher.midP.pValue } }),
  };
}

interface ScoreTest {
  estimate: number;
  se: number;
  scoreP: PValue;
}

/** Pooled z times √((N-1)/N), the statistic whose inversion is the Miettinen-Nurminen interval. */
function scoreTest({ treatment, control }: TwoArms): ScoreTest {
  const total = treatment.n + control.n;
  const pooled = (treatment.successes + control.successes) / total;
  const estimate = treatment.successes / treatment.n - control.successes / control.n;
  const unpooled = 1 / treatment.n + 1 / control.n;
  const se = Math.sqrt((pooled * (1 - pooled) * unpooled * total) / (total - 1));
  const statistic = estimate / se;
  return {
    estimate,
    se,
    // At a difference of exactly 0 the doubled tail is 1; rounding must not lift it above.
    scoreP: pValueOfLog(statistic === 0 ? 0 : Math.LN2 + normal.logSurvival(Math.abs(statistic))),
  };
}

function smallestCell({ treatment, control }: TwoArms): number {
  return Math.min(
    treatment.successes,
    treatment.n - treatment.successes,
    control.successes,
    control.n - control.successes,
  );
}

/** How much less sure the exact test is than the score test, in normal quantiles; never below 1. */
function stretchFor(statistic: number, { midP }: FisherExact): number {
  // No effect seen: both tests say nothing, whatever the quantile of the mid-p.
  if (statistic === 0) return 1;
  return Math.max(1, Math.abs(statistic) / equivalentZ(midP));
}
