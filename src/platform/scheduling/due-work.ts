import { Injectable } from '@nestjs/common';

/** Work of a feature that falls due at instants of the product's clock. */
export interface DueWork {
  name: string;
  /** The first instant in (after, until] at which something falls due, or null. */
  nextDue(after: Date, until: Date): Promise<Date | null>;
  /**
   * Does what has fallen due by `now`. Safe to call at once from several replicas and again after a
   * crash. `queued` may hand long work to the job queue; `inline` returns when all of it is done.
   */
  runDue(now: Date, how: 'inline' | 'queued'): Promise<void>;
  /** Hands to the queue what is due and has waited for data of this project that is now complete. */
  dataComplete?(projectId: string): Promise<void>;
}

/** Where features say what falls due with them; the minute tick and the sandbox clock ask here. */
@Injectable()
export class DueWorkRegistry {
  private readonly works: DueWork[] = [];

  register(work: DueWork): void {
    this.works.push(work);
  }

  /** The first instant in (after, until] at which anything falls due. */
  async nextDue(after: Date, until: Date): Promise<Date | null> {
    let first: Date | null = null;
    for (const work of this.works) {
      const due = await work.nextDue(after, until);
      if (due !== null && (first === null || due < first)) first = due;
    }
    return first;
  }

  /** Runs everything that is due. One feature's failure does not keep the others from their work. */
  async runDue(now: Date, how: 'inline' | 'queued'): Promise<void> {
    const failures: unknown[] = [];
    for (const work of this.works) {
      try {
        await work.runDue(now, how);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'some due work failed');
  }

  /** Tells whoever waits for data that some of this project has become complete. */
  async dataComplete(projectId: string): Promise<void> {
    for (const work of this.works) await work.dataComplete?.(projectId);
  }
}
