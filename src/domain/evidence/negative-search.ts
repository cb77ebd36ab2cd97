import { foldedWordsOf, foldForMatching } from './text.js';

/** A turn of any interview of the searched studies; `participantId` is null for the interviewer. */
export interface SearchedTurn {
  interviewId: string;
  turn: number;
  participantId: string | null;
  text: string;
}

interface SearchHit {
  interviewId: string;
  turn: number;
  /** `nearest`: the server added it because it is close to the claim. */
  source: 'query' | 'nearest';
}

export interface SearchResult {
  hits: readonly SearchHit[];
  /** Query hits beyond `HITS_MAX`, the least like the claim. */
  omitted: number;
}

/** A person has to read and judge every hit; past this the query is too broad to be a search. */
export const HITS_MAX = 100;

interface Candidate {
  turn: SearchedTurn;
  order: number;
  phrase: string;
  distinct: ReadonlySet<string>;
  likeness: number;
}

/**
 * Looks for what speaks against a claim: participants' turns that hold a query (its phrase, or all
 * its words), and the `nearestCount` turns most like the claim whatever the queries are, so that a
 * search for nonsense cannot come back empty while people have said anything. Likeness is a cosine
 * with words weighed by how rare they are in these turns, which needs no list of stop words in any
 * language; equal likeness prefers the turn that says more. Hits come in the order of the turns.
 */
export function searchTurns(input: {
  queries: readonly string[];
  claim: string;
  turns: readonly SearchedTurn[];
  nearestCount: number;
}): SearchResult {
  const candidates = candidatesOf(input.turns, input.claim);
  const byLikeness = candidates.toSorted(
    (one, other) =>
      other.likeness - one.likeness ||
      other.distinct.size - one.distinct.size ||
      one.order - other.order,
  );
  const nearest = byLikeness.slice(0, Math.min(input.nearestCount, HITS_MAX));
  const queries = input.queries.map(queryOf).filter((query) => query.words.length > 0);
  const matching = byLikeness.filter((one) => queries.some((query) => isMatch(query, one)));
  const kept = new Set(nearest);
  for (const candidate of matching) {
    if (kept.size >= HITS_MAX) break;
    kept.add(candidate);
  }
  const asked = new Set(matching);
  const hits = [...kept]
    .toSorted((one, other) => one.order - other.order)
    .map((one): SearchHit => {
      const { interviewId, turn } = one.turn;
      return { interviewId, turn, source: asked.has(one) ? 'query' : 'nearest' };
    });
  return { hits, omitted: matching.filter((one) => !kept.has(one)).length };
}

function queryOf(query: string): { phrase: string; words: readonly string[] } {
  return { phrase: foldCase(query), words: foldedWordsOf(query) };
}

function isMatch(query: { phrase: string; words: readonly string[] }, turn: Candidate): boolean {
  return turn.phrase.includes(query.phrase) || query.words.every((word) => turn.distinct.has(word));
}

function foldCase(text: string): string {
  return foldForMatching(text).toLowerCase();
}

function candidatesOf(turns: readonly SearchedTurn[], claim: string): Candidate[] {
  const seen = new Set<string>();
  const candidates: Candidate[] = [];
  for (const [order, turn] of turns.entries()) {
    const identity = JSON.stringify([turn.interviewId, turn.turn]);
    if (turn.participantId === null || seen.has(identity)) continue;
    seen.add(identity);
    const distinct = new Set(foldedWordsOf(turn.text));
    if (distinct.size === 0) continue;
    candidates.push({ turn, order, phrase: foldCase(turn.text), distinct, likeness: 0 });
  }
  const likenessTo = cosineTo(claim, candidates);
  return candidates.map((one) => ({ ...one, likeness: likenessTo(one.distinct) }));
}

/**
 * Cosine of the turns' distinct words with the claim's, each weighed by ln(1 + turns / turns with it).
 * Repetition adds nothing: who says "the" often is no nearer to a claim that says it.
 */
function cosineTo(
  claim: string,
  turns: readonly Candidate[],
): (words: ReadonlySet<string>) => number {
  const spread = new Map<string, number>();
  for (const turn of turns) {
    for (const word of turn.distinct) spread.set(word, (spread.get(word) ?? 0) + 1);
  }
  const square = (turnsWithIt: number): number => Math.log(1 + turns.length / turnsWithIt) ** 2;
  // Once for each word, not once for each turn that has it.
  const squares = new Map([...spread].map(([word, count]) => [word, square(count)]));
  const squaresOf = (words: Iterable<string>): number => {
    let sum = 0;
    for (const word of words) sum += squares.get(word) ?? square(1);
    return sum;
  };
  const target = new Set(foldedWordsOf(claim));
  const targetSquares = squaresOf(target);
  return (words) => {
    const shared = squaresOf([...target].filter((word) => words.has(word)));
    return shared === 0 ? 0 : shared / Math.sqrt(targetSquares * squaresOf(words));
  };
}
