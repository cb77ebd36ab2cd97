import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  EVENT_FAULTS,
  EVENT_ID_LENGTH_MAX,
  EVENT_TYPES,
  type EventFaultCode,
  type EventType,
} from '../../../domain/events/event.js';
import { UNIT_KINDS, type UnitKind } from '../../../domain/experiments/definition.js';
import { UNIT_ID_LENGTH_MAX } from '../../../domain/events/unit-id.js';
import { EVENT_BATCH_MAX } from '../event-batch.js';

/** The published shape of a batch; `domain/events/read-event.ts` is what reads it. */

/** Who it happened to. */
export class UnitDto {
  /** What is randomised: the kind the experiment was launched with. */
  @ApiProperty({ enum: UNIT_KINDS, enumName: 'UnitKind' })
  kind: UnitKind;

  /** A pseudonym of yours, compared as it is. E-mail addresses and phone numbers are refused. */
  @ApiProperty({ type: 'string', maxLength: UNIT_ID_LENGTH_MAX, example: 'visitor-8261' })
  id: string;
}

/** One event. Which of the members below the first four belong to it follows from its type. */
export class EventDto {
  /**
   * Chosen by you and unique in the project for as long as the event is kept: sending it again is
   * always safe. UUIDs of version 7 are stored fastest.
   */
  @ApiProperty({
    type: 'string',
    maxLength: EVENT_ID_LENGTH_MAX,
    example: '0197c1a4-1f3e-7c55-b2a8-6d1f0a9c3e71',
  })
  id: string;

  /**
   * `exposure`: the unit met a variant. `event`: it did something. `money`: an entry of its ledger.
   * `identify`: two units are the same one.
   */
  @ApiProperty({ enum: EVENT_TYPES, enumName: 'EventType' })
  type: EventType;

  /** Who it happened to. May be left out of `identify`, which names two units. */
  @ApiProperty({ type: () => UnitDto, required: false })
  unit?: UnitDto;

  /** When it happened: RFC 3339 with an offset, at most 5 minutes ahead and 25 months back. */
  @ApiProperty({ type: 'string', format: 'date-time', example: '2026-03-02T09:30:00Z' })
  occurredAt: string;

  /**
   * What the clock that gave `occurredAt` said as the event was sent, where it may be wrong; it
   * wins over that of the batch. Leave it out of events that were kept somewhere in between.
   */
  @ApiProperty({ type: 'string', format: 'date-time', required: false })
  sentAt?: string;

  /** Exposure: key of a launched experiment. */
  @ApiProperty({ type: 'string', required: false, example: 'annual-plan-first' })
  experiment?: string;

  /** Exposure: key of the variant the unit met. */
  @ApiProperty({ type: 'string', required: false, example: 'treatment' })
  variant?: string;

  /** Exposure: facts about the unit, for breakdowns. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  attributes?: Record<string, unknown>;

  /**
   * Event: what happened. Money: `revenue`, `refund`, `chargeback`, `cogs`, `incentive`,
   * `support_cost`, or a name of your own in small letters.
   */
  @ApiProperty({ type: 'string', required: false, example: 'checkout_started' })
  name?: string;

  /** Event: a number that metrics can sum. */
  @ApiProperty({ type: 'number', required: false })
  value?: number;

  /** Money: signed, in minor units (cents). Revenue is positive; refunds and costs are negative. */
  @ApiProperty({ type: 'integer', required: false, example: 4900 })
  amountMinor?: number;

  /** Money: ISO 4217. */
  @ApiProperty({ type: 'string', required: false, example: 'EUR' })
  currency?: string;

  /** Money: id of the event it corrects, such as the sale of a refund. */
  @ApiProperty({ type: 'string', required: false })
  refersTo?: string;

  /** Event and money: anything else worth keeping; no personal data. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  properties?: Record<string, unknown>;

  /** Identify: the unit known so far, such as a visitor. */
  @ApiProperty({ type: () => UnitDto, required: false })
  from?: UnitDto;

  /** Identify: the unit it turned out to be, such as a user. */
  @ApiProperty({ type: () => UnitDto, required: false })
  to?: UnitDto;
}

export class EventBatchDto {
  /** 1 to 500 events; the whole body is at most 1 MiB. */
  @ApiProperty({ type: () => EventDto, isArray: true, minItems: 1, maxItems: EVENT_BATCH_MAX })
  events: EventDto[];

  /**
   * What the sender's clock said as it sent the batch: RFC 3339 with an offset. An event then counts
   * as long before we received it as it happened before this. Leave it out where clocks are right.
   */
  @ApiProperty({ type: 'string', format: 'date-time', required: false })
  sentAt?: string;
}

const EVENT_RESULT_STATUSES = ['accepted', 'duplicate', 'rejected'] as const;
type EventResultStatus = (typeof EVENT_RESULT_STATUSES)[number];

/** What became of one event. */
export class EventResultDto {
  /** Its id, cut to 200 characters; missing when it had none. */
  @ApiProperty({ type: 'string', required: false })
  id?: string;

  /**
   * `accepted`: stored, and counted once whatever happens. `duplicate`: it is here already.
   * `rejected`: not stored, `code` says why; sending the same again gives the same answer.
   */
  @ApiProperty({ enum: EVENT_RESULT_STATUSES, enumName: 'EventResultStatus' })
  status: EventResultStatus;

  /** Why it was rejected. */
  @ApiProperty({ enum: EVENT_FAULTS, enumName: 'EventFaultCode', required: false })
  code?: EventFaultCode;

  /** What to repair in the sender. */
  @ApiProperty({ type: 'string', required: false })
  detail?: string;
}

export class EventResultsDto {
  /** One result for each event, in the order they were sent. */
  @ApiProperty({ type: () => EventResultDto, isArray: true })
  results: EventResultDto[];
}
