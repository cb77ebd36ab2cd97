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
   * arrived since. A cut-off belongs to a generation of the log; restoring a dump begins a new one.
   */
  cutoff?: string;
  /** Limits of winsorised metrics that an earlier evaluation froze; others are taken from the data. */
  caps?: FrozenCaps;
  /**
   * A question that will not be asked again, such as another window: what a store keeps of the
   * experiment stays as it is, and the answer is that of the log.
   */
  isOnce?: true;
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

/** Whether what a store keeps of an experiment is what the log says. */
export type StateCheck = { agrees: true } | { agrees: false; detail: string };

/**
 * The port of the log: moments for a plan at a cut-off. PostgreSQL answers it by default; another
 * store may, and must give the same numbers (test/support/analytics-store-conformance.ts).
 */
export abstract class AnalyticsStore {
  /**
   * Moments as of an instant, of one snapshot of the log. A store may keep what it has summed, so
   * that asking again costs what is new; the answer is that of the log all the same.
   * @throws Invalid `exchange-rate-missing` with the currencies and dates that no rate is stored
   *   for, when money in them counts; `numbers-too-large` when a sum cannot be held;
   *   `cutoff-of-another-log` for a cut-off from before the log was restored
   */
  abstract moments(request: MomentsRequest): Promise<PlanMoments>;

  /**
   * Forgets what is kept of an experiment and sums it again from the log.
   * @param progress Told how far it has come, 0 to 1, and how many entries were counted
   * @throws as `moments` does
   */
  abstract rebuild(
    request: MomentsRequest,
    progress?: (fraction: number, rows: number) => Promise<void>,
  ): Promise<void>;

  /**
   * Compares what is kept of an experiment with the log, at one snapshot; exactly.
   * @throws as `moments` does
   */
  abstract check(request: MomentsRequest): Promise<StateCheck>;

  /**
   * Moments of metrics among units as if each had been exposed when it was first seen.
   * @throws as `moments` does
   */
  abstract baseline(request: BaselineRequest): Promise<BaselineMoments>;
}
