import type { PartWay } from '../money/parts.js';

/** What the money of arms is made of and comes to, as it is stored and answered: plain JSON. */

export const UNITS_BASES = ['matured', 'running'] as const;
/** Of the units whose time has come, or of everybody so far while there are none. */
export type UnitsBasis = (typeof UNITS_BASES)[number];

export const MONEY_VALUES = ['uncapped', 'capped'] as const;
/** Whether amounts are of the money as it came, or of values cut where the metric is cut. */
export type MoneyValues = (typeof MONEY_VALUES)[number];

/** One part of an arm's money, signed, in major units of the reporting currency. */
export interface MoneyPart {
  /** Of the ledger, or of the kind of cost; `other` of what is left. */
  name: string;
  how: PartWay;
  arms: ArmMoney[];
}

/** Of all units of an arm, and of one of them; the second is absent without units. */
export interface ArmMoney {
  variant: string;
  total: number;
  perUnit?: number;
}

/** What the money of each arm is made of; the parts add up to the metric, in every arm. */
export interface CompositionReport {
  /** Of the units whose time has come, or of everybody so far while there are none. */
  basis: UnitsBasis;
  /** Money as it came, also where the metric compares values that are cut. */
  values: MoneyValues;
  parts: MoneyPart[];
  totals: (ArmMoney & { units: number })[];
  /** Entries that are in no sum, because the plan declares what their kind costs. */
  leftOut?: { name: string; arms: { variant: string; total: number }[] }[];
}

/** What a difference of money would come to, in major units; bounds are those of the comparison. */
export interface ProjectionReport {
  variant: string;
  /** What the comparison is of: values that are cut, where the metric is. */
  values: MoneyValues;
  /** Of the units of the variant whose time has come. */
  soFar: ProjectedMoney;
  /** At the experiment's traffic, if all eligible units got the variant. */
  perYear?: ProjectedMoney;
  /** Where values are cut: the same of the money as it came, at the same look. */
  uncapped?: { soFar: ProjectedMoney; perYear?: ProjectedMoney };
}

export interface ProjectedMoney {
  units: number;
  estimate: number;
  lower: number;
  upper: number;
}
