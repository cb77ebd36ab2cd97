import {
  confidenceSequence,
  type ConfidenceSequenceResult,
} from '../../stats/confidence-sequence.js';
import { normal, studentT } from '../../stats/distributions.js';
import { dunnettAdjustedP, dunnettCriticalZ, type ArmSizes } from '../../stats/dunnett.js';
import { relativeLift } from '../../stats/fieller.js';
import type { ArmSummary, Interval, NotComputed } from '../../stats/outcome.js';
import { welch, type WelchResult } from '../../stats/welch.js';
import type { Analysis } from '../experiments/definition.js';
import type { ArmMoments } from './moments.js';
import { varianceOf } from './moments.js';
import type {
  AbsoluteEffect,
  AlwaysValid,
  FrequentistReport,
  NotComputedNote,
  RelativeEffect,
} from './result.js';

/**
 * Units of the whole experiment at which the confidence sequence is narrowest when the plan names
 * no number. It is fixed beforehand, because one taken from the data would not be valid.
 */
export const PLANNED_UNITS_DEFAULT = 5_000;

/** Two arms of one metric and how the plan reads them. */
export interface ArmPair {
  treatment: ArmMoments;
  control: ArmMoments;
  /** All live arms against the control, for the correction. */
  sizes: ArmSizes;
  /** Share of the experiment's weight that the two arms have together. */
  share: number;
  canBeNegative: boolean;
  analysis: Analysis;
  /** Enrolment has ended and every unit has matured: the one planned look. */
  finalLook: boolean;
}

export interface Comparison {
  ok: true;
  absolute: AbsoluteEffect;
  relative: RelativeEffect;
  frequentist: FrequentistReport;
}

export const OPEN_LOOK =
  'Not every unit has had its time, so this is not the planned look: the interval shown is the one ' +
  'that stays valid however often one looks, and there is no p-value.';

/** The frequentist half: the difference, its interval at this look, and what may be read from it. */
export function compareArms(pair: ArmPair): Comparison | NotComputed {
  const { analysis, finalLook } = pair;
  const fixed = welch({
    treatment: summaryOf(pair.treatment),
    control: summaryOf(pair.control),
    alpha: analysis.alpha,
  });
  if (!fixed.ok) return fixed;
  const sequence = sequenceOf(pair, fixed);
  if (!sequence.ok) return sequence;
  const planned = analysis.test === 'fixed_horizon' && finalLook;
  const look = planned ? plannedLook(pair, fixed) : openLook(pair, fixed, sequence);
  const relativeCritical = planned && look.relativeZ !== null ? look.relativeZ : look.critical;
  return {
    ok: true,
    absolute: absoluteOf(fixed, look.critical),
    relative: relativeOf(pair, relativeCritical),
    frequentist: { ...look.report, alwaysValid: alwaysValidOf(sequence, adjustedBy(pair)) },
  };
}

/** Only the interval that is valid at every look: all that may be said of units still on their way. */
export function watchArms(pair: ArmPair): { ok: true; absolute: AbsoluteEffect } | NotComputed {
  const fixed = welch({
    treatment: summaryOf(pair.treatment),
    control: summaryOf(pair.control),
    alpha: pair.analysis.alpha,
  });
  if (!fixed.ok) return fixed;
  const sequence = sequenceOf(pair, fixed);
  return sequence.ok ? { ok: true, absolute: absoluteOf(fixed, sequence.multiplier) } : sequence;
}

export function summaryOf(arm: ArmMoments): ArmSummary {
  return { n: arm.n, mean: arm.mean, variance: varianceOf(arm) };
}

export function noteOf({ reason, detail }: NotComputed): NotComputedNote {
  return { reason, detail };
}

interface Look {
  critical: number;
  /** Critical value of the relative interval where the plan asks for the normal quantile. */
  relativeZ: number | null;
  report: Omit<FrequentistReport, 'alwaysValid'>;
}

/**
 * Welch's test. With several arms Dunnett's critical value, which is of the normal distribution, is
 * carried over to the t distribution at equal tail probability, so that interval and p agree.
 */
function plannedLook(pair: ArmPair, fixed: WelchResult): Look {
  const { analysis, sizes } = pair;
  const { statistic, df: degreesOfFreedom } = fixed;
  const adjusted = adjustedBy(pair) > 1;
  const criticalZ = adjusted
    ? dunnettCriticalZ(sizes, analysis.alpha)
    : -normal.quantile(analysis.alpha / 2);
  const critical = adjusted
    ? -studentT.quantile(normal.survival(criticalZ), degreesOfFreedom)
    : fixed.criticalValue;
  return {
    critical,
    relativeZ: analysis.relativeQuantile === 'normal' ? criticalZ : null,
    report: {
      test: 'welch',
      statistic,
      degreesOfFreedom,
      criticalValue: critical,
      ...(adjusted ? adjustedPValue(fixed, sizes) : plainPValue(fixed)),
      valid: true,
      ...(adjusted
        ? { adjustment: { method: 'dunnett' as const, comparisons: adjustedBy(pair) } }
        : {}),
    },
  };
}

