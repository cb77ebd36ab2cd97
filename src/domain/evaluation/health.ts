import { sampleRatio } from '../../stats/sample-ratio.js';
import type { AnalysisPlan } from '../experiments/plan.js';
import type { PlanMoments } from './moments.js';
import type { HealthReport, SampleRatioReport } from './result.js';

/** A sample ratio this unlikely makes the result invalid, whatever it says. */
export const SRM_P_VALUE_MIN = 0.001;

/** Whether the data of an experiment can be trusted at all. */
export function healthOf(plan: AnalysisPlan, moments: PlanMoments): HealthReport {
  const cohort = sumOf(moments.units) + moments.crossovers;
  return {
    srm: sampleRatioOf(plan, moments.units),
    crossovers: moments.crossovers,
    ...(cohort === 0 ? {} : { crossoverShare: moments.crossovers / cohort }),
    lateEvents: moments.lateEvents,
    outsideCohort: moments.outsideCohort,
  };
}

/** Killed arms stopped growing by decision, so they take no part. */
function sampleRatioOf(plan: AnalysisPlan, units: readonly number[]): SampleRatioReport {
  const live = plan.variants.map((variant, index) => ({
    weight: variant.killed ? 0 : variant.weight,
    n: variant.killed ? 0 : (units[index] ?? 0),
  }));
  const observed = [...units];
  const ratio = sampleRatio({
    counts: live.map(({ n }) => n),
    weights: live.map(({ weight }) => weight),
  });
  if (!ratio.ok) {
    const { reason, detail } = ratio;
    return { status: 'not_computed', observed, notComputed: { reason, detail } };
  }
  return {
    status: ratio.pValue < SRM_P_VALUE_MIN ? 'failed' : 'ok',
    observed,
    expected: [...ratio.expected],
    chiSquare: ratio.chiSquare,
    degreesOfFreedom: ratio.df,
    pValue: ratio.pValue,
    sequentialPValue: ratio.sequentialP,
  };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
