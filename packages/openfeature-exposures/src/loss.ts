import type { Happening } from './happening.js';

/**
 * Why something was not recorded:
 *
 * - `no-unit`: the context names nobody.
 * - `unsendable`: it is no JSON, or larger than 32 KiB.
 * - `queue-full`: the service was not reached for so long that nothing more fits.
 * - `unreachable`: the service was not reached for as long as an event is kept.
 * - `refused`: the service refused the whole request; most often the key is wrong.
 * - `rejected`: the service refused this event; `code` says why.
 * - `closed`: the sender was closed before.
 */
export type LossReason =
  'no-unit' | 'unsendable' | 'queue-full' | 'unreachable' | 'refused' | 'rejected' | 'closed';

/** What was not recorded, and never will be. */
export interface Loss {
  reason: LossReason;
  events: readonly Happening[];
  /** A sentence for whoever has to repair it. */
  detail: string;
  /** The service's code of the refusal. */
  code?: string;
}

/** Silence would look like an experiment that nobody meets. */
export function warnOfLoss({ reason, events, detail }: Loss): void {
  console.warn(`Becausal: ${events.length} not recorded (${reason}). ${detail}`);
}
