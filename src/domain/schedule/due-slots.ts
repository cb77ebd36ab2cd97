/** More missed slots than this say nothing that their number would not. */
export const SKIPPED_SLOTS_MAX = 1_000;

export interface DueSlots {
  /** The slot to evaluate now; null when none is due. */
  run: Date | null;
  /** Older missed slots, ascending, to be recorded as skipped: at most SKIPPED_SLOTS_MAX, the newest. */
  skipped: Date[];
  /** How many still older ones are not listed. */
  unlisted: number;
}

/**
 * What to do with the slots that fell due since the last one, for example after an outage. Only the
 * newest is evaluated: an evaluation covers all data up to its cut-off, so catching up on older
 * slots would cost much, tell nothing new, and spend error probability on looks nobody took.
 *
 * @throws RangeError when the instants do not ascend.
 */
export function dueSlots(dueInstants: readonly Date[]): DueSlots {
  for (const [index, instant] of dueInstants.entries()) {
    const before = dueInstants[index - 1];
    if (before !== undefined && !(before < instant)) throw new RangeError('slots ascend');
  }
  const older = dueInstants.slice(0, -1);
  const skipped = older.slice(-SKIPPED_SLOTS_MAX);
  return { run: dueInstants.at(-1) ?? null, skipped, unlisted: older.length - skipped.length };
}
