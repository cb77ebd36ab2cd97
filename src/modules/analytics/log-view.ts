import type { EntityManager } from 'typeorm';
import { Invalid } from '../../domain/errors.js';
import { cutoffFrom, type Snapshot, snapshotFrom } from './snapshot.js';
import { isVisible } from './pass.js';
import { SqlParameters } from './sql-parameters.js';

/** What a transaction sees of a project's log, besides its rows. */
export interface LogView {
  /** The project's number in the log; null before its first event. */
  project: number | null;
  generation: number;
  /** The snapshot of the transaction. */
  current: Snapshot;
  /** An older one that was asked for. */
  older: Snapshot | null;
  reversed: readonly number[];
  hasLinks: boolean;
}

/**
 * @param cutoff An older cut-off, or null for everything there is
 * @throws Invalid `cutoff-of-another-log` for one from before the log was restored: transaction ids
 *   mean something else since
 */
export async function viewLog(
  manager: EntityManager,
  projectId: string,
  cutoff: string | null,
): Promise<LogView> {
  const [found] = (await manager.query(
    `SELECT pg_current_snapshot()::text AS snapshot, event_log_origin.generation,
       (SELECT event_space.number FROM event_space WHERE event_space.project_id = $1) AS project
     FROM event_log_origin`,
    [projectId],
  )) as { snapshot: string; generation: number; project: number | null }[];
  if (found === undefined) throw new Error('the log has no origin');
  const { generation, project } = found;
  const asked = cutoff === null ? null : cutoffFrom(cutoff);
  if (asked !== null && asked.generation !== generation) {
    throw new Invalid(
      'cutoff-of-another-log',
      'The log was restored since: its cut-offs of before have no meaning any more.',
    );
  }
  const older = asked?.snapshot ?? null;
  const parameters = new SqlParameters();
  const isSeen = older === null ? 'true' : isVisible('reversal.xid', older, parameters);
  const reversed = (await manager.query(
    `SELECT reversal.import FROM import_reversal AS reversal
     WHERE reversal.project_id = ${parameters.bind(projectId)} AND ${isSeen}
     ORDER BY reversal.import`,
    parameters.values,
  )) as { import: number }[];
  const [links] = (await manager.query(
    'SELECT EXISTS (SELECT FROM identity_link WHERE identity_link.project = $1) AS found',
    [project],
  )) as { found: boolean }[];
  return {
    project,
    generation,
    current: snapshotFrom(found.snapshot),
    older,
    reversed: reversed.map((row) => row.import),
    hasLinks: links?.found ?? false,
  };
}
