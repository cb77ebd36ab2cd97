import { Injectable } from '@nestjs/common';
import { Transactions } from '../../platform/database/transactions.js';

/** Up to when the data of a project is there, as other features may know it. */
@Injectable()
export class FeedsReader {
  constructor(private readonly transactions: Transactions) {}

  /** Up to when each feed is complete, by its key. Feeds that nobody reported are not there. */
  async completeUntil(projectId: string): Promise<ReadonlyMap<string, Date>> {
    const rows = (await this.transactions.manager.query(
      `SELECT feed.key, feed.complete_until FROM feed WHERE feed.project_id = $1`,
      [projectId],
    )) as { key: string; complete_until: Date }[];
    return new Map(rows.map((row) => [row.key, row.complete_until]));
  }
}
