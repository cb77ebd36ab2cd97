import { Injectable } from '@nestjs/common';
import { constraintOf, sqlStateOf } from '../../platform/database/sql-state.js';
import { Transactions } from '../../platform/database/transactions.js';

const DAY_MS = 86_400_000;
/** The week of the epoch began on the Monday three days before it. */
const EPOCH_DAY_OF_WEEK = 3;

const DUPLICATE_TABLE = '42P07';
/** Each failure means that another process has made a week. */
const ATTEMPTS_MAX = 20;

/** The weeks of the log that are there, so that they are not asked for with every batch. */
@Injectable()
export class EventWeeks {
  private readonly known = new Set<number>();

  constructor(private readonly transactions: Transactions) {}

  /** Makes the weeks that hold these instants where they are missing, in a transaction of its own. */
  async ensure(instants: Iterable<Date>): Promise<void> {
    const missing = new Map<number, Date>();
    for (const instant of instants) {
      const week = weekOf(instant);
      if (!this.known.has(week)) missing.set(week, instant);
    }
    if (missing.size === 0) return;
    await this.make([...missing.values()]);
    for (const week of missing.keys()) this.known.add(week);
  }

  private async make(instants: readonly Date[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.transactions.manager.query(
          'SELECT ensure_event_week(instant) FROM unnest($1::timestamptz[]) AS instant',
          [instants],
        );
        return;
      } catch (error) {
        // Whoever waited for another to make the week may not see it before its next statement.
        if (attempt === ATTEMPTS_MAX || sqlStateOf(error) !== DUPLICATE_TABLE) throw error;
      }
    }
  }

  /** After an insert found a week missing, or weeks were dropped. */
  forget(): void {
    this.known.clear();
  }
}

/** Whether an insert failed because its week is not there; a check of a row names its constraint. */
export function isWeekMissing(error: unknown): boolean {
  return sqlStateOf(error) === '23514' && constraintOf(error) === null;
}

/** The number of the week from Monday to Sunday, UTC, as the database cuts them. */
function weekOf(instant: Date): number {
  return Math.floor((instant.getTime() / DAY_MS + EPOCH_DAY_OF_WEEK) / 7);
}
