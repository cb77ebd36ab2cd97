import { canonicalJson } from '../experiments/canonical-json.js';
import type { AnalysisPlan } from '../experiments/plan.js';
import { costCoverage } from '../money/costs.js';
import { judge } from '../verdict/verdict.js';
import { findOutcomes } from './find-outcomes.js';
import { healthOf } from './health.js';
import { metricReport, treatmentsOf } from './metric-report.js';
import type { PlanMoments } from './moments.js';
import type { EvaluationResult } from './result.js';

export interface EvaluationCase {
  id: string;
  plan: AnalysisPlan;
  moments: PlanMoments;
  /** The scheduled instant, RFC 3339; null for an evaluation somebody asked for. */
  slot: string | null;
}

/**
 * One evaluation: both engines, health and verdict, from a plan and the moments of the data. Pure,
 * so the same plan and moments give the same bytes on every machine and at any later time.
 *
 * @throws RangeError when moments and plan do not belong together; TypeError when a number came out
 *   that JSON cannot hold, which is a fault of the program.
 */
export function evaluate({ id, plan, moments, slot }: EvaluationCase): EvaluationResult {
  if (moments.metrics.length !== plan.metrics.length) {
    throw new RangeError('moments have an entry for each metric of the plan');
  }
  const health = healthOf(plan, moments);
  const metrics = plan.metrics.map((planned, index) => {
    const one = moments.metrics[index];
    if (one === undefined) throw new RangeError('moments are dense');
    return metricReport({ plan, planned, moments: one, all: moments });
  });
  const result: EvaluationResult = {
    id,
    experimentKey: plan.experimentKey,
    planVersion: plan.version,
    cutoff: moments.cutoff,
    asOf: moments.asOf,
    ...(slot === null ? {} : { slot }),
    ...plannedLookOf(plan, metrics),
    health,
    units: plan.variants.map(({ key }, index) => ({
      variant: key,
      n: moments.units[index] ?? 0,
    })),
    metrics,
    verdict: judge({
      kind: plan.kind,
      health: { srm: health.srm.status, crossovers: health.crossoverShare ?? 0, dataFaults: [] },
      variants: treatmentsOf(plan).map((index) => findOutcomes(plan, moments, metrics, index)),
      chain: plan.chain,
      costs: costCoverage(plan.costs),
    }),
  };
  // Refuses what is not finite before anybody can store or read it.
  canonicalJson(result);
  return result;
}

/** A fixed horizon plans one look: when the money that decides has matured for everyone. */
function plannedLookOf(
  plan: AnalysisPlan,
  metrics: EvaluationResult['metrics'],
): Pick<EvaluationResult, 'plannedLook'> {
  const deciding = metrics.find(({ role }) => role === 'deciding');
  const planned = plan.analysis.test === 'fixed_horizon' && deciding?.maturity.wholeCohort === true;
  return planned ? { plannedLook: 1 } : {};
}