function openLook(pair: ArmPair, fixed: WelchResult, sequence: ConfidenceSequenceResult): Look {
  const planned = pair.analysis.test === 'always_valid';
  const comparisons = adjustedBy(pair);
  return {
    critical: sequence.multiplier,
    relativeZ: null,
    report: {
      test: 'confidence_sequence',
      statistic: fixed.statistic,
      degreesOfFreedom: fixed.df,
      criticalValue: sequence.multiplier,
      ...(planned ? plainPValue(timesComparisons(sequence, comparisons)) : {}),
      valid: planned,
      ...(planned ? {} : { why: OPEN_LOOK }),
      ...(comparisons > 1 ? { adjustment: { method: 'bonferroni' as const, comparisons } } : {}),
    },
  };
}

/**
 * Confidence sequences of several arms share alpha evenly: Dunnett's value holds for one look only.
 */
function sequenceOf(pair: ArmPair, fixed: WelchResult) {
  const { treatment, control, analysis, share } = pair;
  return confidenceSequence({
    estimate: fixed.estimate,
    se: fixed.se,
    n: treatment.n + control.n,
    nStar: (analysis.plannedUnits ?? PLANNED_UNITS_DEFAULT) * share,
    alpha: analysis.alpha / adjustedBy(pair),
    nonZero: { treatment: treatment.nonZero, control: control.nonZero },
  });
}

/** How many comparisons share alpha: 1 where nothing is corrected. */
function adjustedBy({ analysis, sizes }: ArmPair): number {
  return analysis.adjustment === 'dunnett' ? Math.max(1, sizes.treatments.length) : 1;
}

function alwaysValidOf(sequence: ConfidenceSequenceResult, comparisons: number): AlwaysValid {
  return {
    ...boundsOf(sequence.interval),
    pValue: Math.min(1, sequence.pValue * comparisons),
    burnInPassed: sequence.burnInPassed,
  };
}

function timesComparisons(
  { pValue, pValueIsBound }: ConfidenceSequenceResult,
  comparisons: number,
): { pValue: number; pValueIsBound: boolean } {
  return { pValue: Math.min(1, pValue * comparisons), pValueIsBound };
}

function plainPValue({ pValue, pValueIsBound }: { pValue: number; pValueIsBound: boolean }) {
  return { pValue, ...(pValueIsBound ? { pValueIsBound } : {}) };
}

function adjustedPValue({ statistic, df }: WelchResult, sizes: ArmSizes) {
  const tail = studentT.survival(Math.abs(statistic), df);
  // Beyond the smallest number there is no z; the tail itself is then the bound.
  if (tail < Number.MIN_VALUE * 2 ** 52) return { pValue: P_FLOOR, pValueIsBound: true };
  const pValue = dunnettAdjustedP(-normal.quantile(tail), sizes);
  return pValue < P_FLOOR ? { pValue: P_FLOOR, pValueIsBound: true } : { pValue };
}

const P_FLOOR = 1e-300;

function absoluteOf({ estimate, se }: WelchResult, critical: number): AbsoluteEffect {
  return {
    estimate,
    lower: estimate - critical * se,
    upper: estimate + critical * se,
    standardError: se,
  };
}

function relativeOf(
  { treatment, control, canBeNegative }: ArmPair,
  critical: number,
): RelativeEffect {
  const lift = relativeLift({
    treatment: meanOf(treatment),
    control: meanOf(control),
    criticalValue: critical,
    canBeNegative,
  });
  if (!lift.ok) return { notComputed: noteOf(lift) };
  const { estimate, interval } = lift;
  switch (interval.shape) {
    case 'interval':
      return { estimate, lower: interval.low, upper: interval.high };
    case 'lower-only':
      return {
        estimate,
        lower: interval.low,
        notComputed: { reason: 'open-ended', detail: 'The data set no upper limit to the lift.' },
      };
    case 'two-rays':
    case 'unbounded':
      return {
        estimate,
        notComputed: {
          reason: 'not-identified',
          detail: 'The control mean may be 0, so the data set no limits to the lift.',
        },
      };
  }
}

function meanOf(arm: ArmMoments): { mean: number; varianceOfMean: number } {
  return { mean: arm.mean, varianceOfMean: (varianceOf(arm) ?? 0) / arm.n };
}

function boundsOf(interval: Interval): { lower: number; upper: number } {
  if (interval.shape !== 'interval') throw new Error('a difference has two bounds');
  return { lower: interval.low, upper: interval.high };
}
