import { ApiProperty } from '@nestjs/swagger';
import {
  MONEY_VALUES,
  type MoneyValues,
  UNITS_BASES,
  type UnitsBasis,
} from '../../../domain/evaluation/money-report.js';
import { PART_WAYS, type PartWay } from '../../../domain/money/parts.js';

/** Money of one variant, in major units of the reporting currency; costs are below 0. */
export class ArmMoneyDto {
  variant: string;

  /** Of all its units that are counted here, rounded once from an exact sum. */
  total: number;

  /** Of one unit; absent without units. */
  perUnit?: number;
}

/** One part of the money of each variant: a step of the waterfall. */
export class MoneyPartDto {
  /** The name in the ledger, the kind of cost, or `other` for names of the project's own. */
  name: string;

  /** How it is known: by entries, by a price for each event, by a share of revenue, or what is left. */
  @ApiProperty({ enum: PART_WAYS, enumName: 'MoneyPartWay' })
  how: PartWay;

  arms: ArmMoneyDto[];
}

/** What the parts of a variant add up to, to the minor unit. */
export class MoneyTotalDto extends ArmMoneyDto {
  /** Units that are counted here. */
  @ApiProperty({ type: 'integer' })
  units: number;
}

/** Money of one variant that is in no sum. */
export class LeftOutArmDto {
  variant: string;
  /** In major units. */
  total: number;
}

/** Entries that are in no sum, because the plan declares what their kind costs. */
export class LeftOutDto {
  /** The kind of cost, which is the name of the entries. */
  name: string;
  arms: LeftOutArmDto[];
}

/**
 * What the money of each variant is made of. The parts add up to the total, which is the metric. A kind
 * of cost that nobody knows has no part: nothing is not what it costs.
 */
export class CompositionReportDto {
  /** Units whose time has come, or everybody so far while there are none. */
  @ApiProperty({ enum: UNITS_BASES, enumName: 'UnitsBasis' })
  basis: UnitsBasis;

  /** Always of the money as it came, also where the metric compares values that are cut. */
  @ApiProperty({ enum: MONEY_VALUES, enumName: 'MoneyValues' })
  values: MoneyValues;

  /** The steps, the same ones in every variant. */
  parts: MoneyPartDto[];

  /** What they add up to. */
  totals: MoneyTotalDto[];

  /** Entries that do not count, because the plan declares what their kind costs: a cost counts once. */
  leftOut?: LeftOutDto[];
}

/** A difference of money over a number of units, in major units, with the interval of the comparison. */
export class ProjectedMoneyDto {
  /** Units that the difference per unit is multiplied by. */
  @ApiProperty({ type: 'integer' })
  units: number;
  estimate: number;
  lower: number;
  upper: number;
}

/** The same difference of the money as it came. */
export class UncappedProjectionDto {
  /** Of the units of the variant whose time has come. */
  soFar: ProjectedMoneyDto;

  /** Of the units of a year. */
  perYear?: ProjectedMoneyDto;
}

/** What the difference to the control comes to in total: per unit is how it is compared. */
export class ProjectionReportDto {
  variant: string;

  /** What is compared: values that are cut, where the metric cuts them. */
  @ApiProperty({ enum: MONEY_VALUES, enumName: 'MoneyValues' })
  values: MoneyValues;

  /** Of the units of the variant whose time has come. */
  soFar: ProjectedMoneyDto;

  /**
   * At the experiment's traffic, if all eligible units got the variant: an extrapolation that takes
   * traffic and effect to stay as they were. Absent while the traffic is not known.
   */
  perYear?: ProjectedMoneyDto;

  /** Present where values are cut: the same of the money as it came, which is another question. */
  uncapped?: UncappedProjectionDto;
}
