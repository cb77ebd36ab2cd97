import type { AnalysisPlan } from '../experiments/plan.js';
import { metricsInRole } from '../experiments/plan.js';
import { type Metric } from '../metrics/metric.js';
import { REREAD_DAYS, type RereadKind } from './reread.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Days since the exposure over which a re-read sums each unit's money: as many whole days as every
 * unit that could be in the cohort has completed and settled at `dueAt`, and never fewer than the plan
 * says. The end of enrolment stands for the last exposure, so that the window follows from dates alone
 * and not from who came.
 */
export function rereadWindowDays(
  deciding: Pick<Metric, 'windowDays' | 'delayHours' | 'settlingDays'>,
  { enrolmentEndedAt, dueAt }: { enrolmentEndedAt: Date; dueAt: Date },
): number {
  const { windowDays, delayHours, settlingDays } = deciding;
  const sinceMs = dueAt.getTime() - enrolmentEndedAt.getTime();
  const completeMs = sinceMs - delayHours * HOUR_MS - settlingDays * DAY_MS;
  return Math.max(windowDays, Math.floor(completeMs / DAY_MS));
}

/**
 * The chance of an error a re-read may take. The horizons are four readings of four quantities (profit
 * over ever longer windows), none of them planned at launch, so they share alpha evenly (Bonferroni).
 * The promised reading of a provisional ship is the final look that the ship did not wait for, and has
 * the alpha of the plan.
 */
export function rereadAlpha(kind: RereadKind, alpha: number): number {
  return kind === 'horizon' ? alpha / REREAD_DAYS.length : alpha;
}

/**
 * The frozen plan, changed only where a re-read is another question: the money that decides is summed
 * over `windowDays`, and the numbers are read once. Breakdowns, which are for exploring, are left out.
 */
export function rereadPlan(
  plan: AnalysisPlan,
  { windowDays, alpha }: { windowDays: number; alpha: number },
): AnalysisPlan {
  const {
    plannedLooks: _looks,
    spending: _spending,
    futility: _futility,
    dimensions: _dimensions,
    ...analysis
  } = plan.analysis;
  return {
    ...plan,
    analysis: { ...analysis, alpha, test: 'fixed_horizon' },
    metrics: plan.metrics.map((metric) =>
      metric.inExperiment === 'deciding'
        ? { ...metric, definition: { ...metric.definition, windowDays } }
        : metric,
    ),
  };
}

/** The money that decides. */
export function decidingMetric(plan: AnalysisPlan): Metric {
  const [deciding] = metricsInRole(plan, 'deciding');
  if (deciding === undefined) throw new RangeError('a plan has a deciding metric');
  return deciding.definition;
}
