import type { PersonOf } from './distinct-people.js';
import type { Testimony, TestimonyFault } from './testimony.js';

/** The distinct people a rationale can count on. */
export interface CountedPeople {
  /** Heard live or watched. */
  direct: ReadonlySet<string>;
  /** Heard only in writing. */
  written: ReadonlySet<string>;
  /** Of the account of each of them, those that have one. */
  accounts: ReadonlySet<string>;
  /** What they said or showed. */
  testimonies: readonly Testimony[];
  /** Written words count for at most half: nobody could ask back. */
  total: number;
}

/**
 * Counts people, not quotes and not pseudonyms. `forgiving` answers what the count would be once that
 * one fault is repaired.
 */
export function countPeople(
  testimonies: readonly Testimony[],
  personOf: PersonOf,
  forgiving?: TestimonyFault,
): CountedPeople {
  const direct = new Set<string>();
  const written = new Set<string>();
  const accounts = new Set<string>();
  const counted: Testimony[] = [];
  for (const testimony of testimonies) {
    const { supports, faults, participant, directness } = testimony;
    const standing = [...faults].filter((fault) => fault !== forgiving);
    if (!supports || standing.length > 0 || participant === null) continue;
    const person = personOf(participant.id);
    if (directness === 'observed' || directness === 'first_hand_live') direct.add(person);
    else if (directness === 'first_hand_written') written.add(person);
    else continue;
    counted.push(testimony);
    if (participant.accountRef !== null) accounts.add(participant.accountRef);
  }
  for (const id of direct) written.delete(id);
  const total = direct.size + Math.min(written.size, direct.size);
  return { direct, written, accounts, testimonies: counted, total };
}
