import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Transactions } from '../database/transactions.js';

/**
 * The one clock of the product: the database's clock plus a stored offset, which is zero outside
 * sandboxes and tests. Every domain instant comes from here; leases and key expiry use real time.
 */
@Injectable()
export class Clock {
  constructor(private readonly transactions: Transactions) {}

  /** Now, in whole milliseconds. Give the manager of the current transaction where there is one. */
  async now(manager: EntityManager = this.transactions.manager): Promise<Date> {
    const rows = (await manager.query('SELECT becausal_now() AS now')) as { now: Date }[];
    const now = rows[0]?.now;
    if (now === undefined) throw new Error('the clock row is missing');
    return now;
  }

  /** Sets the clock to `instant`; it goes on ticking from there. Sandboxes and tests only. */
  async moveTo(instant: Date, manager: EntityManager = this.transactions.manager): Promise<void> {
    await manager.query(
      `UPDATE clock SET offset_ms =
         (extract(epoch FROM $1::timestamptz - clock_timestamp()) * 1000)::bigint`,
      [instant],
    );
  }
}
