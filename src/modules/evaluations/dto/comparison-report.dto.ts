import { ApiProperty } from '@nestjs/swagger';
import { CUPED_ESTIMATORS, type CupedEstimator } from '../../../domain/experiments/definition.js';
import { COLUMN_PARTS } from '../../../domain/evaluation/counted-columns.js';
import {
  type CupedReport,
  type FrequentistReport,
  PRIOR_KINDS,
  type PriorReport,
  TEST_NAMES,
} from '../../../domain/evaluation/result.js';
import { WARNING_CODES, type WarningNote } from '../../../domain/evaluation/warning-note.js';
import { PRIOR_SOURCES, type PriorSource } from '../../../domain/experiments/plan.js';
import { NotComputedDto } from './not-computed.dto.js';

/** Variant minus control, in the metric's unit. */
export class AbsoluteEffectDto {
  estimate: number;
  /** Lower end of the interval that is valid at this look. */
  lower: number;
  /** Upper end of the interval that is valid at this look. */
  upper: number;
  standardError: number;
}

/** Variant over control, minus 1: 0.05 is 5% more. */
export class RelativeEffectDto {
  estimate?: number;
  /** Lower end of Fieller's interval. */
  lower?: number;
  /** Upper end of Fieller's interval; absent when the data set no upper limit. */
  upper?: number;
  /** Why a number is absent. */
  notComputed?: NotComputedDto;
}

/** The interval that holds at all looks at once, however often and whenever one looks. */
export class AlwaysValidDto {
  lower: number;
  upper: number;
  /** Valid at any time. */
  pValue: number;
  /** The smallest of all evaluations so far, which is valid too. */
  runningPValue: number;
  /** Units of both arms at which the interval is narrowest. */
  nStar: number;
  /** False: fewer than 25 outcomes other than 0 in an arm, too few for a verdict. */
  burnInPassed: boolean;
}

/** How several variants against one control were corrected. */
export class AdjustmentDto {
  /** Dunnett at the planned look, Bonferroni where one may look at any time. */
  @ApiProperty({ enum: ['dunnett', 'bonferroni'], enumName: 'AdjustmentMethod' })
  method: 'dunnett' | 'bonferroni';

  /** Variants that share alpha. */
  @ApiProperty({ type: 'integer' })
  comparisons: number;
}

/** Estimate and interval that allow for the chance to stop early. */
export class AfterStoppingDto {
  /** As often too high as too low. */
  estimate: number;
  /** Lower end of its interval. */
  lower: number;
  /** Upper end of its interval. */
  upper: number;
}

/** Whether it is worth going on. Advice only: whoever goes on all the same makes no error. */
export class FutilityDto {
  /** On the scale of the normal distribution, in the good direction. */
  bound: number;

  /** At or below the bound: a win at the end has become unlikely. */
  crossed: boolean;
}

/** One of several planned looks, and what it used of alpha. */
export class SequentialLookDto {
  /** Its number. */
  @ApiProperty({ type: 'integer' })
  look: number;

  /** Planned looks, the end included. */
  @ApiProperty({ type: 'integer' })
  looks: number;

  /** Matured units as a share of the planned ones; above 1 when more came. */
  fraction: number;

  /** Alpha used up to and including this look. */
  alphaSpent: number;

  /** What the test must pass, on the scale of the normal distribution. */
  bound: number;

  /** Beyond the bound: the difference is more than chance. */
  crossed: boolean;

  /** Once crossed, or at the last look. */
  afterStopping?: AfterStoppingDto;

  /** At an early look, where the plan asks for it. */
  futility?: FutilityDto;
}

/** Fisher's exact test, asked where a cell has fewer than five units. */
export class ExactTestDto {
  /** Fisher's p-value. */
  fisherP: number;
  /** Half of the observed table left out, which makes the test less cautious than Fisher's. */
  midP: number;
}

/** A secondary metric among all of them. */
export class AmongSecondaryDto {
  /** Benjamini and Hochberg 1995. */
  @ApiProperty({ enum: ['benjamini_hochberg'], enumName: 'FalseDiscoveryMethod' })
  method: 'benjamini_hochberg';

