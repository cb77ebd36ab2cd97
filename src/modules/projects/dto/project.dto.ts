import { IsObject } from 'class-validator';
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { COST_WAYS, type CostDeclarations, type CostWay } from '../../../domain/money/costs.js';
import { type Market, MARKETS } from '../../../domain/evidence/project-facts.js';
import { ORDER_AMOUNTS, type OrderAmount } from '../../../domain/tracking/order-amount.js';
import { Count, EnumOf, Maybe, Name, Texts } from '../../../platform/http/fields.js';
import type { ProjectEntity } from '../project.entity.js';

/** How one kind of cost is known. */
export class CostDeclarationDto {
  /** Measured by events, priced per event, a rate of revenue, none because ..., or unknown. */
  @ApiProperty({ enum: [...COST_WAYS], enumName: 'CostWay' })
  how: CostWay;
  /** For unit_price: the event that costs. */
  event?: string;
  /** For unit_price: the cost of one event, in minor units. */
  @ApiProperty({ type: 'integer' })
  amountMinor?: number;
  /** For unit_price: ISO 4217 code. */
  currency?: string;
  /** For rate: share of revenue, 0 to 1. */
  ofRevenue?: number;
  /** For none: why there is no such cost. */
  because?: string;
}

const COSTS = {
  type: 'object' as const,
  additionalProperties: { $ref: getSchemaPath(CostDeclarationDto) },
  example: {
    cogs: { how: 'rate', ofRevenue: 0.4 },
    incentive: { how: 'none', because: 'we give no discounts' },
    support_cost: { how: 'events' },
  },
};

/** A month is the least that a withdrawal may take to be answered; ten years is for ever. */
const RETENTION_DAYS = { min: 30, max: 3_650 };

/** The project as it should be. Members that only we set may be sent back unchanged. */
export class UpdateProjectDto {
  /** IANA time zone, e.g. Europe/Helsinki: days and schedules are read in it. */
  @Name()
  timezone: string;

  /** ISO 4217 code of the currency in which profit is reported. */
  @Name()
  currency: string;

  /** The stages of the funnel, in order. */
  @Texts()
  stages: string[];

  /** How each kind of cost is known. Any kind that is unknown makes every view say partial profit. */
  @IsObject()
  @ApiProperty(COSTS)
  costs: Record<string, object>;

  /** `b2b`: an account buys as one, so accounts are counted beside people. Unchanged when absent. */
  @Maybe()
  @EnumOf(MARKETS, 'Market')
  market?: Market;

  /** Days that words are kept where a consent names no end. Unchanged when absent. */
  @Maybe()
  @Count(RETENTION_DAYS.min, RETENTION_DAYS.max)
  retentionDays?: number;

  /** Domains of your own e-mail addresses: a participant with such an address is an employee. Unchanged when absent. */
  @Maybe()
  @Texts()
  employerDomains?: string[];

  /**
   * What of an order that a tracking client reports is income: `revenue`, without tax and shipping,
   * or `total`, with them. It holds for orders reported from then on. Unchanged when absent.
   */
  @Maybe()
  @EnumOf(ORDER_AMOUNTS, 'OrderAmount')
  orderAmount?: OrderAmount;

  /** Read-only. */
  @Maybe()
  @Name()
  id?: string;

  /** Read-only. */
  @Maybe()
  @Name()
  key?: string;

  /** Read-only. */
  @Maybe()
  @Name()
  createdAt?: string;
}

@ApiExtraModels(CostDeclarationDto)
export class ProjectDto {
  id: string;
  key: string;
  /** IANA time zone of days and schedules. */
  timezone: string;
  /** ISO 4217 code of the reporting currency. */
  currency: string;
  /** Stages of the funnel, in order. */
  stages: string[];
  /** How each kind of cost is known. */
  @ApiProperty(COSTS)
  costs: CostDeclarations;
  /** `b2b`: an account buys as one, so accounts are counted beside people. */
  @ApiProperty({ enum: MARKETS, enumName: 'Market' })
  market: Market;
  /** Days that words are kept where a consent names no end. */
  @ApiProperty({ type: 'integer' })
  retentionDays: number;
  /** Domains of your own e-mail addresses. */
  employerDomains: string[];
  /** What of an order that a tracking client reports is income, with or without tax and shipping. */
  @ApiProperty({ enum: ORDER_AMOUNTS, enumName: 'OrderAmount' })
  orderAmount: OrderAmount;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static from(project: ProjectEntity): ProjectDto {
    return {
      id: project.id,
      key: project.key,
      timezone: project.timezone,
      currency: project.currency,
      stages: project.stages,
      costs: project.costs,
      market: project.market,
      retentionDays: project.retentionDays,
      employerDomains: project.employerDomains,
      orderAmount: project.orderAmount,
      createdAt: project.createdAt.toISOString(),
    };
  }
}
