import { setTimeout as sleep } from 'node:timers/promises';

const OTHERS_POLL_MS = 50;
/** How long to wait for what another worker has: past its lease it can be claimed. */
const OTHERS_WAIT_MS = 120_000;

/** What became of one attempt at leased work: `taken` means that somebody else has it, or had it. */
type Attempted = { is: string } | { is: 'failed'; error: unknown };

/** Leased work that several workers compete for. */
interface LeasedWork {
  /** One attempt; never throws. */
  attempt: () => Promise<Attempted>;
  isClosed: () => Promise<boolean>;
  /** With its article, for the error of a worker that keeps it. */
  name: string;
}

/** Attempts until the work is closed, by this worker or by another. Answers the last error. */
export async function untilClosed(work: LeasedWork): Promise<{ error: unknown } | null> {
  for (let waitedMs = 0; waitedMs < OTHERS_WAIT_MS;) {
    const outcome = await work.attempt();
    if (outcome.is === 'done') return null;
    if (outcome.is === 'failed' && 'error' in outcome) return { error: outcome.error };
    if (outcome.is === 'taken') {
      if (await work.isClosed()) return null;
      await sleep(OTHERS_POLL_MS);
      waitedMs += OTHERS_POLL_MS;
    }
  }
  return { error: new Error(`another worker keeps ${work.name} and does not finish it`) };
}
