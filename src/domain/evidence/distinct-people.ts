import type { Dossier } from './dossier.js';

/** Answers which person a participant is: two participants are one person when the answers are equal. */
export type PersonOf = (participantId: string) => string;

/**
 * Pseudonyms are not people. Two that a member found to be one person are one; two that may be one and
 * that nobody has decided about are one until somebody does, since a doubt must not fill a minimum. A
 * chain of doubts joins everybody on it. A participant who is not in the dossier is a person alone.
 */
export function distinctPeople(
  dossier: Pick<Dossier, 'participants' | 'undecidedPairs'>,
): PersonOf {
  const joinedTo = new Map<string, string>();
  const rootOf = (id: string): string => {
    const next = joinedTo.get(id);
    return next === undefined ? id : rootOf(next);
  };
  // The smaller id stands for both, so that the answer does not depend on the order of the records.
  const join = (one: string, other: string): void => {
    const [a, b] = [rootOf(one), rootOf(other)];
    if (a !== b) joinedTo.set(a < b ? b : a, a < b ? a : b);
  };
  for (const { id, personId } of dossier.participants) join(id, personId);
  for (const { participantIds } of dossier.undecidedPairs) join(...participantIds);
  return rootOf;
}
