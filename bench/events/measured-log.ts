import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { calm, connectTo, oneRow } from '../support/embedded-database.js';
import { cpuOf, type Service, startService, stopService } from '../support/embedded-service.js';
import { launchExperiment } from './experiment.js';
import { fillUntil, prepareSeeding, type Seeding } from './seed.js';

/** One service on its own database, with the experiment launched. */
export interface MeasuredLog extends Seeding {
  service: Service;
  dataDir: string;
  /** Units that new events are of; those in the log, once it was filled. */
  units: number;
}

/** @param settings more variables of the service's environment */
export async function openLog(
  units: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<MeasuredLog> {
  const dataDir = mkdtempSync(join(tmpdir(), 'becausal-bench-'));
  let service: Service | null = null;
  try {
    service = await startService(dataDir, [], settings);
    const db = await connectTo(dataDir);
    await calm(db);
    const { now } = await oneRow<{ now: Date }>(db, 'SELECT becausal_now() AS now');
    const experiment = await launchExperiment(db, now);
    const space = await spaceOf(db, experiment.projectId);
    const log = { service, dataDir, db, space, experiment, now, units };
    await prepareSeeding(log);
    return log;
  } catch (error) {
    if (service !== null) await stopService(service);
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
}

export async function closeLog({ db, service, dataDir }: MeasuredLog): Promise<void> {
  await db.end();
  await stopService(service);
  rmSync(dataDir, { recursive: true, force: true });
}

/** Events as units do them, until there are about so many. */
export async function fill(log: MeasuredLog, events: number): Promise<void> {
  log.units = await fillUntil(log, events);
}

/** Without events, as after the installation; the experiment stays. */
export async function empty({ db }: MeasuredLog): Promise<void> {
  await db.query('TRUNCATE event, event_id, dead_letter');
}

async function spaceOf(db: Client, projectId: string): Promise<MeasuredLog['space']> {
  await db.query(
    'INSERT INTO event_space (project_id) VALUES ($1) ON CONFLICT (project_id) DO NOTHING',
    [projectId],
  );
  return await oneRow(
    db,
    'SELECT event_space.number, event_space.salt FROM event_space WHERE event_space.project_id = $1',
    [projectId],
  );
}

/** Processor time of the service and of all processes of its database, in milliseconds. */
export function cpuMsOf({ service }: MeasuredLog): number {
  const cpu = cpuOf(service);
  if (cpu === null) throw new Error('processor time is read from /proc, which is missing here');
  return cpu.service + cpu.database;
}

/** Rows of the log and of its ids, and a sum over the ids that is the same when they are. */
export async function countsOf({ db }: MeasuredLog): Promise<{ rows: number; checksum: string }> {
  const counted = async (table: string): Promise<{ rows: string; checksum: string }> =>
    await oneRow(
      db,
      `SELECT count(*) AS rows,
         coalesce(abs(sum(hashtextextended(stored.key::text, 0)::numeric)), 0) % 1000000007 AS checksum
       FROM ${table} AS stored`,
    );
  const events = await counted('event');
  const ids = await counted('event_id');
  if (events.rows !== ids.rows || events.checksum !== ids.checksum) {
    throw new Error(`${events.rows} events have ${ids.rows} ids`);
  }
  return { rows: Number(events.rows), checksum: events.checksum };
}
