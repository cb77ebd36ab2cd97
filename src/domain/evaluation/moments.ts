import type { Moments } from '../../stats/moments.js';
import type { QuantileWithLimits } from '../../stats/rows/clustered-quantile.js';
import type { Cap } from '../../stats/rows/winsorise.js';
import type { SummedPart } from '../money/parts.js';
import type { ColumnPart } from './counted-columns.js';

/**
 * What an evaluation knows of the data: everything that the result is computed from, and nothing
 * that names a unit. It is stored with the evaluation, so that the result can be computed again,
 * byte for byte, even after the units themselves were erased. Plain JSON throughout.
 */
export interface PlanMoments {
  /** The snapshot of the database that was read (pg_current_snapshot). */
  cutoff: string;
  /** Everything that occurred before this instant was read. RFC 3339 in UTC. */
  asOf: string;
  /** Exposures from this instant on are outside the cohort; null while enrolment is open. */
  enrolmentEndedAt: string | null;
  /** Cohort units per variant of the plan, in its order; crossovers are left out. */
  units: readonly number[];
  /**
   * The same by the period of the first exposure: one more than there are instants at which a
   * variant was killed, because the shares that the weights promise change there.
   */
  unitsByPeriod: readonly (readonly number[])[];
  /** Cohort units that met more than one variant. */
  crossovers: number;
  /** Behaviour and money of cohort units that reached us more than a day after it happened. */
  lateEvents: number;
  /** Units first exposed after enrolment had ended. */
  outsideCohort: number;
  /** The last first exposure of the cohort; null while nobody was exposed. */
  lastExposureAt: string | null;
  /** One for each metric of the plan, in its order. */
  metrics: readonly MetricMoments[];
  /** For each variant, over all cohort units: how the metrics move together. */
  comoments: readonly CoMoment[];
  /** Where the plan has dimensions: the same among the units with each value of an attribute. */
  dimensions?: readonly DimensionMoments[];
  /** Cohort units that met another variant than the assignment of the experiment gives them. */
  unassigned?: number;
  /**
   * Sales of cohort units after their exposure whose refunds and chargebacks together are larger than
   * the sale, where the plan counts money. Both in the currency of the sale; an entry in another
   * currency does not take part.
   */
  overRefunded?: number;
  /**
   * One for each metric of the plan, in its order: of money, what it is made of, else null. Moments of
   * versions before it was counted do not have it, and their results say nothing that came with it.
   */
  compositions?: readonly (CompositionMoments | null)[];
  /** Codes of what makes the sums untrustworthy (src/domain/evaluation/data-faults.ts). */
  dataFaults?: readonly string[];
}

/** Units by what their first exposure said of one attribute. */
export interface DimensionMoments {
  attribute: string;
  /** The largest first, at most `DIMENSION_VALUES_MAX`; of more, the last is all smaller ones. */
  values: readonly DimensionValue[];
}

export interface DimensionValue {
  /** null: the exposure said nothing. */
  value: string | null;
  /** All smaller values together. */
  isOther?: true;
  /** Units per variant. */
  units: readonly number[];
  /** One for each metric of the plan, in its order. */
  metrics: readonly StratumMoments[];
}

/** Values of one dimension that are kept apart. */
export const DIMENSION_VALUES_MAX = 20;

export interface MetricMoments {
  key: string;
  /** What the columns of the arms are; the first is the metric's value. */
  columns: readonly ColumnPart[];
  /**
   * Where `capped` was cut, in the metric's unit; absent while no unit has matured, and nothing is
   * cut until then.
   */
  cap?: Cap;
  /** Per variant: units whose time has come, each with its whole window. */
  matured: readonly ArmMoments[];
  /** Per variant: every unit of the cohort with what it has so far. */
  running: readonly ArmMoments[];
  /**
   * Where the plan has strata: the same arms in each of them, the largest first. What the strata are
   * called is not kept.
   */
  strata?: readonly StratumMoments[];
}

/** The arms of one metric within one stratum. */
export type StratumMoments = Pick<MetricMoments, 'matured' | 'running'>;

/** Strata beyond the largest of this number are merged into one: small ones only add noise. */
export const STRATA_MAX = 50;

/** One arm of one metric. Money is in major units of the reporting currency. */
export interface ArmMoments extends Moments {
  /** Units whose value is not 0. */
  nonZero: number;
  /** Of a quantile metric: over the events of the arm's units. */
  quantile?: QuantileWithLimits;
}

/** Sum of the products of two metrics' distances from their means; positions in the plan. */
export interface CoMoment {
  variant: number;
  metric: number;
  other: number;
  products: number;
}

/** What the money of a metric is made of. */
export interface CompositionMoments {
  /** What was summed; what the whole has beyond it is of other names, and what is left out not in it. */
  parts: readonly SummedPart[];
  /** Per variant, as in the metric. */
  matured: readonly ArmPieces[];
  running: readonly ArmPieces[];
}

/** Exact sums over an arm, of money as it came: whole minor units as decimal digits. */
export interface ArmPieces {
  /** The metric's own. */
  total: string;
  /** In the order of the parts. */
  pieces: readonly string[];
}
