import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, NotFound } from '../../domain/errors.js';
import type { Reread } from '../../domain/rereads/reread.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Transactions } from '../../platform/database/transactions.js';
import { type Page, pageOf, type PageRequest } from '../../platform/http/page.js';
import type { Actor } from '../../platform/security/principal.js';
import { ExperimentsReader } from '../experiments/experiments.reader.js';
import { REREAD_COLUMNS, rereadFrom, type RereadRow, REREADS } from './reread-rows.js';
import { RereadStore } from './reread-store.js';

/** The re-reads of an experiment, as people ask for them. */
@Injectable()
export class RereadsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly experiments: ExperimentsReader,
    private readonly rows: RereadStore,
    private readonly audit: AuditLog,
  ) {}

  async list<T>(
    projectId: string,
    key: string,
    { after, limit }: PageRequest,
    show: (reread: Reread) => T,
  ): Promise<Page<T>> {
    const { manager } = this.transactions;
    const experiment = await this.experiments.byKey(projectId, key, manager);
    const rows = (await manager.query(
      `SELECT ${REREAD_COLUMNS} FROM ${REREADS}
       WHERE reread.project_id = $1 AND reread.experiment_id = $2
         AND ($3::uuid IS NULL OR reread.id > $3)
       ORDER BY reread.id LIMIT $4`,
      [projectId, experiment.id, after, limit + 1],
    )) as RereadRow[];
    return pageOf(rows, limit, (row) => show(rereadFrom(row)));
  }

  /** With its result. */
  async one(
    projectId: string,
    key: string,
    id: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<Reread> {
    const experiment = await this.experiments.byKey(projectId, key, manager);
    const rows = (await manager.query(
      `SELECT ${REREAD_COLUMNS}, reread_result.result FROM ${REREADS}
       WHERE reread.project_id = $1 AND reread.experiment_id = $2 AND reread.id = $3`,
      [projectId, experiment.id, id],
    )) as RereadRow[];
    const [row] = rows;
    if (row === undefined) throw new NotFound('not-found', 'There is no such re-read.');
    return rereadFrom(row);
  }

  /** @throws Conflict `reread-not-failed` */
  async again(actor: Actor, key: string, id: string): Promise<Reread> {
    const { projectId, memberId } = actor;
    return await this.transactions.run(async (manager) => {
      const { status } = await this.one(projectId, key, id, manager);
      if (!(await this.rows.again(manager, { projectId, id }))) {
        throw new Conflict(
          'reread-not-failed',
          `The re-read is ${status}, so it was not given up.`,
          {
            state: status,
          },
        );
      }
      await this.audit.append(manager, {
        projectId,
        actor: memberId,
        action: 'reread.retry',
        objectType: 'reread',
        objectId: id,
      });
      return await this.one(projectId, key, id, manager);
    });
  }
}
