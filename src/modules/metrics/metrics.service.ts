import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Invalid, NotFound } from '../../domain/errors.js';
import {
  type Metric,
  PROFIT_KEY,
  PROFIT_SETTLING_DAYS,
  PROFIT_WINDOW_DAYS,
} from '../../domain/metrics/metric.js';
import { jsonCopy } from '../../domain/experiments/plan.js';
import { validateMetric } from '../../domain/metrics/validate-metric.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Clock } from '../../platform/clock/clock.js';
import { DatabaseArrival } from '../../platform/database/database-arrival.js';
import { pageById } from '../../platform/database/page-by-id.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';
import type { Page, PageRequest } from '../../platform/http/page.js';
import type { Actor } from '../../platform/security/principal.js';
import type { CreateMetricDto } from './dto/metric.dto.js';
import { MetricEntity } from './metric.entity.js';

const PROFIT: Metric = {
  key: PROFIT_KEY,
  name: 'Profit',
  role: 'downstream',
  kind: 'money',
  class: 'revenue',
  direction: 'increase',
  windowDays: PROFIT_WINDOW_DAYS,
  delayHours: 0,
  settlingDays: PROFIT_SETTLING_DAYS,
};

@Injectable()
export class MetricsService implements OnModuleInit {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly arrival: DatabaseArrival,
  ) {}

  onModuleInit(): void {
    this.arrival.once(() => this.addProfit());
  }

  /** Every project starts with the metric that decides. */
  private async addProfit(): Promise<void> {
    await this.transactions.manager.query(
      `INSERT INTO metric (project_id, id, key, definition, created_at)
       SELECT project.id, gen_random_uuid(), $1, $2, becausal_now() FROM project
       ON CONFLICT (project_id, key) DO NOTHING`,
      [PROFIT.key, JSON.stringify(PROFIT)],
    );
  }

  async create(actor: Actor, body: CreateMetricDto): Promise<MetricEntity> {
    const definition: Metric = {
      ...jsonCopy(body),
      delayHours: body.delayHours ?? 0,
      settlingDays: body.settlingDays ?? 0,
    };
    const errors = validateMetric(definition);
    if (errors.length > 0) {
      throw new Invalid('validation-failed', 'The metric is not valid.', errors);
    }
    return await this.transactions.run(async (manager) => {
      const metric = await manager.save(
        manager.create(MetricEntity, {
          projectId: actor.projectId,
          id: newId(),
          key: definition.key,
          definition,
          createdAt: await this.clock.now(manager),
        }),
      );
      await this.audit.record(manager, actor, {
        action: 'metric.create',
        objectType: 'metric',
        objectId: metric.id,
        after: definition,
      });
      return metric;
    });
  }

  async byKey(projectId: string, key: string): Promise<MetricEntity> {
    const metric = await this.transactions.manager.findOneBy(MetricEntity, { projectId, key });
    if (metric === null) throw new NotFound('not-found', 'There is no such metric.');
    return metric;
  }

  async list<T>(
    projectId: string,
    page: PageRequest,
    show: (metric: MetricEntity) => T,
  ): Promise<Page<T>> {
    return await pageById(this.transactions.manager, MetricEntity, projectId, page, show);
  }
}
