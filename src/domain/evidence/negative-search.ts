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
  distinct: ReadonlySet<number>;
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
  const wordsIn = wordNumbers();
  const candidates = candidatesOf(input.turns, wordsIn(input.claim), wordsIn);
  const byLikeness = candidates.toSorted(
    (one, other) =>
      other.likeness - one.likeness ||
      other.distinct.size - one.distinct.size ||
      one.order - other.order,
  );
  const nearest = byLikeness.slice(0, Math.min(input.nearestCount, HITS_MAX));
  const queries = input.queries
    .map((query): Query => ({ phrase: foldCase(query), words: wordsIn(query) }))
    .filter(({ words }) => words.size > 0);
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

interface Query {
  phrase: string;
  words: ReadonlySet<number>;
}

function isMatch(query: Query, turn: Candidate): boolean {
  return (
    turn.phrase.includes(query.phrase) || [...query.words].every((word) => turn.distinct.has(word))
  );
}

type WordsIn = (text: string) => ReadonlySet<number>;

/** The distinct words of texts as numbers: a hundred thousand comparisons of numbers cost little. */
function wordNumbers(): WordsIn {
  const numbers = new Map<string, number>();
  return (text) => {
    const words = new Set<number>();
    for (const word of foldedWordsOf(text)) {
      const known = numbers.get(word);
      const number = known ?? numbers.size;
      if (known === undefined) numbers.set(word, number);
      words.add(number);
    }
    return words;
  };
}

function foldCase(text: string): string {
  return foldForMatching(text).toLowerCase();
}

function candidatesOf(
  turns: readonly SearchedTurn[],
  claim: ReadonlySet<number>,
  wordsIn: WordsIn,
): Candidate[] {
  const seen = new Set<string>();
  const candidates: Candidate[] = [];
  for (const [order, turn] of turns.entries()) {
    const identity = JSON.stringify([turn.interviewId, turn.turn]);
    if (turn.participantId === null || seen.has(identity)) continue;
    seen.add(identity);
    const distinct = wordsIn(turn.text);
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
  claim: ReadonlySet<number>,
  turns: readonly Candidate[],
): (words: ReadonlySet<number>) => number {
  const spread: number[] = [];
  for (const turn of turns) {
    for (const word of turn.distinct) spread[word] = (spread[word] ?? 0) + 1;
  }
  // Once for each word, not once for each turn that has it.
  const squares = Array.from(spread, (count) => Math.log(1 + turns.length / (count ?? 1)) ** 2);
  const unsaid = Math.log(1 + turns.length) ** 2;
  const squaresOf = (words: Iterable<number>): number => {
    let sum = 0;
    for (const word of words) sum += squares[word] ?? unsaid;
    return sum;
  };
  const claimSquares = squaresOf(claim);
  return (words) => {
    const shared = squaresOf([...claim].filter((word) => words.has(word)));
    return shared === 0 ? 0 : shared / Math.sqrt(claimSquares * squaresOf(words));
  };
}
