import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Transactions } from '../../../platform/database/transactions.js';
import type { Page, PageRequest } from '../../../platform/http/page.js';
import type { Actor } from '../../../platform/security/principal.js';
import { ExperimentsReader } from '../../experiments/experiments.reader.js';
import type { RebuildDto } from './dto/rebuild.dto.js';
import { RebuildRows } from './rebuild-rows.js';
import { RebuildRunner } from './rebuild-runner.js';

/** Long work as a resource: it is begun here and looked at afterwards. */
@Injectable()
export class RebuildsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly experiments: ExperimentsReader,
    private readonly rows: RebuildRows,
    private readonly runner: RebuildRunner,
    private readonly audit: AuditLog,
  ) {}

  /** Begins a rebuild, or answers the one that runs: two at once would sum the same twice. */
  async begin(actor: Actor, key: string): Promise<RebuildDto> {
    const { projectId } = actor;
    const experiment = await this.experiments.launched(projectId, key);
    const { rebuild, isNew } = await this.transactions.run(async (manager) => {
      const running = await this.rows.runningOf(manager, projectId, experiment.id);
      if (running !== null) return { rebuild: running, isNew: false };
      const begun = await this.rows.begin(manager, actor, experiment.id);
      await this.audit.record(manager, actor, {
        action: 'experiment.rebuild',
        objectType: 'rebuild',
        objectId: begun.id,
        after: { experimentId: experiment.id },
      });
      return { rebuild: begun, isNew: true };
    });
    if (isNew) this.runner.begin({ projectId, id: rebuild.id }, experiment);
    return rebuild;
  }

  async byId(projectId: string, id: string): Promise<RebuildDto> {
    return await this.rows.byId(projectId, id);
  }

  async list(projectId: string, key: string, page: PageRequest): Promise<Page<RebuildDto>> {
    const { id } = await this.experiments.byKey(projectId, key);
    return await this.rows.list(projectId, id, page);
  }
}
