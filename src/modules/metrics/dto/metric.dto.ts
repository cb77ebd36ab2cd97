import {
  type Counted,
  type Direction,
  DIRECTIONS,
  METRIC_CLASSES,
  METRIC_KINDS,
  METRIC_ROLES,
  type MetricClass,
  type MetricKind,
  type MetricRole,
  type Scale,
  SCALES,
  WINSORISE_QUANTILE_MIN,
} from '../../../domain/metrics/metric.js';
import { ApiProperty } from '@nestjs/swagger';
import { type Filter, FILTERS_MAX } from '../../../domain/metrics/filter.js';
import {
  Count,
  EnumOf,
  Fraction,
  Key,
  Maybe,
  Name,
  Nested,
  NestedList,
  Quantity,
  Text,
  Texts,
} from '../../../platform/http/fields.js';
import { FilterDto } from '../../../platform/http/filter.dto.js';
import type { MetricEntity } from '../metric.entity.js';

/** A size that says on which scale it is meant. */
export class SizedDto {
  @Quantity(0, 1e12)
  value: number;

  @EnumOf(SCALES, 'Scale')
  scale: Scale;
}

/** What a ratio is divided by. */
export class DenominatorDto {
  /** Name of the event that counts. */
  @Name()
  event: string;

  /** Numeric property that is summed; the events are counted when absent. */
  @Maybe()
  @Name()
  valueProperty?: string;

  /** Which events count: those that fulfil all of these. */
  @Maybe()
  @NestedList(() => FilterDto, FILTERS_MAX)
  filters?: FilterDto[];
}

/** Cuts the few values that would decide a test by themselves. */
export class WinsoriseDto {
  /**
   * Of all arms together, units without any event included: values above it count as it. Of a
   * `mean` or `money` also values below 1 - quantile. Below 1; for instance 0.999.
   */
  @Quantity(WINSORISE_QUANTILE_MIN, 1)
  quantile: number;
}

/** What is counted per unit, and over which window after the exposure. */
export class CreateMetricDto {
  @Key()
  key: string;

  @Name()
  name: string;

  /** `proxy` moves first, `downstream` follows, `guardrail` must not get worse. */
  @EnumOf(METRIC_ROLES, 'MetricRole')
  role: MetricRole;

  /**
   * How a unit's value is made from its events. `retention` is 1 for a unit that has the event after
   * `delayHours`, within `windowDays` from then on: it came back.
   */
  @EnumOf(METRIC_KINDS, 'MetricKind')
  kind: MetricKind;

  @EnumOf(METRIC_CLASSES, 'MetricClass')
  class: MetricClass;

  /** Key of the department that owns it. */
  @Maybe()
  @Key()
  department?: string;

  /** Name of the member who answers for it. */
  @Maybe()
  @Name()
  owner?: string;

  /** What it stands for outside the system, such as "people find what they came for". */
  @Maybe()
  @Text()
  standsFor?: string;

  /** How it can rise while what it stands for falls. */
  @Maybe()
  @Text()
  howItLies?: string;

  /** How visits of programs are kept out; the launch gate asks it of attention and engagement. */
  @Maybe()
  @Text()
  botFilter?: string;

  /** Which way is good. */
  @EnumOf(DIRECTIONS, 'Direction')
  direction: Direction;

  /** Name of the event that counts; not for money. */
  @Maybe()
  @Name()
  event?: string;

  /**
   * For `mean`: numeric property that is summed; the event's own value when absent. For `quantile`:
   * the property whose quantile is taken; the event's own value when absent. For `ratio`: the
   * property of the numerator; its events are counted when absent.
   */
  @Maybe()
  @Name()
  valueProperty?: string;

  /**
   * Which events count: those whose properties fulfil all of these. Of `money` with `moneyNames`, and
   * of a `ratio` of money, which entries of the ledger; costs that are declared rather than measured
   * are then left out, because nobody said how much of them belongs to these entries.
   */
  @Maybe()
  @NestedList(() => FilterDto, FILTERS_MAX)
  filters?: FilterDto[];

