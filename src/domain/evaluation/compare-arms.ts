import {
  confidenceSequence,
  type ConfidenceSequenceResult,
} from '../../stats/confidence-sequence.js';
import type { NotComputed } from '../../stats/outcome.js';
import type { PValue } from '../../stats/p-value.js';
import { welch, type WelchResult } from '../../stats/welch.js';
import {
  absoluteOf,
  type ArmPair,
  comparisonsOf,
  liftOf,
  type ReadLook,
  shownP,
} from './effects.js';
import { type Effect, measureEffect } from './measure-effect.js';
import { plannedLook } from './read-look.js';
import type {
  AbsoluteEffect,
  AlwaysValid,
  CupedReport,
  FrequentistReport,
  RelativeEffect,
  WarningNote,
} from './result.js';

/**
 * Units of the whole experiment at which the confidence sequence is narrowest when the plan names
 * no number. It is fixed beforehand, because one taken from the data would not be valid.
 */
export const PLANNED_UNITS_DEFAULT = 5_000;

export interface Comparison {
  ok: true;
  effect: Effect;
  absolute: AbsoluteEffect;
  relative: RelativeEffect;
  frequentist: FrequentistReport;
  cuped?: CupedReport;
  warnings: WarningNote[];
}

export const OPEN_LOOK =
  'Not every unit has had its time, so this is not the planned look: the interval shown is the one ' +
  'that stays valid however often one looks, and there is no p-value.';
const BETWEEN_LOOKS =
  'This is not one of the planned looks: the interval shown is the one that stays valid however ' +
  'often one looks, and there is no p-value.';

/** The frequentist half: the difference, its interval at this look, and what may be read from it. */
export function compareArms(pair: ArmPair): Comparison | NotComputed {
  const { look } = pair;
  const effect = measureEffect(pair);
  if (!effect.ok) return effect;
  const fixed = welch({ ...effect, alpha: pair.analysis.alpha });
  if (!fixed.ok) return fixed;
  const sequence = sequenceOf(pair, fixed);
  if (!sequence.ok) return sequence;
  const read =
    look.is === 'planned'
      ? plannedLook(pair, { effect, fixed, look })
      : openLook(pair, { effect, fixed, sequence });
  const { report, ...intervals } = read;
  return {
    ok: true,
    effect,
    ...intervals,
    frequentist: { ...report, alwaysValid: alwaysValidOf(pair, sequence) },
    ...cupedOf(pair, effect, report.criticalValue),
    warnings: effect.warnings,
  };
}

/** Only the interval that is valid at every look: all that may be said of units still on their way. */
export function watchArms(
  pair: ArmPair,
): { ok: true; effect: Effect; absolute: AbsoluteEffect } | NotComputed {
  const effect = measureEffect(pair);
  if (!effect.ok) return effect;
  const fixed = welch({ ...effect, alpha: pair.analysis.alpha });
  if (!fixed.ok) return fixed;
  const sequence = sequenceOf(pair, fixed);
  return sequence.ok
    ? { ok: true, effect, absolute: absoluteOf(fixed, sequence.multiplier) }
    : sequence;
}

function openLook(
  pair: ArmPair,
  measured: { effect: Effect; fixed: WelchResult; sequence: ConfidenceSequenceResult },
): ReadLook {
  const { effect, fixed, sequence } = measured;
  const { test } = pair.analysis;
  const isPlan = test === 'always_valid';
  const comparisons = comparisonsOf(pair);
  const critical = sequence.multiplier;
  return {
    absolute: absoluteOf(fixed, critical),
    relative: liftOf(pair, effect, critical),
    report: {
      test: 'confidence_sequence',
      statistic: fixed.statistic,
      degreesOfFreedom: fixed.df,
      criticalValue: critical,
      ...(isPlan ? shownP(sharedP(sequence, comparisons)) : {}),
      valid: isPlan,
      ...(isPlan ? {} : { why: test === 'fixed_horizon' ? OPEN_LOOK : BETWEEN_LOOKS }),
      ...(comparisons > 1 ? { adjustment: { method: 'bonferroni' as const, comparisons } } : {}),
    },
  };
}

/**
 * Confidence sequences of several arms share alpha evenly: Dunnett's value holds for one look only.
 */
function sequenceOf(pair: ArmPair, fixed: WelchResult) {
  const { treatment, control, analysis, previousP } = pair;
  const comparisons = comparisonsOf(pair);
  return confidenceSequence({
    estimate: fixed.estimate,
    se: fixed.se,
    n: treatment.n + control.n,
    nStar: nStarOf(pair),
    alpha: analysis.alpha / comparisons,
    nonZero: { treatment: treatment.nonZero, control: control.nonZero },
    previousPValue: previousP / comparisons,
  });
}

function nStarOf({ analysis, share }: ArmPair): number {
  return (analysis.plannedUnits ?? PLANNED_UNITS_DEFAULT) * share;
}

function alwaysValidOf(pair: ArmPair, sequence: ConfidenceSequenceResult): AlwaysValid {
  const { interval, pValue, runningPValue, burnInPassed } = sequence;
  if (interval.shape !== 'interval') throw new Error('a difference has two bounds');
  const comparisons = comparisonsOf(pair);
  return {
    lower: interval.low,
    upper: interval.high,
    pValue: Math.min(1, pValue * comparisons),
    runningPValue: Math.min(1, runningPValue * comparisons),
    nStar: nStarOf(pair),
    burnInPassed,
  };
}

function sharedP({ pValue, pValueIsBound }: PValue, comparisons: number) {
  return { pValue: Math.min(1, pValue * comparisons), pValueIsBound };
}

function cupedOf(
  { analysis }: ArmPair,
  { cuped }: Effect,
  critical: number,
): Pick<Comparison, 'cuped'> {
  if (cuped === undefined || analysis.cuped === undefined) return {};
  const { covariates, varianceReduction, unadjusted } = cuped;
  const plain = welch({ ...unadjusted, alpha: analysis.alpha });
  if (!plain.ok) return {};
  return {
    cuped: {
      days: analysis.cuped.days,
      covariates,
      varianceReduction,
      unadjusted: absoluteOf(plain, critical),
    },
  };
}
