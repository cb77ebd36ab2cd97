import { ApiProperty } from '@nestjs/swagger';

const REBUILD_STATUSES = ['running', 'done', 'failed'] as const;
type RebuildStatus = (typeof REBUILD_STATUSES)[number];

/** A rebuild as it is read from the database: large numbers come as text. */
export interface RebuildRow {
  id: string;
  experimentKey: string;
  status: RebuildStatus;
  percent: number;
  eventsCounted: string;
  error: string | null;
  createdAt: Date;
  updatedAt: Date;
  endedAt: Date | null;
}

/** The running sums of an experiment being summed again from the log. */
export class RebuildDto {
  id: string;

  experimentKey: string;

  /**
   * `running`: it is being summed, or waits for its turn. `done`: evaluations use the new sums.
   * `failed`: `error` says why; the sums are those of before.
   */
  @ApiProperty({ enum: REBUILD_STATUSES, enumName: 'RebuildStatus' })
  status: RebuildStatus;

  /** How far it has come, 0 to 100. */
  @ApiProperty({ type: 'number' })
  percent: number;

  /** Events a second, from the start until now or the end; absent before any was counted. */
  @ApiProperty({ type: 'number', required: false })
  eventsPerSecond?: number;

  /** Behaviour and money that went into the sums so far; exposures only say whose they are. */
  @ApiProperty({ type: 'integer' })
  eventsCounted: number;

  /**
   * Why it failed: `interrupted` when the service went away, otherwise the code of the problem, such
   * as `exchange-rate-missing`, that evaluating the experiment answers in full.
   */
  error?: string;

  /** When it was asked for. Times of a rebuild are real ones, in a sandbox too. */
  createdAt: Date;

  /** When it moved last. A running rebuild that has not moved for a minute counts as interrupted. */
  updatedAt: Date;

  /** When the summing ended. */
  endedAt?: Date;

  static from(row: RebuildRow): RebuildDto {
    const eventsCounted = Number(row.eventsCounted);
    const tookMs = (row.endedAt ?? row.updatedAt).getTime() - row.createdAt.getTime();
    return {
      id: row.id,
      experimentKey: row.experimentKey,
      status: row.status,
      percent: row.percent,
      ...(eventsCounted === 0 ? {} : { eventsPerSecond: rateOf(eventsCounted, tookMs) }),
      eventsCounted,
      ...(row.error === null ? {} : { error: row.error }),
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
      ...(row.endedAt === null ? {} : { endedAt: row.endedAt }),
    };
  }
}

/** Nothing is faster than a millisecond can tell. */
function rateOf(events: number, tookMs: number): number {
  return Math.round((events * 1_000) / Math.max(tookMs, 1));
}

/** A page of rebuilds, the newest first. */
export class RebuildPageDto {
  data: RebuildDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
