import type { ArmSizes } from '../../stats/dunnett.js';
import { relativeLift } from '../../stats/fieller.js';
import type { Interval, NotComputed } from '../../stats/outcome.js';
import type { PValue } from '../../stats/p-value.js';
import type { Analysis } from '../experiments/definition.js';
import type { Direction } from '../metrics/metric.js';
import type { Effect, MeasuredArms } from './measure-effect.js';
import type { NotComputedNote } from './not-computed.js';
import type { LookNow } from './planned-looks.js';
import type { AbsoluteEffect, FrequentistReport, RelativeEffect } from './result.js';

/** Two arms of one metric and how the plan reads them. */
export interface ArmPair extends MeasuredArms {
  /** All live arms against the control, for the correction. */
  sizes: ArmSizes;
  /** Share of the experiment's weight that the two arms have together. */
  share: number;
  canBeNegative: boolean;
  direction: Direction;
  /** Rates of few conversions have a test of their own. */
  isRate: boolean;
  analysis: Analysis;
  look: LookNow;
  /** The smallest always-valid p-value of earlier evaluations; 1 before the first. */
  previousP: number;
}

/** What a look of a pair says: both intervals and the report. */
export interface ReadLook {
  absolute: AbsoluteEffect;
  relative: RelativeEffect;
  report: FrequentistReport;
}

export function noteOf({ reason, detail }: NotComputed): NotComputedNote {
  return { reason, detail };
}

/** The ends of an interval that always has two, such as that of a difference or of a posterior. */
export function boundsOf(interval: Interval): { lower: number; upper: number } {
  if (interval.shape !== 'interval') throw new Error(`expected two bounds, got ${interval.shape}`);
  return { lower: interval.low, upper: interval.high };
}

/** How many comparisons share alpha: 1 where nothing is corrected. */
export function comparisonsOf({ analysis, sizes }: Pick<ArmPair, 'analysis' | 'sizes'>): number {
  return analysis.adjustment === 'dunnett' ? Math.max(1, sizes.treatments.length) : 1;
}

export function absoluteOf(
  { estimate, se }: { estimate: number; se: number },
  critical: number,
): AbsoluteEffect {
  return {
    estimate,
    lower: estimate - critical * se,
    upper: estimate + critical * se,
    standardError: se,
  };
}

export function liftOf(
  { canBeNegative }: ArmPair,
  { relative }: Effect,
  critical: number,
): RelativeEffect {
  const { treatment, control, covariance } = relative;
  const lift = relativeLift({
    treatment,
    control,
    covariance,
    criticalValue: critical,
    canBeNegative,
  });
  return lift.ok ? relativeFrom(lift.estimate, lift.interval) : { notComputed: noteOf(lift) };
}

/** A set of lifts as it is shown. */
export function relativeFrom(estimate: number | null, interval: Interval): RelativeEffect {
  const lift: RelativeEffect = estimate === null ? {} : { estimate };
  switch (interval.shape) {
    case 'interval':
      lift.lower = interval.low;
      lift.upper = interval.high;
      return lift;
    case 'lower-only':
      lift.lower = interval.low;
      lift.notComputed = {
        reason: 'open-ended',
        detail: 'The data set no upper limit to the lift.',
      };
      return lift;
    case 'two-rays':
    case 'unbounded':
      lift.notComputed = {
        reason: 'not-identified',
        detail: 'The control mean may be 0, so the data set no limits to the lift.',
      };
      return lift;
  }
}

export function shownP({ pValue, pValueIsBound }: Pick<PValue, 'pValue' | 'pValueIsBound'>) {
  return { pValue, ...(pValueIsBound ? { pValueIsBound } : {}) };
}
