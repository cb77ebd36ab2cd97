import { ApiProperty } from '@nestjs/swagger';
import type {
  BriefCap,
  BriefMoney,
  BriefWaterfall,
  WaterfallStep,
} from '../../../domain/brief/brief.js';
import {
  MONEY_VALUES,
  type MoneyValues,
  UNITS_BASES,
  type UnitsBasis,
} from '../../../domain/evaluation/money-report.js';

/** A size with its interval, in major units of the currency. */
export class BriefRangeDto {
  estimate: number;
  lower: number;
  upper: number;
}

/** One step of what an arm brought, per unit; signed. */
export class WaterfallStepDto implements WaterfallStep {
  /** The part of the money, such as revenue or support cost. */
  name: string;
  /** How much the step adds; below 0 for a cost. */
  amount: number;
  /** Where the step starts: the sum of the steps before it. */
  from: number;
  /** Where it ends. */
  to: number;
}

/** What the money of one arm is made of, per unit. */
export class BriefWaterfallDto implements BriefWaterfall {
  variant: string;
  /** Whose money it is. */
  @ApiProperty({ type: 'integer' })
  units: number;
  steps: WaterfallStepDto[];
  /** All steps together. */
  perUnit: number;
  /** Of all units of the arm. */
  total: number;
  /** The same in words. */
  sentence: string;
}

/** The parts of a difference to the control. */
export class BriefDifferenceDto {
  variant: string;
  /** Each part and the sum, per unit, in words. */
  sentence: string;
}

/** One difference twice: with large values cut, and as the values came. */
export class BriefCapDto implements BriefCap {
  variant: string;
  /** Of the cut values; decides. */
  capped: BriefRangeDto;
  /** Of the values as they came. */
  uncapped: BriefRangeDto;
  /** Both in words. */
  sentence: string;
}

/** A difference of so many units. */
export class BriefAmountDto extends BriefRangeDto {
  /** It is summed over. */
  units: number;
}

/** The same of values as they came, where the metric cuts them. */
export class BriefUncappedDto {
  /** Of the units of the variant whose time has come. */
  soFar: BriefAmountDto;
  /** Of a year of all eligible units. */
  perYear?: BriefAmountDto;
}

/** What a difference comes to. */
export class BriefProjectionDto {
  variant: string;
  /** Whether values are cut in it, as they are where the metric is. */
  @ApiProperty({ enum: MONEY_VALUES, enumName: 'MoneyValues' })
  values: MoneyValues;
  /** Of the units of the variant whose time has come. */
  soFar: BriefAmountDto;
  /** Of a year of all eligible units, if they come as they came and the effect stays. */
  perYear?: BriefAmountDto;
  /** The same of values as they came; absent where none are cut. */
  uncapped?: BriefUncappedDto;
  /** Both in words, with what they rest on. */
  sentence: string;
}

/** What it earned, arm by arm, and what that would come to. */
export class BriefMoneyDto implements BriefMoney {
  /** Key of the deciding metric. */
  metric: string;
  currency: string;
  /** What the sum is called: partial while a kind of cost is unknown. */
  @ApiProperty({ enum: ['Profit', 'Partial profit'], enumName: 'ProfitWord' })
  word: BriefMoney['word'];
  /** Of the units whose time has come (`matured`), or of everybody so far (`running`). */
  @ApiProperty({ enum: UNITS_BASES, enumName: 'UnitsBasis', required: false })
  basis?: UnitsBasis;
  /** One for each arm. */
  waterfalls: BriefWaterfallDto[];
  /** One for each variant but the control. */
  differences: BriefDifferenceDto[];
  /** Entries that are in no sum, because what their kind costs is declared; in words. */
  leftOut: string[];
  /** Where the metric cuts outliers. */
  capped: BriefCapDto[];
  /** One for each variant whose difference was computed. */
  projections: BriefProjectionDto[];
  /** What waiting for all units would do, in words; empty when it would do nothing. */
  waiting: string[];
}
