import { ApiProperty } from '@nestjs/swagger';
import { Instant } from '../../../platform/http/fields.js';

/** How far a source of data has come. */
export class ReportFeedDto {
  /**
   * Everything that happened before this instant has been sent. It never goes back, and is at most
   * five minutes ahead of our clock.
   */
  @Instant()
  completeUntil: string;
}

/** A source of data, such as the nightly load of orders, and up to when it has sent everything. */
export class FeedDto {
  id: string;
  /** Its name, as experiments wait for it in `schedule.waitFor`. */
  key: string;
  /** Everything that happened before this instant has been sent. */
  @ApiProperty({ format: 'date-time' })
  completeUntil: string;
  /** When that was last reported. */
  @ApiProperty({ format: 'date-time' })
  reportedAt: string;
}

export class FeedPageDto {
  data: FeedDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