  /** Of what is called a change at a level, at most that share is chance. */
  pValue: number;

  /** Comparisons of secondary metrics. */
  @ApiProperty({ type: 'integer' })
  comparisons: number;
}

/** What the frequentist engine says. */
export class FrequentistReportDto {
  /**
   * At the one planned look `welch`, or `score` and `exact` where conversions are few;
   * `group_sequential` at one of several; `confidence_sequence` at any other.
   */
  @ApiProperty({ enum: TEST_NAMES, enumName: 'TestName' })
  test: FrequentistReport['test'];

  /** Estimate over standard error. */
  statistic: number;

  /** Satterthwaite's degrees of freedom; absent where few conversions are counted exactly. */
  degreesOfFreedom?: number;

  /** How many standard errors the shown interval reaches to each side. */
  criticalValue: number;

  /** Absent at a look that the plan does not have: a p-value there would mislead. */
  pValue?: number;

  /** True: the p-value is only known to be below `pValue`. */
  pValueIsBound?: boolean;

  /** Whether a p-value may be read at this look. */
  valid: boolean;

  /** Why not. */
  why?: string;

  /** Present with more than two arms. */
  adjustment?: AdjustmentDto;

  /** For secondary metrics. */
  amongSecondary?: AmongSecondaryDto;

  /** At a planned look of several. */
  sequential?: SequentialLookDto;

  /** Beside the test of very few conversions. */
  exact?: ExactTestDto;

  /** Beside the shown interval, at every look. */
  alwaysValid: AlwaysValidDto;
}

/** What was believed before the data. */
export class PriorReportDto {
  /** On the relative lift, on the difference, or a Beta on each arm's rate. */
  @ApiProperty({ enum: PRIOR_KINDS, enumName: 'PriorKind' })
  kind: PriorReport['kind'];

  /** Mean of a normal prior. */
  mean?: number;

  /** Standard deviation of a normal prior. */
  sd?: number;

  /** Its mean on the scale of the difference. */
  usedMean?: number;

  /** Its standard deviation on the scale of the difference. */
  usedSd?: number;

  /** First parameter of a Beta prior. */
  alpha?: number;

  /** Second parameter of a Beta prior. */
  beta?: number;

  /** `assumed`: nobody declared one. */
  @ApiProperty({ enum: PRIOR_SOURCES, enumName: 'PriorSource' })
  source: PriorSource;

  /** What had to be done to use it. */
  note?: string;
}

/** The exact answer under Beta(1, 1), the prior that says nothing. */
export class BayesianReferenceDto {
  chanceToWin: number;
  /** Rate lost on average by shipping. */
  expectedLoss: number;
}

/** Probability that the difference is too small to matter. */
export class EquivalenceDto {
  /** The smallest difference that matters, in the metric's unit. */
  within: number;
  /** Probability that the difference is smaller. */
  probability: number;
}

/** The answer under another width of the prior. */
export class OtherPriorDto {
  /** Standard deviation on the scale of the difference. */
  sd: number;
  chanceToWin: number;
  /** What shipping costs on average per unit, in the metric's unit. */
  expectedLoss: number;
  /** Lower end of the credible interval. */
  lower: number;
  /** Upper end of the credible interval. */
  upper: number;
}

/** Does the conclusion hang on the prior? */
export class PriorSensitivityDto {
  /** The conclusion is the same under half and under double the width. */
  robust: boolean;
  /** At half and at double the width. */
  priors: OtherPriorDto[];
}

/** Both mistakes over a year at the pace of enrolment so far, in the currency of the metric. */
export class PerYearDto {
  /** Eligible units in a year. */
  @ApiProperty({ type: 'integer' })
  units: number;
  /** What shipping costs on average. */
  expectedLoss: number;
  /** What keeping the control costs on average. */
  expectedLossOfKeeping: number;
}

/** What the Bayesian engine says. */
export class BayesianReportDto {
  prior: PriorReportDto;

