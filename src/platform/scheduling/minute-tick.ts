import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.js';
import { Clock } from '../clock/clock.js';
import { DatabaseArrival } from '../database/database-arrival.js';
import { Logger } from '../logging/logger.js';
import { DueWorkRegistry } from './due-work.js';
import { Jobs } from './jobs.js';

const QUEUE = 'tick';

/** Once a minute, in one replica: what is due is done, and the audit chain gets its checkpoint. */
@Injectable()
export class MinuteTick implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly due: DueWorkRegistry,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly logger: Logger,
    private readonly arrival: DatabaseArrival,
  ) {}

  onModuleInit(): void {
    this.arrival.once(() => this.jobs.start());
    this.arrival.once(() => this.jobs.everyMinute(QUEUE, () => this.tick()));
  }

  private async tick(): Promise<void> {
    try {
      await this.due.runDue(await this.clock.now(), 'queued');
    } catch (error) {
      this.logger.failure('due work', error);
    }
    await this.audit.checkpoint();
  }
}
