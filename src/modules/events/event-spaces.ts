import { Injectable } from '@nestjs/common';
import { Transactions } from '../../platform/database/transactions.js';
import type { EventSpace } from './event-keys.js';

const FIND = `
  SELECT event_space.number, event_space.salt FROM event_space WHERE event_space.project_id = $1`;

/** The space of each project in the log: made when its first event comes, and never changed. */
@Injectable()
export class EventSpaces {
  private readonly known = new Map<string, EventSpace>();

  constructor(private readonly transactions: Transactions) {}

  /** Outside any transaction of the caller: what is remembered here must be committed. */
  async of(projectId: string): Promise<EventSpace> {
    const known = this.known.get(projectId);
    if (known !== undefined) return known;
    const space = (await this.find(projectId)) ?? (await this.make(projectId));
    this.known.set(projectId, space);
    return space;
  }

  private async find(projectId: string): Promise<EventSpace | undefined> {
    const rows = (await this.transactions.manager.query(FIND, [projectId])) as EventSpace[];
    return rows[0];
  }

  private async make(projectId: string): Promise<EventSpace> {
    await this.transactions.manager.query(
      `INSERT INTO event_space (project_id) VALUES ($1) ON CONFLICT (project_id) DO NOTHING`,
      [projectId],
    );
    const space = await this.find(projectId);
    if (space === undefined) throw new Error('a project has no space in the log');
    return space;
  }
}