  /** Probability that the variant is better than the control. */
  chanceToWin?: number;

  /** What shipping the variant costs on average per unit, in the metric's unit. */
  expectedLoss?: number;

  /** What keeping the control costs on average per unit, in the metric's unit. */
  expectedLossOfKeeping?: number;

  /** Lower end of the credible interval of the difference. */
  lower?: number;

  /** Upper end of the credible interval of the difference. */
  upper?: number;

  /** The bounds are differences. */
  @ApiProperty({ enum: ['absolute'], enumName: 'AbsoluteScale' })
  scale: 'absolute';

  /** For rates, beside the prior above. */
  reference?: BayesianReferenceDto;

  /**
   * Natural logarithm of the Bayes factor: how much better the data fit the prior than no effect.
   * Above 0 they speak for an effect.
   */
  logBayesFactor?: number;

  /** Where the plan says how small an effect matters. */
  equivalence?: EquivalenceDto;

  /** For normal priors. */
  sensitivity?: PriorSensitivityDto;

  /** For money. */
  perYear?: PerYearDto;

  /** Why a number is absent. */
  notComputed?: NotComputedDto;
}

/** Whether both engines draw the same conclusion. */
export class AgreementDto {
  agree: boolean;
  /** Why they differ, in words. */
  why?: string;
}

/** What was known of the units before their exposure, and how much it explains. */
export class CupedCovariateDto {
  /** The metric itself in the days before, its denominator, or whether the unit was seen at all. */
  @ApiProperty({ enum: COLUMN_PARTS, enumName: 'ColumnPart' })
  name: CupedReport['covariates'][number]['name'];
  /** Change of the metric for one more of the covariate. */
  coefficient: number;
  /** False: it is the same for all units, or another covariate says the same. */
  used: boolean;
}

/** What the days before the exposure took out of the noise; the effects are the adjusted ones. */
export class CupedReportDto {
  /** Days before the exposure that were looked at. */
  @ApiProperty({ type: 'integer' })
  days: number;

  /** One slope for all units, or one in each variant. */
  @ApiProperty({ enum: CUPED_ESTIMATORS, enumName: 'CupedEstimator' })
  estimator: CupedEstimator;

  /** What was known before, the most useful first. */
  covariates: CupedCovariateDto[];

  /** Share of the variance of the difference that went away. */
  varianceReduction: number;

  /** The same comparison without the adjustment. */
  unadjusted: AbsoluteEffectDto;
}

/** What weighing the strata took out of the difference; the effects are the weighed ones. */
export class StratifiedReportDto {
  /** Attribute of the exposures. */
  attribute: string;

  /** Strata that were compared; the 51st largest and all smaller ones count as one. */
  @ApiProperty({ type: 'integer' })
  strata: number;

  /** Strata that joined others, having fewer than two units in a variant. */
  @ApiProperty({ type: 'integer' })
  merged: number;

  /** The same comparison without strata. */
  unadjusted: AbsoluteEffectDto;
}

/** Something to know before reading the numbers. */
export class WarningDto {
  /** Stable name of the warning. */
  @ApiProperty({ enum: WARNING_CODES, enumName: 'WarningCode' })
  code: WarningNote['code'];

  /** The warning in a sentence. */
  detail: string;
}

/** One variant against the control. */
export class ComparisonReportDto {
  variant: string;
  control: string;
  absolute?: AbsoluteEffectDto;
  relative?: RelativeEffectDto;
  frequentist?: FrequentistReportDto;
  bayesian?: BayesianReportDto;
  agreement?: AgreementDto;
  /** Present when the plan adjusts for the days before the exposure. */
  cuped?: CupedReportDto;
  /** Present when the plan compares within strata. */
  stratified?: StratifiedReportDto;
  /**
   * Present when outliers are cut: the effect of the values as they came, at the same look. The
   * numbers above are of the cut values, which is another question.
   */
  uncapped?: AbsoluteEffectDto;
  /** What to know before reading the numbers. */
  warnings?: WarningDto[];
  /** Why the parts above are absent. */
  notComputed?: NotComputedDto;
}
