import { ApiProperty } from '@nestjs/swagger';
import {
  type FrequentistReport,
  PRIOR_KINDS,
  type PriorReport,
  TEST_NAMES,
} from '../../../domain/evaluation/result.js';
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

/** What the frequentist engine says. */
export class FrequentistReportDto {
  /** `welch` at the planned look; `confidence_sequence` at any other. */
  @ApiProperty({ enum: TEST_NAMES, enumName: 'TestName' })
  test: FrequentistReport['test'];

  /** Estimate over standard error. */
  statistic: number;

  /** Satterthwaite's degrees of freedom. */
  degreesOfFreedom: number;

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

  /** Why a number is absent. */
  notComputed?: NotComputedDto;
}

/** Whether both engines draw the same conclusion. */
export class AgreementDto {
  agree: boolean;
  /** Why they differ, in words. */
  why?: string;
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
  /** Why the parts above are absent. */
  notComputed?: NotComputedDto;
}
