import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Metric } from '../../domain/metrics/metric.js';
import { Transactions } from '../../platform/database/transactions.js';
import { MetricEntity } from './metric.entity.js';

/** What other features may know of metrics. */
@Injectable()
export class MetricsReader {
  constructor(private readonly transactions: Transactions) {}

  /** Every metric of the project, by key. */
  async all(
    projectId: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<Metric[]> {
    const rows = await manager.find(MetricEntity, { where: { projectId }, order: { key: 'ASC' } });
    return rows.map((row) => row.definition);
  }
}
