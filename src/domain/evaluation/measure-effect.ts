import { cuped } from '../../stats/adjustment/cuped.js';
import { linInteracted } from '../../stats/adjustment/lin-interacted.js';
import { mergeSmallStrata, postStratified } from '../../stats/adjustment/post-stratified.js';
import type { AdjustmentInput } from '../../stats/adjustment/regression-moments.js';
import type { MeanWithVariance } from '../../stats/fieller.js';
import { quantileSummary } from '../../stats/rows/clustered-quantile.js';
import { armSummary } from '../../stats/moments.js';
import { type ArmSummary, type NotComputed } from '../../stats/outcome.js';
import { ratioSummary } from '../../stats/ratio-metric.js';
import { normalApproximationIsUnsafe, skewnessOfDifference } from '../../stats/skewness.js';
import { type Contrast, contrastOfMeans } from '../../stats/welch.js';
import type { CupedEstimator } from '../experiments/definition.js';
import type { ColumnPart } from './counted-columns.js';
import type { ArmMoments } from './moments.js';
import type { CupedReport, StratifiedReport } from './result.js';
import type { WarningNote } from './warning-note.js';

/** Two arms of one metric as every test takes them, after what the plan takes out of the noise. */
export interface Effect {
  ok: true;
  treatment: ArmSummary;
  control: ArmSummary;
  /** For the lift, where the adjustment ties both means together. */
  relative: { treatment: MeanWithVariance; control: MeanWithVariance; covariance: number };
  /** Present where the plan asks for it. */
  cuped?: Pick<CupedReport, 'covariates' | 'varianceReduction'> & { unadjusted: PlainEffect };
  /** Of a winsorised metric: the same arms with their values as they came. */
  uncapped?: PlainEffect;
  /** Present where the plan has strata. */
  stratified?: Pick<StratifiedReport, 'strata' | 'merged'> & { unadjusted: PlainEffect };
  /** Degrees of freedom of the difference where they do not follow from the two arms. */
  df?: number;
  warnings: WarningNote[];
}

/** Two arms as they came. */
export interface PlainEffect {
  treatment: ArmSummary;
  control: ArmSummary;
}

export interface MeasuredArms {
  treatment: ArmMoments;
  control: ArmMoments;
  columns: readonly ColumnPart[];
  /** How covariates are used; `pooled` when absent. */
  estimator?: CupedEstimator;
  /** The two arms in each stratum, where the plan has strata. */
  strata?: readonly { treatment: ArmMoments; control: ArmMoments }[];
}

/**
 * Of a winsorised metric the cut values are compared: that is what its owner declared before the
 * data. The values as they came are measured in the same way and stand beside.
 */
export function measureEffect(arms: MeasuredArms): Effect | NotComputed {
  const outcome = headlineColumn(arms.columns);
  const effect = measureOutcome(arms, outcome);
  if (!effect.ok || outcome === RAW) return effect;
  const raw = measureOutcome(arms, RAW);
  return raw.ok
    ? { ...effect, uncapped: { treatment: raw.treatment, control: raw.control } }
    : effect;
}

/** The metric's value as it came. */
const RAW = 0;

function headlineColumn(columns: readonly ColumnPart[]): number {
  return Math.max(RAW, columns.indexOf('capped'));
}

function measureOutcome(arms: MeasuredArms, outcome: number): Effect | NotComputed {
  const { columns, treatment, control } = arms;
  const denominator = columns.indexOf('denominator');
  const one = plainSummary(treatment, columns, outcome);
  const two = plainSummary(control, columns, outcome);
  if ('reason' in one) return one;
  if ('reason' in two) return two;
  const plain: PlainEffect = { treatment: one, control: two };
  const warnings = warningsOf(arms, plain, outcome);
  const covariates = covariatesAmong(columns);
  if (covariates.length === 0) {
    if (arms.strata !== undefined) return stratified(arms.strata, { outcome, plain, warnings });
    const relative = { treatment: meanOf(one), control: meanOf(two), covariance: 0 };
    return { ok: true, treatment: one, control: two, relative, warnings };
  }
  const input = {
    treatment,
    control,
    outcome,
    covariates,
    ...(denominator < 0 ? {} : { denominator }),
  };
  const adjusted = arms.estimator === 'interacted' ? interacted(input, plain) : cuped(input);
  if (!adjusted.ok) return adjusted;
  const { theta, dropped, varianceReduction } = adjusted;
  if (dropped.length === covariates.length) {
    const detail = 'Nothing was seen of the units before their exposure, so nothing is adjusted.';
    warnings.push({ code: 'no-covariate', detail });
  }
  return {
    ok: true,
    treatment: adjusted.treatment,
    control: adjusted.control,
    relative: adjusted.relative,
    cuped: {
      covariates: covariates.map((column, index) => ({
        name: columns[column] ?? 'value_before',
        coefficient: theta[index] ?? 0,
        used: !dropped.includes(column),
      })),
      varianceReduction,
      unadjusted: plain,
    },
    warnings,
  };
}

