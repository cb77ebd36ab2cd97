import type { Testimony, TestimonyFault } from './testimony.js';

/** The distinct people a rationale can count on. */
export interface CountedPeople {
  /** Heard live or watched. */
  direct: ReadonlySet<string>;
  /** Heard only in writing. */
  written: ReadonlySet<string>;
  /** Of the account of each of them, those that have one. */
  accounts: ReadonlySet<string>;
  /** Written words count for at most half: nobody could ask back. */
  total: number;
}

/**
 * Counts people, not quotes. `forgiving` answers what the count would be once that one fault is
 * repaired.
 */
export function countPeople(
  testimonies: readonly Testimony[],
  forgiving?: TestimonyFault,
): CountedPeople {
  const direct = new Set<string>();
  const written = new Set<string>();
  const accounts = new Set<string>();
  for (const { supports, faults, participant, directness } of testimonies) {
    const standing = [...faults].filter((fault) => fault !== forgiving);
    if (!supports || standing.length > 0 || participant === null) continue;
    if (directness === 'observed' || directness === 'first_hand_live') direct.add(participant.id);
    else if (directness === 'first_hand_written') written.add(participant.id);
    else continue;
    if (participant.accountRef !== null) accounts.add(participant.accountRef);
  }
  for (const id of direct) written.delete(id);
  return { direct, written, accounts, total: direct.size + Math.min(written.size, direct.size) };
}
