import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.token.js';
import { FrontDoorError } from './problem.js';

/** So much may come at once after a pause: a page that starts asks for everything it shows. */
const BURST_SECONDS = 2;
/** More callers than this are looked through for those who have not called lately. */
const CALLERS_MAX = 10_000;

/**
 * A bucket for each caller, filled at a steady rate and emptied by calls. Kept as one instant per
 * caller, the one at which the bucket will be full again (the generic cell rate algorithm of ITU-T
 * I.371).
 */
export class TokenBuckets {
  private readonly fullAt = new Map<string, number>();
  private readonly intervalMs: number;
  private readonly depthMs: number;

  constructor(perSecond: number, burst: number) {
    this.intervalMs = 1_000 / perSecond;
    this.depthMs = (burst - 1) * this.intervalMs;
  }

  /** Whether the caller may go on at `nowMs`, of a clock that never goes back. */
  take(caller: string, nowMs: number): boolean {
    const known = this.fullAt.get(caller);
    const fullAt = known === undefined || known < nowMs ? nowMs : known;
    if (fullAt - nowMs > this.depthMs) return false;
    if (known === undefined && this.fullAt.size >= CALLERS_MAX) this.forgetQuiet(nowMs);
    this.fullAt.set(caller, fullAt + this.intervalMs);
    return true;
  }

  /** A full bucket is as good as a new one. */
  private forgetQuiet(nowMs: number): void {
    for (const [caller, fullAt] of this.fullAt) {
      if (fullAt <= nowMs) this.fullAt.delete(caller);
    }
  }
}

/**
 * How many assignments one key may ask for: a key that runs wild gets 429 and leaves the processor to
 * others (P28). Clients stop all calls for as long as Retry-After says and serve their own defaults
 * meanwhile, so that the pause is one second and the limit far above what a site needs (E22).
 */
@Injectable()
export class AssignmentLimit {
  private readonly buckets: TokenBuckets;

  constructor(@Inject(CONFIG) { assignmentsPerSecond }: Pick<Config, 'assignmentsPerSecond'>) {
    this.buckets = new TokenBuckets(assignmentsPerSecond, assignmentsPerSecond * BURST_SECONDS);
  }

  /** @throws FrontDoorError 429 `rate-limited` */
  take(keyId: string): void {
    if (this.buckets.take(keyId, performance.now())) return;
    throw new FrontDoorError(429, 'rate-limited', 'This key asks too often; wait a second.');
  }
}
