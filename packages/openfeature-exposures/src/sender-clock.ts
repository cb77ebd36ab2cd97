/** Time as the sender meets it; a test moves its own. */
export interface SenderClock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Runs something later; the answer calls it off.
   * @param holdsProcess Whether a program of Node.js stays alive for it.
   */
  after(ms: number, run: () => void, holdsProcess: boolean): () => void;
}

export const REAL_CLOCK: SenderClock = {
  now: () => Date.now(),
  after: (ms, run, holdsProcess) => {
    const timer: unknown = setTimeout(run, ms);
    // In a browser a timer is a number.
    if (!holdsProcess) (timer as { unref?: () => void }).unref?.();
    return () => clearTimeout(timer as number);
  },
};
