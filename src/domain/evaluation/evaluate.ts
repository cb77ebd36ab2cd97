import { benjaminiHochberg } from '../../stats/multiplicity.js';
import { canonicalJson } from '../experiments/canonical-json.js';
import type { AnalysisPlan } from '../experiments/plan.js';
import { costCoverage } from '../money/costs.js';
import { judge } from '../verdict/verdict.js';
import { breakdownsOf } from './breakdowns.js';
import type { EvaluationHistory } from './history.js';
import { findOutcomes } from './find-outcomes.js';
import { healthOf } from './health.js';
import { type MetricCase, metricReport, treatmentsOf } from './metric-report.js';
import type { PlanMoments } from './moments.js';
import type { EvaluationResult, MetricReport } from './result.js';

export interface EvaluationCase {
  id: string;
  plan: AnalysisPlan;
  moments: PlanMoments;
  /** What earlier evaluations left behind. */
  history: EvaluationHistory;
  /** The scheduled instant, RFC 3339; null for an evaluation somebody asked for. */
  slot: string | null;
  /**
   * Of the code that computes. Left out to compute a result again that names none: it then says what
   * it said, without the warnings that came with the name.
   */
  codeVersion?: string | undefined;
}

/**
 * One evaluation: both engines, health and verdict, from a plan, the moments of the data and the
 * looks taken before. Pure, so the same case gives the same bytes on every machine and at any later time.
 *
 * @throws RangeError when moments and plan do not belong together; TypeError when a number came out
 *   that JSON cannot hold, which is a fault of the program.
 */
export function evaluate(situation: EvaluationCase): EvaluationResult {
  const { id, plan, moments, history, slot, codeVersion } = situation;
  if (moments.metrics.length !== plan.metrics.length) {
    throw new RangeError('moments have an entry for each metric of the plan');
  }
  const isNamed = codeVersion !== undefined;
  const health = healthOf(plan, moments, { smallestP: history.srmSequentialP, isNamed });
  const cases = plan.metrics.map((planned, index): MetricCase => {
    const one = moments.metrics[index];
    if (one === undefined) throw new RangeError('moments are dense');
    const scheduled = slot !== null;
    return { plan, planned, moments: one, all: moments, history, scheduled, isNamed };
  });
  const metrics = amongSecondary(cases.map(metricReport));
  const { dimensions } = moments;
  const result: EvaluationResult = {
    id,
    experimentKey: plan.experimentKey,
    planVersion: plan.version,
    cutoff: moments.cutoff,
    asOf: moments.asOf,
    ...(isNamed ? { codeVersion } : {}),
    ...(slot === null ? {} : { slot }),
    ...plannedLookOf(metrics),
    health,
    units: plan.variants.map(({ key }, index) => ({
      variant: key,
      n: moments.units[index] ?? 0,
    })),
    metrics,
    ...(dimensions === undefined ? {} : { breakdowns: breakdownsOf(dimensions, cases, metrics) }),
    verdict: judge({
      kind: plan.kind,
      health: {
        srm: health.srm.status,
        crossovers: health.crossoverShare ?? 0,
        dataFaults: health.dataFaults ?? [],
      },
      variants: treatmentsOf(plan).map((index) => findOutcomes(cases, metrics, index)),
      chain: plan.chain,
      costs: costCoverage(plan.costs),
    }),
  };
  // Refuses what is not finite before anybody can store or read it.
  canonicalJson(result);
  return result;
}

/** The look of the money that decides. */
function plannedLookOf(
  metrics: EvaluationResult['metrics'],
): Pick<EvaluationResult, 'plannedLook'> {
  const look = metrics.find(({ role }) => role === 'deciding')?.look;
  return look === undefined ? {} : { plannedLook: look.look };
}

/**
 * Secondary metrics are for exploring: whoever looks at many finds something. Their p-values are
 * shown among all of them too, where a share of alpha of what is called a change may be chance.
 */
function amongSecondary(metrics: readonly MetricReport[]): MetricReport[] {
  const tested = metrics.flatMap(({ role, comparisons }) =>
    role === 'secondary' ? comparisons.flatMap(({ frequentist }) => frequentist?.pValue ?? []) : [],
  );
  const adjusted = benjaminiHochberg(tested);
  let next = 0;
  return metrics.map((metric) => {
    if (metric.role !== 'secondary') return metric;
    const comparisons = metric.comparisons.map((comparison) => {
      const { frequentist } = comparison;
      if (frequentist?.pValue === undefined) return comparison;
      const pValue = adjusted[next] ?? 1;
      next += 1;
      const method = 'benjamini_hochberg' as const;
      const among = { method, pValue, comparisons: tested.length };
      return { ...comparison, frequentist: { ...frequentist, amongSecondary: among } };
    });
    return { ...metric, comparisons };
  });
}
