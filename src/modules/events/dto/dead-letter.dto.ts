import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  EVENT_FAULTS,
  EVENT_ID_LENGTH_MAX,
  type EventFaultCode,
} from '../../../domain/events/event.js';
import { EnumOf, Id, Maybe } from '../../../platform/http/fields.js';
import { PageQueryDto } from '../../../platform/http/page-query.dto.js';

/** A dead letter as it is read from the database. */
export interface DeadLetterRow {
  id: string;
  eventId: string | null;
  code: EventFaultCode;
  detail: string;
  item: Record<string, unknown> | null;
  importId: string | null;
  line: number | null;
  times: number;
  firstAt: Date;
  lastAt: Date;
}

/** An event that was refused, and why. */
export class DeadLetterDto {
  id: string;

  /** The id the event was sent with; absent when it had none that could be one. */
  @ApiProperty({ type: 'string', required: false, maxLength: EVENT_ID_LENGTH_MAX })
  eventId?: string;

  /** Why it was refused. */
  @ApiProperty({ enum: EVENT_FAULTS, enumName: 'EventFaultCode' })
  code: EventFaultCode;

  /** What to repair in the sender. */
  detail: string;

  /**
   * The event as it was sent last, without the ids of units and without members that events do not
   * have; absent when it was longer than 2,048 characters, no object, or named a unit elsewhere.
   */
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  item?: Record<string, unknown>;

  /** The import it came with last, when that was a file. */
  importId?: string;

  /** The line of that file, counted from 1. */
  @ApiProperty({ type: 'integer', required: false })
  line?: number;

  /** How often the same fault of this id has been sent. */
  @ApiProperty({ type: 'integer' })
  times: number;

  /** When it was refused first. */
  firstAt: Date;

  /** When it was refused last; it is forgotten 30 days later. */
  lastAt: Date;

  static from(row: DeadLetterRow): DeadLetterDto {
    const { id, eventId, code, detail, item, importId, line, times, firstAt, lastAt } = row;
    return {
      id,
      ...(eventId === null ? {} : { eventId }),
      code,
      detail,
      ...(item === null ? {} : { item }),
      ...(importId === null ? {} : { importId }),
      ...(line === null ? {} : { line }),
      times,
      firstAt,
      lastAt,
    };
  }
}

export class DeadLetterPageDto {
  data: DeadLetterDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}

/** Which dead letters of the list. */
export class DeadLetterQueryDto extends PageQueryDto {
  /** Only those refused for this reason. */
  @Maybe()
  @EnumOf(EVENT_FAULTS, 'EventFaultCode')
  code?: EventFaultCode;

  /** Only those of this import. */
  @Maybe()
  @Id()
  importId?: string;
}
