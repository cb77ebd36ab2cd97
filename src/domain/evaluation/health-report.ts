import type { ColumnPart } from './counted-columns.js';
import type { NotComputedNote } from './not-computed.js';

/** Whether the data of an experiment can be trusted, as it is stored and answered. */

export const SRM_STATES = ['ok', 'failed', 'not_computed'] as const;

/** Do the arms have the sizes that their weights promise? */
export interface SampleRatioReport {
  status: (typeof SRM_STATES)[number];
  observed: number[];
  expected?: number[];
  chiSquare?: number;
  degreesOfFreedom?: number;
  /** Of this look. */
  pValue?: number;
  /** Stays valid however often one looks. */
  sequentialPValue?: number;
  /** The smallest of it so far. */
  smallestSequentialPValue?: number;
  /** The largest relative distance of an arm from what its weight promises. */
  largestDeviation?: number;
  notComputed?: NotComputedNote;
}

/** How far apart the arms were before their exposure, in standard deviations. */
export interface CovariateBalance {
  metric: string;
  variant: string;
  covariate: ColumnPart;
  standardisedDifference: number;
  /** Over all covariates and variants (Holm). */
  adjustedPValue: number;
}

export const BALANCE_STATES = ['ok', 'failed', 'not_computed'] as const;

/** Do the arms look alike in what was known before the exposure? */
export interface BalanceReport {
  status: (typeof BALANCE_STATES)[number];
  covariates: CovariateBalance[];
}

export interface HealthReport {
  srm: SampleRatioReport;
  /** Where the plan looks at the days before the exposure. */
  balance?: BalanceReport;
  crossovers: number;
  /** Of the cohort's units, crossovers included. */
  crossoverShare?: number;
  lateEvents: number;
  outsideCohort: number;
  /** Cohort units that met another variant than the assignment gives them. */
  unassigned?: number;
  /** Of the cohort's units, crossovers included. */
  unassignedShare?: number;
  /** Sales whose refunds are larger than the sale. */
  overRefunded?: number;
  /** What makes the numbers untrustworthy; any of them makes the verdict `invalid`. */
  dataFaults?: DataFault[];
  /** Absent without any. */
  warnings?: HealthWarning[];
}

export interface DataFault {
  code: string;
  sentence: string;
}

export const HEALTH_WARNINGS = [
  'crossovers',
  'assignment-mismatch',
  'over-refunded',
  'cost-counted-by-declaration',
] as const;

/** Something about the data to know before reading any number. */
export interface HealthWarning {
  code: (typeof HEALTH_WARNINGS)[number];
  detail: string;
}
