import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Transactions } from '../../platform/database/transactions.js';
import { type DueWork, DueWorkRegistry } from '../../platform/scheduling/due-work.js';
import { ExperimentEntity } from './experiment.entity.js';
import { ExperimentLifecycleWriter } from './experiment-lifecycle.writer.js';

/** Ends enrolment when the plan said it would. A paused test ends it once it is resumed. */
@Injectable()
export class EnrolmentEnd implements DueWork, OnModuleInit {
  readonly name = 'enrolment-end';

  constructor(
    private readonly transactions: Transactions,
    private readonly registry: DueWorkRegistry,
    private readonly lifecycle: ExperimentLifecycleWriter,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async nextDue(after: Date, until: Date): Promise<Date | null> {
    const rows = (await this.transactions.manager.query(
      `SELECT min(experiment.enrolment_ends_at) AS due FROM experiment
       WHERE experiment.status = 'running' AND experiment.enrolment_ends_at > $1
         AND experiment.enrolment_ends_at <= $2`,
      [after, until],
    )) as { due: Date | null }[];
    return rows[0]?.due ?? null;
  }

  async runDue(now: Date): Promise<void> {
    const due = (await this.transactions.manager.query(
      `SELECT experiment.project_id, experiment.key FROM experiment
       WHERE experiment.status = 'running' AND experiment.enrolment_ends_at <= $1`,
      [now],
    )) as { project_id: string; key: string }[];
    for (const { project_id: projectId, key } of due) {
      await this.transactions.run(async (manager) => {
        const experiment = await this.lifecycle.lock(manager, projectId, key);
        if (!isDue(experiment, now)) return;
        await this.lifecycle.move(manager, experiment, {
          action: 'end_enrolment',
          at: experiment.enrolmentEndsAt ?? now,
          memberId: null,
          facts: { planned: true },
        });
      });
    }
  }
}

/** Another replica may have been faster between the list and the lock. */
function isDue({ status, enrolmentEndsAt }: ExperimentEntity, now: Date): boolean {
  return status === 'running' && enrolmentEndsAt !== null && enrolmentEndsAt <= now;
}
