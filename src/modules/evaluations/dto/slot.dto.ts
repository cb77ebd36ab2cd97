import { ApiProperty } from '@nestjs/swagger';
import { sentenceOfFailure } from '../../../domain/schedule/run-failure.js';
import type { Page } from '../../../platform/http/page.js';
import type { SlotRun } from '../slot-history.js';
import { SLOT_STATES } from '../slot-records.js';

/** A feed whose data was not complete when a slot was due. */
export class MissingFeedDto {
  key: string;

  /** Up to when it is complete today; absent when nobody has ever reported it. */
  @ApiProperty({ format: 'date-time', required: false })
  completeUntil?: string;
}

/** One scheduled evaluation, what came of it, and what it cost. */
export class SlotDto {
  /** Opaque. */
  @ApiProperty({ format: 'uuid' })
  id: string;

  /** When it was due. */
  @ApiProperty({ format: 'date-time' })
  slotAt: string;

  /**
   * `waiting`: for the feeds in `missingFeeds`. `skipped`: several were missed, and only the newest of
   * them is evaluated; or it still waited when the next one fell due.
   */
  @ApiProperty({ enum: SLOT_STATES, enumName: 'SlotStatus' })
  status: string;

  /** How often a worker began it. */
  @ApiProperty({ type: 'integer' })
  attempts: number;

  /** When the last attempt began. */
  @ApiProperty({ format: 'date-time', required: false })
  startedAt?: string;

  /** When the last attempt ended. */
  @ApiProperty({ format: 'date-time', required: false })
  finishedAt?: string;

  /** Milliseconds that the last attempt computed. */
  @ApiProperty({ type: 'integer', required: false })
  durationMs?: number;

  /** Its result, when it is done. */
  @ApiProperty({ format: 'uuid', required: false })
  evaluationId?: string;

  /** Code of the problem of the last attempt. */
  error?: string;

  /** What the problem is, in one sentence. */
  why?: string;

  /** Feeds that were not complete up to the slot when it was last looked at. */
  @ApiProperty({ type: () => MissingFeedDto, isArray: true, required: false })
  missingFeeds?: MissingFeedDto[];

  static from(run: SlotRun): SlotDto {
    const { id, status, attempts, startedAt, finishedAt, durationMs, missingFeeds } = run;
    return {
      id,
      slotAt: run.slotAt.toISOString(),
      status,
      attempts,
      ...(startedAt === null ? {} : { startedAt: startedAt.toISOString() }),
      ...(finishedAt === null ? {} : { finishedAt: finishedAt.toISOString() }),
      ...(durationMs === null ? {} : { durationMs }),
      ...(run.evaluationId === null ? {} : { evaluationId: run.evaluationId }),
      ...problemOf(run),
      ...(missingFeeds.length === 0
        ? {}
        : {
            missingFeeds: missingFeeds.map(({ key, completeUntil }) => ({
              key,
              ...(completeUntil === null ? {} : { completeUntil: completeUntil.toISOString() }),
            })),
          }),
    };
  }
}

function problemOf({ error, errorFacts }: SlotRun): { error?: string; why?: string } {
  if (error === null) return {};
  return { error, why: sentenceOfFailure({ code: error, facts: errorFacts ?? {} }) };
}

/** What became of the scheduled evaluations, the newest first. */
export class SlotPageDto {
  data: SlotDto[];

  /** When it will be evaluated next by itself; absent without a schedule, and after the end. */
  @ApiProperty({ format: 'date-time', required: false })
  nextSlotAt?: string;

  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;

  static of(page: Page<SlotDto>, next: Date | null): SlotPageDto {
    return next === null ? page : { ...page, nextSlotAt: next.toISOString() };
  }
}