/** The difference of an effect, which every reading of it starts from. */
export function contrastOf({ treatment, control, df }: Effect): Contrast | NotComputed {
  const contrast = contrastOfMeans(treatment, control);
  return contrast.ok && df !== undefined ? { ...contrast, df } : contrast;
}

function stratified(
  strata: NonNullable<MeasuredArms['strata']>,
  measured: { outcome: number; plain: PlainEffect; warnings: WarningNote[] },
): Effect | NotComputed {
  const { outcome, plain, warnings } = measured;
  const present = strata.filter(({ treatment, control }) => treatment.n + control.n > 0);
  const merged = mergeSmallStrata(
    present.map(({ treatment, control }) => ({
      treatment: armSummary(treatment, outcome),
      control: armSummary(control, outcome),
    })),
  );
  const answer = postStratified(merged);
  if (!answer.ok) return answer;
  const { treatment, control, df } = answer;
  return {
    ok: true,
    treatment: summaryOf(plain.treatment.n, treatment),
    control: summaryOf(plain.control.n, control),
    relative: { treatment, control, covariance: 0 },
    df,
    stratified: {
      strata: merged.length,
      merged: present.length - merged.length,
      unadjusted: plain,
    },
    warnings,
  };
}

/** Lin's estimator in the shape of CUPED's: a coefficient is the mean slope of both arms. */
function interacted(input: AdjustmentInput, plain: PlainEffect) {
  const answer = linInteracted(input);
  if (!answer.ok) return answer;
  const { treatment, control, slopes, dropped, se } = answer;
  const units = { treatment: input.treatment.n, control: input.control.n };
  const raw = contrastOfMeans(plain.treatment, plain.control);
  return {
    ok: true as const,
    treatment: summaryOf(units.treatment, treatment),
    control: summaryOf(units.control, control),
    relative: { treatment, control, covariance: 0 },
    theta: slopes.treatment.map((slope, index) => (slope + (slopes.control[index] ?? slope)) / 2),
    dropped,
    varianceReduction: raw.ok ? 1 - (se / raw.se) ** 2 : 0,
  };
}

function summaryOf(n: number, { mean, varianceOfMean }: MeanWithVariance): ArmSummary {
  return { n, mean, variance: varianceOfMean * n };
}

/** Positions of the columns that were fixed before the exposure. */
function covariatesAmong(columns: readonly ColumnPart[]): number[] {
  const covariates: number[] = [];
  for (let column = 0; column < columns.length; column += 1) {
    if (columns[column]?.endsWith('_before') === true) covariates.push(column);
  }
  return covariates;
}

/** One arm before any adjustment; a ratio or a quantile in the form that tests of means take. */
export function plainSummary(
  arm: Omit<ArmMoments, 'nonZero'>,
  columns: readonly ColumnPart[],
  outcome: number = headlineColumn(columns),
): ArmSummary | NotComputed {
  if (arm.quantile !== undefined) return quantileSummary('the arm', arm.quantile);
  const denominator = columns.indexOf('denominator');
  return denominator < 0 ? armSummary(arm, outcome) : ratioSummary(arm, outcome, denominator);
}

function warningsOf(
  arms: MeasuredArms,
  { treatment, control }: PlainEffect,
  outcome: number,
): WarningNote[] {
  const warnings: WarningNote[] = [];
  if (hasWeakDenominator(treatment) || hasWeakDenominator(control)) {
    const detail = 'The denominator of an arm may be near 0, which makes a ratio unstable.';
    warnings.push({ code: 'denominator-near-zero', detail });
  }
  if (arms.columns.includes('denominator') || arms.treatment.quantile !== undefined) {
    return warnings;
  }
  const skewness = skewnessOfDifference({
    treatment: arms.treatment,
    control: arms.control,
    column: outcome,
  });
  if (skewness.ok && normalApproximationIsUnsafe(skewness.skewness)) {
    const detail =
      'A few very large values dominate an arm, and the arms do not balance them: intervals may be ' +
      'too short until more units have come.';
    warnings.push({ code: 'skewed', detail });
  }
  return warnings;
}

function hasWeakDenominator(arm: ArmSummary): boolean {
  return 'denominatorIsWeak' in arm && arm.denominatorIsWeak === true;
}

function meanOf({ n, mean, variance }: ArmSummary): MeanWithVariance {
  return { mean, varianceOfMean: (variance ?? 0) / n };
}
