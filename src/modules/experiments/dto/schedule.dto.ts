import { WAIT_FOR_MAX } from '../../../domain/schedule/awaited-slot.js';
import { Maybe, Name, Names } from '../../../platform/http/fields.js';

/** When it is evaluated by itself. */
export class ScheduleDto {
  /** Five-field cron expression, e.g. `0 6 * * 1`. */
  @Name()
  cron: string;

  /** IANA zone of the expression; the project's when absent. */
  @Maybe()
  @Name()
  timezone?: string;

  /**
   * Feeds (`PUT /v1/feeds/{key}`) that must be complete up to the scheduled instant: the evaluation
   * waits for them, then runs at once. What still waits when the next one is due is skipped.
   */
  @Maybe()
  @Names(WAIT_FOR_MAX)
  waitFor?: string[];
}
