import {
  confidenceSequence,
  type ConfidenceSequenceResult,
} from '../../stats/confidence-sequence.js';
import type { NotComputed } from '../../stats/outcome.js';
import type { PValue } from '../../stats/p-value.js';
import { type Contrast, contrastOfMeans } from '../../stats/welch.js';
import {
  absoluteOf,
  type ArmPair,
  boundsOf,
  comparisonsOf,
  liftOf,
  type ReadLook,
  shownP,
} from './effects.js';
import { contrastOf, type Effect, measureEffect, type PlainEffect } from './measure-effect.js';
import { type Measured, plannedLook } from './read-look.js';
import type {
  AbsoluteEffect,
  AlwaysValid,
  CupedReport,
  FrequentistReport,
  RelativeEffect,
  StratifiedReport,
} from './result.js';
import type { WarningNote } from './warning-note.js';

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
  stratified?: StratifiedReport;
  uncapped?: AbsoluteEffect;
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
  const contrast = contrastOf(effect);
  if (!contrast.ok) return contrast;
  const sequence = sequenceOf(pair, contrast);
  if (!sequence.ok) return sequence;
  const alwaysValid = alwaysValidOf(pair, sequence);
  const { absolute, relative, report } =
    look.is === 'planned'
      ? plannedLook(pair, { effect, contrast, alwaysValid, look })
      : openLook(pair, { effect, contrast, alwaysValid, sequence });
  const cuped = cupedOf(pair, effect, report.criticalValue);
  const comparison: Comparison = {
    ok: true,
    effect,
    absolute,
    relative,
    frequentist: report,
    warnings: warningsAt(report, effect),
  };
  if (cuped !== undefined) comparison.cuped = cuped;
  const stratified = stratifiedOf(pair, effect, report.criticalValue);
  if (stratified !== undefined) comparison.stratified = stratified;
  if (effect.uncapped !== undefined) {
    const uncapped = plainEffect(effect.uncapped, report.criticalValue);
    if (uncapped !== undefined) comparison.uncapped = uncapped;
  }
  return comparison;
}

/** Only the interval that is valid at every look: all that may be said of units still on their way. */
export function watchArms(
  pair: ArmPair,
): { ok: true; effect: Effect; absolute: AbsoluteEffect } | NotComputed {
  const effect = measureEffect(pair);
  if (!effect.ok) return effect;
  const contrast = contrastOf(effect);
  if (!contrast.ok) return contrast;
  const sequence = sequenceOf(pair, contrast);
  return sequence.ok
    ? { ok: true, effect, absolute: absoluteOf(contrast, sequence.multiplier) }
    : sequence;
}

function openLook(
  pair: ArmPair,
  measured: Measured & { sequence: ConfidenceSequenceResult },
): ReadLook {
  const { effect, contrast, alwaysValid, sequence } = measured;
  const { test } = pair.analysis;
  const isPlan = test === 'always_valid';
  const comparisons = comparisonsOf(pair);
  const critical = sequence.multiplier;
  const report: FrequentistReport = {
    test: 'confidence_sequence',
    statistic: contrast.estimate / contrast.se,
    degreesOfFreedom: contrast.df,
    criticalValue: critical,
    valid: isPlan,
    alwaysValid,
  };
  if (isPlan) Object.assign(report, shownP(sharedP(sequence, comparisons)));
  else report.why = test === 'fixed_horizon' ? OPEN_LOOK : BETWEEN_LOOKS;
  if (comparisons > 1) report.adjustment = { method: 'bonferroni', comparisons };
  return {
    absolute: absoluteOf(contrast, critical),
    relative: liftOf(pair, effect, critical),
    report,
  };
}

/**
 * Confidence sequences of several arms share alpha evenly: Dunnett's value holds for one look only.
 */
function sequenceOf(pair: ArmPair, contrast: Contrast) {
  const { treatment, control, analysis, previousP } = pair;
  const comparisons = comparisonsOf(pair);
  return confidenceSequence({
    estimate: contrast.estimate,
    se: contrast.se,
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
  const comparisons = comparisonsOf(pair);
  return {
    ...boundsOf(interval),
    pValue: Math.min(1, pValue * comparisons),
    runningPValue: Math.min(1, runningPValue * comparisons),
    nStar: nStarOf(pair),
    burnInPassed,
  };
}

function sharedP({ pValue, pValueIsBound }: PValue, comparisons: number) {
  return { pValue: Math.min(1, pValue * comparisons), pValueIsBound };
}

function stratifiedOf(
  { analysis }: ArmPair,
  { stratified }: Effect,
  critical: number,
): StratifiedReport | undefined {
  if (stratified === undefined || analysis.stratifyBy === undefined) return undefined;
  const { strata, merged, unadjusted } = stratified;
  const plain = plainEffect(unadjusted, critical);
  if (plain === undefined) return undefined;
  return {
    attribute: analysis.stratifyBy,
    strata,
    merged,
    unadjusted: plain,
  };
}

/** The same arms without what the plan does to them, as many standard errors wide as the headline. */
function plainEffect(
  { treatment, control }: PlainEffect,
  critical: number,
): AbsoluteEffect | undefined {
  const plain = contrastOfMeans(treatment, control);
  return plain.ok ? absoluteOf(plain, critical) : undefined;
}

function cupedOf(
  { analysis, estimator = 'pooled' }: ArmPair,
  { cuped }: Effect,
  critical: number,
): CupedReport | undefined {
  if (cuped === undefined || analysis.cuped === undefined) return undefined;
  const { covariates, varianceReduction, unadjusted } = cuped;
  const plain = plainEffect(unadjusted, critical);
  if (plain === undefined) return undefined;
  return {
    days: analysis.cuped.days,
    estimator,
    covariates,
    varianceReduction,
    unadjusted: plain,
  };
}

/** A test of counts takes no mean for normal, so skewness does it no harm. */
function warningsAt(report: FrequentistReport, { warnings }: Effect): WarningNote[] {
  if (report.test === 'confidence_sequence' || report.degreesOfFreedom !== undefined) {
    return warnings;
  }
  return warnings.filter(({ code }) => code !== 'skewed');
}
