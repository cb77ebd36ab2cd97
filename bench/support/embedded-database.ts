import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';

/**
 * What every cell is measured under, so that a statement costs the same each time it runs. Just-in-time
 * compilation is off in an embedded database anyway; clearing up is done between the cells.
 */
const CALM = { max_parallel_workers_per_gather: '0', autovacuum: 'off' };

/** Settings that a reader of the results needs. */
const SHOWN = [
  'shared_buffers',
  'max_wal_size',
  'synchronous_commit',
  'fsync',
  'full_page_writes',
  'jit',
  ...Object.keys(CALM),
];

/** A connection to the embedded database of a running service, behind its back. */
export async function connectTo(dataDir: string): Promise<Client> {
  const port = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[3];
  const password = readFileSync(join(dataDir, 'database.password'), 'utf8').trim();
  const client = new Client(`postgresql://becausal:${password}@127.0.0.1:${port}/postgres`);
  await client.connect();
  return client;
}

/** Parallel query and automatic vacuum off, for every session of the server. */
export async function calm(client: Client): Promise<void> {
  for (const [name, value] of Object.entries(CALM)) {
    await client.query(`ALTER SYSTEM SET ${name} = '${value}'`);
  }
  await client.query('SELECT pg_reload_conf()');
}

/** The version and the settings, in one line. */
export async function settingsOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ name: string; value: string }>(
    `SELECT given.name, current_setting(given.name) AS value
     FROM unnest($1::text[]) WITH ORDINALITY AS given (name, position) ORDER BY given.position`,
    [['server_version', ...SHOWN]],
  );
  return rows.map(({ name, value }) => `${name} ${value}`).join(', ');
}

/** The only row of an answer. */
export async function oneRow<T extends object>(
  client: Client,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<T> {
  const { rows } = await client.query<T>(sql, [...parameters]);
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error(`${rows.length} rows are not one`);
  return row;
}
