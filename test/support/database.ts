import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

export const TEMPLATE = 'becausal_template';

export function withDatabaseName(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
}

/** The cluster of this run; set up once by global-setup. */
export function clusterUrl(): string {
  const url = process.env['BECAUSAL_TEST_CLUSTER'];
  if (url === undefined) throw new Error('global-setup has not run');
  return url;
}

/** A fresh database, migrated and bootstrapped, of this caller alone. */
export async function cloneDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  await asAdmin((admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`));
  return {
    url: withDatabaseName(clusterUrl(), name),
    drop: () => asAdmin((admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

async function asAdmin(work: (admin: Client) => Promise<unknown>): Promise<void> {
  const admin = new Client(clusterUrl());
  await admin.connect();
  try {
    // Two clones of one template at the same moment get in each other's way.
    await admin.query('SELECT pg_advisory_lock(42)');
    await work(admin);
  } finally {
    await admin.end();
  }
}
