import type { DataSource } from 'typeorm';

/** Any constant: two starters that migrate at once take turns on it. */
const MIGRATION_LOCK = 7_021_337;

/** Settings without which an acknowledged write may be lost. */
const DURABILITY = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;

const OLDEST_SERVER = 150_000;

/** Brings the schema to this version; of several starters one does it and the others wait. */
export async function migrate(source: DataSource): Promise<void> {
  const runner = source.createQueryRunner();
  await runner.connect();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await source.runMigrations({ transaction: 'each' });
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
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
