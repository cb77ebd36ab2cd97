/** What a member found out about two pseudonyms. */
export const PAIR_DECISIONS = ['same_person', 'different_people'] as const;
export type PairDecision = (typeof PAIR_DECISIONS)[number];

/** How two pseudonyms came to be suspected. */
export const PAIR_SOURCES = ['identity', 'likeness'] as const;
export type PairSource = (typeof PAIR_SOURCES)[number];

export interface DecidedPair {
  id: string;
  firstId: string;
  secondId: string;
  decision: PairDecision;
}

export interface PairedPerson {
  id: string;
  createdAt: Date;
}

/**
 * Whom each person is merged into: the oldest pseudonym of those found to be one person, null for that
 * one and for everybody else; or the first pair of people said to be different whom other pairs
 * connect, with those pairs.
 */
export type Merging =
  | { consistent: true; mergedInto: ReadonlyMap<string, string | null> }
  | { consistent: false; pair: DecidedPair; connectedBy: readonly string[] };

/**
 * Merges follow from the decisions alone and are computed anew from all of them, so there is no chain
 * to walk and no cycle to fall into, and taking one decision back takes back what rested on it.
 */
export function mergeByDecisions(
  people: readonly PairedPerson[],
  pairs: readonly DecidedPair[],
): Merging {
  const groups = new Map(people.map((person) => [person.id, [person]]));
  for (const { firstId, secondId, decision } of pairs) {
    const [one, other] = [groups.get(firstId), groups.get(secondId)];
    if (decision !== 'same_person' || one === undefined || other === undefined) continue;
    if (one === other) continue;
    one.push(...other);
    for (const { id } of other) groups.set(id, one);
  }
  for (const pair of pairs) {
    const group = groups.get(pair.firstId);
    if (pair.decision !== 'different_people' || group !== groups.get(pair.secondId)) continue;
    const connectedBy = pairs
      .filter(
        ({ decision, firstId }) => decision === 'same_person' && groups.get(firstId) === group,
      )
      .map(({ id }) => id);
    return { consistent: false, pair, connectedBy };
  }
  const mergedInto = new Map<string, string | null>();
  for (const { id } of people) {
    const oldest = (groups.get(id) ?? []).toSorted(byAge)[0]?.id ?? id;
    mergedInto.set(id, oldest === id ? null : oldest);
  }
  return { consistent: true, mergedInto };
}

function byAge(one: PairedPerson, other: PairedPerson): number {
  return one.createdAt.getTime() - other.createdAt.getTime() || (one.id < other.id ? -1 : 1);
}
