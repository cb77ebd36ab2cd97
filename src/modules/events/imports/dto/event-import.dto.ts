import { ApiProperty } from '@nestjs/swagger';
import { EnumOf, Maybe, Name } from '../../../../platform/http/fields.js';
import { PageQueryDto } from '../../../../platform/http/page-query.dto.js';
import { EventResultDto } from '../../dto/event.dto.js';
import { EVENT_FILE_FORMATS, type EventFileFormat } from '../event-file.js';

const EVENT_IMPORT_STATUSES = ['running', 'done', 'failed', 'reversed'] as const;
export type EventImportStatus = (typeof EVENT_IMPORT_STATUSES)[number];

/** An import as it is read from the database: large numbers come as text. */
export interface EventImportRow {
  id: string;
  name: string;
  format: EventFileFormat;
  status: EventImportStatus;
  error: string | null;
  bytesTotal: string | null;
  bytesRead: string;
  accepted: string;
  duplicates: string;
  rejected: string;
  startedAt: Date;
  updatedAt: Date;
  endedAt: Date | null;
  reason: string | null;
  reversedAt: Date | null;
}

/** A file of events, how far it has been read, and what became of it. */
export class EventImportDto {
  id: string;

  /** As it was given with `?name=`, or the format and the time. */
  name: string;

  /** How the file says its events. */
  @ApiProperty({ enum: EVENT_FILE_FORMATS, enumName: 'EventFileFormat' })
  format: EventFileFormat;

  /**
   * `running`: the file is being read. `done`: it was read to its end, whatever became of its events.
   * `failed`: the reading ended early, `error` says why; what had been read is stored, and sending
   * the file again adds the rest. `reversed`: all that came with it is void.
   */
  @ApiProperty({ enum: EVENT_IMPORT_STATUSES, enumName: 'EventImportStatus' })
  status: EventImportStatus;

  /** Size of the file, where its sender said it (Content-Length). */
  @ApiProperty({ type: 'integer', required: false })
  bytesTotal?: number;

  /** Up to the last event that is stored. */
  @ApiProperty({ type: 'integer' })
  bytesRead: number;

  /** How much of the file is in, 0 to 100; absent while its size is unknown. */
  @ApiProperty({ type: 'number', required: false })
  percent?: number;

  /** Events a second, from the start until now or the end. */
  @ApiProperty({ type: 'number' })
  eventsPerSecond: number;

  /** Events that this file added. */
  @ApiProperty({ type: 'integer' })
  accepted: number;

  /** Events that were there already, from this file or elsewhere. */
  @ApiProperty({ type: 'integer' })
  duplicates: number;

  /** Events that were refused; `GET /v1/dead-letters?importId=` shows why. */
  @ApiProperty({ type: 'integer' })
  rejected: number;

  /**
   * Why it failed: `interrupted` when the sender or the service went away, otherwise the code of the
   * problem.
   */
  error?: string;

  /** When its first event was read. Times of an import are real ones, in a sandbox too. */
  startedAt: Date;

  /** When it moved last. A running import that has not moved for a minute counts as interrupted. */
  updatedAt: Date;

  /** When the reading ended. */
  endedAt?: Date;

  /** When it was reversed, by the clock of events. */
  reversedAt?: Date;

  /** Why it was reversed. */
  reason?: string;

  static from(row: EventImportRow): EventImportDto {
    const bytesTotal = row.bytesTotal === null ? null : Number(row.bytesTotal);
    const bytesRead = Number(row.bytesRead);
    const [accepted, duplicates, rejected] = [row.accepted, row.duplicates, row.rejected].map(
      Number,
    ) as [number, number, number];
    const percent = percentOf(row.endedAt !== null && row.error === null, bytesRead, bytesTotal);
    const tookMs = (row.endedAt ?? row.updatedAt).getTime() - row.startedAt.getTime();
    return {
      id: row.id,
      name: row.name,
      format: row.format,
      status: row.status,
      ...(bytesTotal === null ? {} : { bytesTotal }),
      bytesRead,
      ...(percent === null ? {} : { percent }),
      eventsPerSecond: rateOf(accepted + duplicates + rejected, tookMs),
      accepted,
      duplicates,
      rejected,
      ...(row.error === null ? {} : { error: row.error }),
      startedAt: row.startedAt,
      updatedAt: row.updatedAt,
      ...(row.endedAt === null ? {} : { endedAt: row.endedAt }),
      ...(row.reversedAt === null ? {} : { reversedAt: row.reversedAt }),
      ...(row.reason === null ? {} : { reason: row.reason }),
    };
  }
}

function percentOf(isWhole: boolean, bytesRead: number, bytesTotal: number | null): number | null {
  if (isWhole) return 100;
  if (bytesTotal === null || bytesTotal === 0) return null;
  return Math.floor((1_000 * bytesRead) / bytesTotal) / 10;
}

/** Nothing is faster than a millisecond can tell. */
function rateOf(events: number, tookMs: number): number {
  return Math.round((events * 1_000) / Math.max(tookMs, 1));
}

export class EventImportPageDto {
  data: EventImportDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}

/** Which imports of the list. */
export class EventImportQueryDto extends PageQueryDto {
  /** Only those in this state. */
  @Maybe()
  @EnumOf(EVENT_IMPORT_STATUSES, 'EventImportStatus')
  status?: EventImportStatus;

  /** Only those with exactly this name. */
  @Maybe()
  @Name()
  name?: string;
}

/** What became of one event of a file. */
export class ImportedEventDto extends EventResultDto {
  /** Where it stands in the file, counted from 1. */
  @ApiProperty({ type: 'integer' })
  line: number;
}

export class EventImportAnswerDto {
  /** The import, as it ended. */
  import: EventImportDto;

  /** One for each event, in the order of the file; left out when there are more than 5,000. */
  @ApiProperty({ type: () => ImportedEventDto, isArray: true, required: false })
  results?: ImportedEventDto[];
}

export class ReverseImportDto {
  /** Why, for whoever looks at the numbers later. */
  @Name()
  reason: string;
}
