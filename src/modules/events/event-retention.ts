import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RETENTION_DAYS } from '../../domain/events/read-event.js';
import { Transactions } from '../../platform/database/transactions.js';
import { type DueWork, DueWorkRegistry } from '../../platform/scheduling/due-work.js';
import { EventWeeks } from './event-weeks.js';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

const LETTER_DAYS = 30;
const LETTERS_A_PROJECT_MAX = 100_000;

/** Any number: replicas take turns. */
const RETENTION_LOCK = 7_502_118;
/** 16 MB of the table of ids. */
const BLOCKS_AT_ONCE = 2_000;
const LINKS_AT_ONCE = 10_000;

/** A week of the log in the database. */
interface Week {
  name: string;
  /** When it began, by its name. */
  begins: Date;
  isAttached: boolean;
  /** Its detaching was begun and cut off. */
  isPending: boolean;
}

/** Once a day, drops the weeks of the log that are over for 25 months, and old dead letters. */
@Injectable()
export class EventRetention implements DueWork, OnModuleInit {
  readonly name = 'event-retention';
  private doneOn: number | null = null;

  constructor(
    private readonly transactions: Transactions,
    private readonly registry: DueWorkRegistry,
    private readonly weeks: EventWeeks,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  /** The midnight after which something is to be dropped. */
  async nextDue(after: Date, until: Date): Promise<Date | null> {
    const ends = (await this.stored()).map(
      ({ begins }) => begins.getTime() + WEEK_MS + RETENTION_DAYS * DAY_MS,
    );
    const oldest = await this.oldestLetter();
    if (oldest !== null) ends.push(oldest.getTime() + LETTER_DAYS * DAY_MS);
    const due = ends
      .map((end) => Math.ceil(end / DAY_MS) * DAY_MS)
      .filter((end) => end > after.getTime() && end <= until.getTime());
    return due.length === 0 ? null : new Date(Math.min(...due));
  }

  async runDue(now: Date): Promise<void> {
    const today = Math.floor(now.getTime() / DAY_MS);
    if (this.doneOn === today) return;
    const isOurs = await this.transactions.run(async (manager) => {
      // This transaction only holds the lock, while others do the work.
      await manager.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      const rows = (await manager.query('SELECT pg_try_advisory_xact_lock($1) AS taken', [
        RETENTION_LOCK,
      ])) as { taken: boolean }[];
      if (rows[0]?.taken !== true) return false;
      await this.dropWeeks(new Date(now.getTime() - RETENTION_DAYS * DAY_MS));
      await this.dropLetters(now);
      return true;
    });
    if (isOurs) this.doneOn = today;
  }

  /**
   * Takes whole weeks out of the log, then their ids, and then drops them. A week that is detached
   * and still there says that its ids may be: so a crash in between is made good the next time.
   */
  private async dropWeeks(before: Date): Promise<void> {
    const over = (await this.stored()).filter(
      ({ begins }) => begins.getTime() + WEEK_MS <= before.getTime(),
    );
    if (over.length === 0) return;
    const { manager } = this.transactions;
    for (const { name, isAttached, isPending } of over) {
      // Without waiting for everybody who reads the log, which a plain DROP would.
      const how = isPending ? 'FINALIZE' : 'CONCURRENTLY';
      if (isAttached) await manager.query(`ALTER TABLE event DETACH PARTITION ${name} ${how}`);
    }
    this.weeks.forget();
    const end = new Date(Math.max(...over.map(({ begins }) => begins.getTime())) + WEEK_MS);
    await this.deleteIds(end);
    await this.deleteLinks(end);
    for (const { name } of over) await manager.query(`DROP TABLE ${name}`);
  }

  /**
   * Ids have no index on the time, which only this needs: the table is read from front to back, a
   * piece a transaction. Ids of erased units are found too.
   */
  private async deleteIds(before: Date): Promise<void> {
    const { manager } = this.transactions;
    const sizes = (await manager.query(
      `SELECT (pg_relation_size('event_id') / current_setting('block_size')::bigint)::integer
         AS blocks`,
    )) as { blocks: number }[];
    const blocks = sizes[0]?.blocks ?? 0;
    for (let block = 0; block < blocks; block += BLOCKS_AT_ONCE) {
      await manager.query(
        `DELETE FROM event_id
         WHERE event_id.ctid >= $1::tid AND event_id.ctid < $2::tid AND event_id.occurred_at < $3`,
        [`(${block},0)`, `(${block + BLOCKS_AT_ONCE},0)`, before],
      );
    }
  }

  private async deleteLinks(before: Date): Promise<void> {
    for (let deleted = LINKS_AT_ONCE; deleted === LINKS_AT_ONCE;) {
      const rows = (await this.transactions.manager.query(
        `WITH gone AS (
           DELETE FROM identity_link WHERE identity_link.ctid = ANY (ARRAY(
             SELECT link.ctid FROM identity_link AS link WHERE link.occurred_at < $1 LIMIT $2))
           RETURNING 1
         ) SELECT count(*)::integer AS deleted FROM gone`,
        [before, LINKS_AT_ONCE],
      )) as { deleted: number }[];
      deleted = rows[0]?.deleted ?? 0;
    }
  }

  private async dropLetters(now: Date): Promise<void> {
    const { manager } = this.transactions;
    await manager.query('DELETE FROM dead_letter WHERE dead_letter.last_at <= $1', [
      new Date(now.getTime() - LETTER_DAYS * DAY_MS),
    ]);
    await manager.query(
      `DELETE FROM dead_letter USING project
       WHERE dead_letter.project_id = project.id AND dead_letter.id <= (
         SELECT kept.id FROM dead_letter AS kept WHERE kept.project_id = project.id
         ORDER BY kept.id DESC OFFSET $1 LIMIT 1)`,
      [LETTERS_A_PROJECT_MAX],
    );
  }

  private async stored(): Promise<Week[]> {
    const rows = (await this.transactions.manager.query(WEEKS)) as (Omit<Week, 'begins'> & {
      begins: string;
    })[];
    return rows.map((row) => ({ ...row, begins: new Date(`${row.begins}T00:00:00Z`) }));
  }

  private async oldestLetter(): Promise<Date | null> {
    const rows = (await this.transactions.manager.query(
      'SELECT min(dead_letter.last_at) AS oldest FROM dead_letter',
    )) as { oldest: Date | null }[];
    return rows[0]?.oldest ?? null;
  }
}

/** Names are checked to be nothing but a date, so that they can stand in a statement. */
const WEEKS = `
  SELECT pg_class.relname AS name,
    to_char(to_date(substring(pg_class.relname FROM 7), 'YYYYMMDD'), 'YYYY-MM-DD') AS begins,
    pg_inherits.inhrelid IS NOT NULL AS "isAttached",
    coalesce(pg_inherits.inhdetachpending, false) AS "isPending"
  FROM pg_class
  LEFT JOIN pg_inherits ON pg_inherits.inhrelid = pg_class.oid
    AND pg_inherits.inhparent = 'event'::regclass
  WHERE pg_class.relname ~ '^event_[0-9]{8}$' AND pg_class.relkind = 'r'
    AND pg_class.relnamespace = (SELECT parent.relnamespace FROM pg_class AS parent
      WHERE parent.oid = 'event'::regclass)
  ORDER BY pg_class.relname`;
