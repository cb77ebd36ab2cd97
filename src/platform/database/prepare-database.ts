import type { DataSource, QueryRunner } from 'typeorm';
import type { Logger } from '../logging/logger.js';

/** Any constant: two starters that migrate at once take turns on it. */
const MIGRATION_LOCK = 7_021_337;

/** Settings without which an acknowledged write may be lost. */
const DURABILITY = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;

const OLDEST_SERVER = 150_000;

/** Brings the schema to this version; of several starters one does it and the others wait. */
export async function migrate(source: DataSource): Promise<void> {
  await inTurn(source, async () => {
    await source.runMigrations({ transaction: 'each' });
  });
}

/**
 * Takes over a log that was written by another cluster, as after a dump and restore: transaction ids
 * name other transactions here, or none yet. Every row becomes older than any snapshot, what was
 * summed is forgotten, and cut-offs of before have no meaning any more. Of several starters one does
 * it; without such a log nothing changes. To be called before anything reads the log.
 */
export async function adoptLog(source: DataSource, logger: Logger): Promise<void> {
  await inTurn(source, async (runner) => {
    const [origin] = (await runner.query(IS_FOREIGN)) as { isForeign: boolean }[];
    if (origin?.isForeign !== true) return;
    await runner.startTransaction();
    try {
      await runner.query('ALTER TABLE import_reversal DISABLE TRIGGER import_reversal_append_only');
      for (const table of LOGGED) {
        await runner.query(`UPDATE ${table} SET xid = $1 WHERE xid <> $1`, [FROZEN_XID]);
      }
      await runner.query('ALTER TABLE import_reversal ENABLE TRIGGER import_reversal_append_only');
      await runner.query(`TRUNCATE ${SUMMED.join(', ')}`);
      const [adopted] = (await runner.query(ADOPT)) as [{ generation: number }[], number];
      await runner.commitTransaction();
      logger.concern('adopted the log of another cluster', { ...adopted[0] });
    } catch (error) {
      await runner.rollbackTransaction();
      throw error;
    }
  });
}

/** One starter at a time, however long the others have to wait. */
async function inTurn(
  source: DataSource,
  work: (runner: QueryRunner) => Promise<void>,
): Promise<void> {
  const runner = source.createQueryRunner();
  await runner.connect();
  try {
    await runner.query('SET statement_timeout = 0');
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await work(runner);
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.query('RESET statement_timeout');
    await runner.release();
  }
}

/**
 * Refuses a database that may lose what it acknowledged, unless the operator allowed it for
 * throw-away data. Returns the settings that are off.
 * @throws Error naming the setting, or the server's version when it is too old
 */
export async function requireDurability(source: DataSource, allowed: boolean): Promise<string[]> {
  const version = (await source.query('SHOW server_version_num')) as {
    server_version_num: string;
  }[];
  if (Number(version[0]?.server_version_num) < OLDEST_SERVER) {
    throw new Error('PostgreSQL 15 or newer is required');
  }
  const rows = (await source.query(
    `SELECT pg_settings.name FROM pg_settings
     WHERE pg_settings.name = ANY($1) AND pg_settings.setting = 'off' ORDER BY 1`,
    [DURABILITY],
  )) as { name: string }[];
  const off = rows.map((row) => row.name);
  if (off.length > 0 && !allowed) {
    throw new Error(
      `the database runs with ${off.join(', ')} off and may lose acknowledged events: switch it on, ` +
        'or set BECAUSAL_ALLOW_UNSAFE_DURABILITY=1 for data that may be lost',
    );
  }
  return off;
}

/** Tables whose rows name the transaction that wrote them. */
const LOGGED = ['event', 'event_id', 'identity_link', 'erased_unit', 'import_reversal'] as const;

/** Sums over the log, with the snapshot they stand at. */
const SUMMED = [
  'evaluation_state',
  'evaluation_unit',
  'evaluation_occurrence',
  'evaluation_excess',
  'evaluation_moment',
] as const;

/** A transaction that every snapshot has seen (FrozenTransactionId of PostgreSQL). */
const FROZEN_XID = 2;

/** A log of transactions that have not happened yet was restored too, before it had an origin. */
const IS_FOREIGN = `
  SELECT event_log_origin.system_identifier <> here.system_identifier::text
    OR EXISTS (SELECT FROM event
      WHERE event.xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint) AS "isForeign"
  FROM event_log_origin CROSS JOIN pg_control_system() AS here`;

const ADOPT = `
  UPDATE event_log_origin SET system_identifier = here.system_identifier::text,
    generation = event_log_origin.generation + 1
  FROM pg_control_system() AS here
  RETURNING event_log_origin.generation`;