  /** For `ratio`: what is divided by, summed over all units of an arm. */
  @Maybe()
  @Nested(() => DenominatorDto)
  denominator?: DenominatorDto;

  /**
   * For `quantile`: which one, over all events of a variant's units; 0.95 of a loading time is what
   * 95% of the loads stay below.
   */
  @Maybe()
  @Fraction()
  quantile?: number;

  /** Days after exposure in which events count. */
  @Count(1, 365)
  windowDays: number;

  /** Hours after exposure before the window opens; above 0 for `retention`. */
  @Maybe()
  @Count(0, 24 * 365)
  delayHours?: number;

  /** Days after the window for money to settle: refunds, chargebacks. */
  @Maybe()
  @Count(0, 365)
  settlingDays?: number;

  /** For guardrails: how much worse is still tolerable. */
  @Maybe()
  @Nested(() => SizedDto)
  margin?: SizedDto;

  /**
   * For `mean`, `count` and `money`: judged by values whose outliers are cut. The limits are frozen
   * by the first evaluation with 1000 matured units; the uncut result stands beside.
   */
  @Maybe()
  @Nested(() => WinsoriseDto)
  winsorise?: WinsoriseDto;

  /**
   * For `mean`, `count` and `money`: the largest value a unit can have, in the metric's unit (money in
   * major units of the reporting currency). Judged by the cut values; the uncut result stands
   * beside. Not together with `winsorise`, which takes its limits from the data.
   */
  @Maybe()
  @Quantity(0, 1e12)
  cap?: number;

  /**
   * For money: the names of the ledger that count; all of them when absent, which is profit. For a
   * `ratio` of money: the names of its numerator.
   */
  @Maybe()
  @Texts()
  moneyNames?: string[];
}

export class MetricDto {
  id: string;
  key: string;
  name: string;
  @ApiProperty({ enum: METRIC_ROLES, enumName: 'MetricRole' })
  role: MetricRole;
  @ApiProperty({ enum: METRIC_KINDS, enumName: 'MetricKind' })
  kind: MetricKind;
  @ApiProperty({ enum: METRIC_CLASSES, enumName: 'MetricClass' })
  class: MetricClass;
  department?: string;
  owner?: string;
  /** What it stands for outside the system. */
  standsFor?: string;
  /** How it can rise while what it stands for falls. */
  howItLies?: string;
  /** How visits of programs are kept out. */
  botFilter?: string;
  @ApiProperty({ enum: DIRECTIONS, enumName: 'Direction' })
  direction: Direction;
  event?: string;
  valueProperty?: string;
  /** Which events count: those whose properties fulfil all of these. */
  filters?: FilterDto[];
  denominator?: DenominatorDto;
  /** For `quantile`: which one. */
  quantile?: number;
  @ApiProperty({ type: 'integer' })
  windowDays: number;
  @ApiProperty({ type: 'integer' })
  delayHours: number;
  @ApiProperty({ type: 'integer' })
  settlingDays: number;
  margin?: SizedDto;
  winsorise?: WinsoriseDto;
  /** The largest value a unit can have, in the metric's unit. */
  cap?: number;
  moneyNames?: string[];
  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static from(metric: MetricEntity): MetricDto {
    const { moneyNames, denominator, filters, ...definition } = metric.definition;
    return {
      id: metric.id,
      ...definition,
      ...filtersOf(filters),
      ...(denominator === undefined ? {} : denominatorOf(denominator)),
      ...(moneyNames === undefined ? {} : { moneyNames: [...moneyNames] }),
      createdAt: metric.createdAt.toISOString(),
    };
  }
}

function filtersOf(filters: readonly Filter[] | undefined): { filters?: FilterDto[] } {
  return filters === undefined ? {} : { filters: filters.map((one) => FilterDto.from(one)) };
}

function denominatorOf({ event, filters, ...rest }: Counted): { denominator?: DenominatorDto } {
  return event === undefined ? {} : { denominator: { ...rest, event, ...filtersOf(filters) } };
}
