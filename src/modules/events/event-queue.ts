import { FrontDoorError, problemOf } from '../../platform/http/problem.js';

/** Something to be stored that waits for a transaction. */
export interface Queued {
  projectId: string;
  /** How many events it holds. */
  size: number;
  /** Whether it may share a transaction, and wait for one that is under way. */
  isShared: boolean;
  /** Whether it is refused when too much waits; files wait instead, they are read at our pace. */
  isRefusable: boolean;
}

/** Requests up to this size share transactions: alone, their commit would cost most. */
export const SHARED_EVENTS_MAX = 50;
/** Of one shared transaction. */
const GROUP_EVENTS_MAX = 1_000;
/** Two keep the processor busy while a commit waits for the disk; more would make smaller groups. */
const GROUPS_IN_FLIGHT = 2;
/** Transactions of a project at once, and of all: the rest of the service needs connections too. */
const IN_FLIGHT_MAX_A_PROJECT = 3;
const IN_FLIGHT_MAX = 5;
/** Events that wait or are being stored; beyond it senders are told to come back. */
export const WAITING_MAX_A_PROJECT = 20_000;
export const WAITING_MAX = 50_000;

interface Entry<Q extends Queued, R> {
  queued: Q;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

/** What is stored in one transaction. */
interface Job<Q extends Queued, R> {
  entries: Entry<Q, R>[];
  size: number;
  isShared: boolean;
}

/** The jobs of one project, first come, first served. */
class Lane<Q extends Queued, R> {
  readonly jobs: Job<Q, R>[] = [];
  waiting = 0;
  inFlight = 0;
  groupsInFlight = 0;

  add(entry: Entry<Q, R>): void {
    const { size, isShared } = entry.queued;
    this.waiting += size;
    const open = isShared
      ? this.jobs.find((job) => job.isShared && job.size + size <= GROUP_EVENTS_MAX)
      : undefined;
    if (open === undefined) {
      this.jobs.push({ entries: [entry], size, isShared });
      return;
    }
    open.entries.push(entry);
    open.size += size;
  }

  /** The next job that may begin now. */
  next(): Job<Q, R> | undefined {
    if (this.inFlight >= IN_FLIGHT_MAX_A_PROJECT) return undefined;
    const at = this.jobs.findIndex(
      ({ isShared }) => !isShared || this.groupsInFlight < GROUPS_IN_FLIGHT,
    );
    return at === -1 ? undefined : this.jobs.splice(at, 1)[0];
  }
}

/**
 * The queue before the log. Small requests that come while others are being stored share the next
 * transaction, so that a commit is paid once; nobody waits when nothing is under way. Projects take
 * turns, and what waits is bounded.
 */
export class EventQueue<Q extends Queued, R> {
  private readonly lanes = new Map<string, Lane<Q, R>>();
  private waiting = 0;
  private inFlight = 0;

  /** @param store Stores requests of one project in one transaction, and answers each. */
  constructor(private readonly store: (requests: readonly Q[]) => Promise<readonly R[]>) {}

  /**
   * Resolves when the request is committed.
   * @throws FrontDoorError 429 `rate-limited` when too much waits
   */
  add(queued: Q): Promise<R> {
    const { projectId, size, isRefusable } = queued;
    const lane = this.lanes.get(projectId) ?? new Lane<Q, R>();
    const isFull = lane.waiting + size > WAITING_MAX_A_PROJECT || this.waiting + size > WAITING_MAX;
    if (isRefusable && isFull) {
      throw new FrontDoorError(
        429,
        'rate-limited',
        'More events are waiting to be stored than there is room for: send them again shortly.',
      );
    }
    this.lanes.set(projectId, lane);
    this.waiting += size;
    return new Promise<R>((resolve, reject) => {
      lane.add({ queued, resolve, reject });
      this.begin();
    });
  }

  /** Begins whatever may begin, one job of each project in turn. */
  private begin(): void {
    for (let isBusy = true; isBusy;) {
      isBusy = false;
      for (const [projectId, lane] of this.lanes) {
        if (this.inFlight >= IN_FLIGHT_MAX) return;
        const job = lane.next();
        if (job === undefined) continue;
        isBusy = true;
        // To the end of the line.
        this.lanes.delete(projectId);
        this.lanes.set(projectId, lane);
        void this.run(projectId, lane, job);
        break;
      }
    }
  }

  private async run(projectId: string, lane: Lane<Q, R>, job: Job<Q, R>): Promise<void> {
    this.inFlight += 1;
    lane.inFlight += 1;
    if (job.isShared) lane.groupsInFlight += 1;
    await this.settle(job);
    this.inFlight -= 1;
    lane.inFlight -= 1;
    if (job.isShared) lane.groupsInFlight -= 1;
    lane.waiting -= job.size;
    this.waiting -= job.size;
    if (lane.waiting === 0) this.lanes.delete(projectId);
    this.begin();
  }

  private async settle({ entries }: Job<Q, R>): Promise<void> {
    try {
      const results = await this.store(entries.map(({ queued }) => queued));
      entries.forEach(({ resolve }, at) => {
        resolve(results[at] as R);
      });
    } catch (error) {
      await this.settleFailed(entries, error);
    }
  }

  /**
   * What was wrong with one request must not fail the others, so each runs alone. Where the
   * database is away, or a commit is in doubt, that is the answer to all: sending again is safe.
   */
  private async settleFailed(entries: readonly Entry<Q, R>[], error: unknown): Promise<void> {
    if (entries.length === 1 || problemOf(error, '').status === 503) {
      for (const { reject } of entries) reject(error);
      return;
    }
    for (const { queued, resolve, reject } of entries) {
      try {
        const [result] = await this.store([queued]);
        resolve(result as R);
      } catch (own) {
        reject(own);
      }
    }
  }
}
