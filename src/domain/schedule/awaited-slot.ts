/** More feeds than this nobody keeps in mind; the rule itself would bear any number. */
export const WAIT_FOR_MAX = 20;

export interface AwaitedSlot {
  slotAt: Date;
  /** Keys of the feeds its experiment waits for, as the frozen plan names them. */
  waitFor: readonly string[];
  /** Up to when each feed is complete; one that nobody ever reported is not there. */
  completeUntil: ReadonlyMap<string, Date>;
  /** Whether a later slot of the same experiment has fallen due. */
  isOvertaken: boolean;
}

export type SlotStanding =
  | { is: 'pending' }
  /** Feeds that are not complete up to the slot, in the order of the plan. */
  | { is: 'waiting' | 'skipped'; missing: string[] };

/**
 * What becomes of a slot that has fallen due. It covers all that happened before its instant, so it runs
 * once every feed has sent that much; until then its numbers would move with the hour at which a
 * nightly load ends. A slot that waits when the next one falls due is given up: the next covers it.
 */
export function awaitedSlot(slot: AwaitedSlot): SlotStanding {
  const { slotAt, waitFor, completeUntil, isOvertaken } = slot;
  const missing = waitFor.filter((feed) => {
    const until = completeUntil.get(feed);
    return until === undefined || until < slotAt;
  });
  if (missing.length === 0) return { is: 'pending' };
  return { is: isOvertaken ? 'skipped' : 'waiting', missing };
}
