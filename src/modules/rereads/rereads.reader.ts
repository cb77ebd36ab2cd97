import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Reread } from '../../domain/rereads/reread.js';
import { REREAD_COLUMNS, rereadFrom, type RereadRow, REREADS } from './reread-rows.js';

/** All that other features may know of re-reads. */
@Injectable()
export class RereadsReader {
  /** Those of an experiment, by due date; `result` is left out. */
  async of(manager: EntityManager, projectId: string, experimentId: string): Promise<Reread[]> {
    const rows = (await manager.query(
      `SELECT ${REREAD_COLUMNS} FROM ${REREADS}
       WHERE reread.project_id = $1 AND reread.experiment_id = $2
       ORDER BY reread.due_at, reread.id`,
      [projectId, experimentId],
    )) as RereadRow[];
    return rows.map(rereadFrom);
  }
}
