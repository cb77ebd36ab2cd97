import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  EVENT_FAULTS,
  EVENT_ID_LENGTH_MAX,
  type EventFaultCode,
} from '../../../domain/events/event.js';
import { MESSAGE_TYPES, type MessageType } from '../../../domain/tracking/segment-message.js';
import { MESSAGES_MAX } from '../message-batch.js';

/** The published shape of messages; `domain/tracking/segment-message.ts` is what reads them. */

/** What clients say beside a message. */
export class TrackingContextDto {
  /** The account the user belongs to; read for tests on accounts. Nothing else here is kept. */
  @ApiProperty({ type: 'string', required: false })
  groupId?: string;
}

/** One call of a tracking client. Members that are not named here are read over. */
export class TrackingMessageDto {
  /** Which call it is; on the route of a call it may be left out. */
  @ApiProperty({ enum: MESSAGE_TYPES, enumName: 'MessageType', required: false })
  type?: MessageType;

  /**
   * Id of the message, and of the event it becomes: sending it again is safe. Without one, equal
   * messages with equal times are one.
   */
  @ApiProperty({
    type: 'string',
    required: false,
    maxLength: EVENT_ID_LENGTH_MAX,
    example: 'node-next-1772445000000-5f1c',
  })
  messageId?: string;

  /** The user: a pseudonym of yours. E-mail addresses and phone numbers are refused. */
  @ApiProperty({ type: 'string', required: false, example: 'user-4711' })
  userId?: string;

  /** The visitor, who counts where there is no user. */
  @ApiProperty({ type: 'string', required: false, example: 'visitor-8261' })
  anonymousId?: string;

  /** Alias: the id that is given up. */
  @ApiProperty({ type: 'string', required: false })
  previousId?: string;

  /** Group: the account the user belongs to. */
  @ApiProperty({ type: 'string', required: false })
  groupId?: string;

  /**
   * Track: what happened. `Experiment Viewed`, `Order Completed` and `Order Refunded` have a meaning
   * here; any other name is an event of that name.
   */
  @ApiProperty({ type: 'string', required: false, example: 'Order Completed' })
  event?: string;

  /** Page and screen: what it is called. */
  @ApiProperty({ type: 'string', required: false })
  name?: string;

  /** Page and screen: what it belongs to. */
  @ApiProperty({ type: 'string', required: false })
  category?: string;

  /** Track, page and screen: anything worth keeping; no personal data. */
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { order_id: '50314', revenue: 25, total: 27.5, currency: 'EUR' },
  })
  properties?: Record<string, unknown>;

  /** What the client knows beside it. */
  @ApiProperty({ type: () => TrackingContextDto, required: false })
  context?: TrackingContextDto;

  /** When it happened by the clock of the sender: RFC 3339 with an offset. */
  @ApiProperty({ type: 'string', format: 'date-time', required: false })
  timestamp?: string;

  /** What that clock said as the message was sent; a wrong clock is corrected by it. */
  @ApiProperty({ type: 'string', format: 'date-time', required: false })
  sentAt?: string;

  /** A key, where there is none in the header. */
  @ApiProperty({ type: 'string', required: false })
  writeKey?: string;
}

export class TrackingBatchDto {
  /** The messages; the whole body is at most 1 MiB, inflated. */
  @ApiProperty({ type: () => TrackingMessageDto, isArray: true, maxItems: MESSAGES_MAX })
  batch: TrackingMessageDto[];

  /** For messages that do not say it themselves: what the sender's clock said as it sent them. */
  @ApiProperty({ type: 'string', format: 'date-time', required: false })
  sentAt?: string;

  /** A key, where there is none in the header. */
  @ApiProperty({ type: 'string', required: false })
  writeKey?: string;
}

const MESSAGE_STATUSES = ['accepted', 'duplicate', 'rejected', 'ignored'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

const PART_STATUSES = ['accepted', 'duplicate', 'rejected'] as const;
type PartStatus = (typeof PART_STATUSES)[number];

/** One of several events that a message became. */
export class TrackedEventDto {
  /** Its id among the events. */
  @ApiProperty({ type: 'string', required: false })
  id?: string;

  /** What became of it. */
  @ApiProperty({ enum: PART_STATUSES, enumName: 'EventResultStatus' })
  status: PartStatus;

  /** Why it was rejected. */
  @ApiProperty({ enum: EVENT_FAULTS, enumName: 'EventFaultCode', required: false })
  code?: EventFaultCode;

  /** What to repair in the sender. */
  @ApiProperty({ type: 'string', required: false })
  detail?: string;
}

/** What became of one message. */
export class TrackedMessageDto {
  /** Its `messageId`, or the id it was given. */
  @ApiProperty({ type: 'string', required: false })
  id?: string;

  /**
   * `accepted`: stored, and counted once. `duplicate`: it is here already. `rejected`: it, or a part
   * of it, is not stored; it can be read among the dead letters. `ignored`: nothing in it is kept.
   */
  @ApiProperty({ enum: MESSAGE_STATUSES, enumName: 'MessageStatus' })
  status: MessageStatus;

  /** Why it was rejected. */
  @ApiProperty({ enum: EVENT_FAULTS, enumName: 'EventFaultCode', required: false })
  code?: EventFaultCode;

  /** What to repair in the sender. */
  @ApiProperty({ type: 'string', required: false })
  detail?: string;

  /** Of a message that became two events, such as an order and its money: what became of each. */
  @ApiProperty({ type: () => TrackedEventDto, isArray: true, required: false })
  events?: TrackedEventDto[];
}

export class TrackingAnswerDto {
  /** Always true: the request was understood. What became of each message is in `results`. */
  success: boolean;

  /** One result for each message, in the order they were sent. */
  @ApiProperty({ type: () => TrackedMessageDto, isArray: true })
  results: TrackedMessageDto[];
}
