import type { CountedPlan } from '../../domain/evaluation/counted-columns.js';
import type { FrozenCaps } from '../../domain/evaluation/history.js';
import type { MetricMoments, PlanMoments } from '../../domain/evaluation/moments.js';
import type { AnalysisPlan } from '../../domain/experiments/plan.js';

export interface MomentsRequest {
  projectId: string;
  experimentId: string;
  plan: AnalysisPlan;
  /** Exposures from this instant on are outside the cohort; null while enrolment is open. */
  enrolmentEndedAt: Date | null;
  /** Only what occurred before this instant counts. */
  asOf: Date;
  /**
   * A cut-off that an earlier answer named: only what that snapshot had seen counts, whatever has
   * arrived since. Transaction ids do not survive a dump and restore, and neither do cut-offs.
   */
  cutoff?: string;
  /** Limits of winsorised metrics that an earlier evaluation froze; others are taken from the data. */
  caps?: FrozenCaps;
}

/** What units do without any experiment: the ground a test is planned on. */
export interface BaselineRequest {
  projectId: string;
  plan: CountedPlan & Pick<AnalysisPlan, 'unit' | 'timezone'>;
  /** Units that were seen before this instant are old acquaintances and take no part. */
  firstSeenFrom: Date;
  /** Units first seen from this instant on are today's traffic. */
  recentFrom: Date;
  asOf: Date;
}

export interface BaselineMoments {
  /** Units first seen since `recentFrom`. */
  recentUnits: number;
  /** When the first of the units was seen; null without units. */
  firstSeenAt: Date | null;
  /** One for each metric, of one arm that is everybody. */
  metrics: readonly MetricMoments[];
}

/**
 * The port of the log: moments for a plan at a cut-off. PostgreSQL answers it by default; another
 * store may, and must give the same numbers.
 */
export abstract class AnalyticsStore {
  /**
   * @throws Invalid `exchange-rate-missing` with the currencies and dates that no rate is stored
   *   for, when money in them counts; `numbers-too-large` when a sum leaves double precision
   */
  abstract moments(request: MomentsRequest): Promise<PlanMoments>;

  /**
   * Moments of metrics among units as if each had been exposed when it was first seen.
   * @throws as `moments` does
   */
  abstract baseline(request: BaselineRequest): Promise<BaselineMoments>;
}
