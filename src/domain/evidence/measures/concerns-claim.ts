import { wordsOf } from '../text.js';

/**
 * Share of a claim's words, weighed by how rare they are, that one question must have. Low on purpose:
 * taking a question for one about the claim leaves the interview `unread` until somebody reads it, and
 * the other mistake proposes that nobody asked.
 */
export const CONCERNS_SHARE_MIN = 0.2;
/** Sums of logarithms miss an exact fifth by less than this. */
const ROUNDING = 1e-9;

/**
 * Whether any of the interviewer's turns concerns a claim, or the question it answers. A word weighs
 * ln(1 + turns / turns that have it), so words of every question weigh little in any language and no
 * list of stop words is needed; one turn must hold enough of the claim's weight.
 *
 * It knows words and not meanings: a question in other words is missed, which is why what follows from
 * it is only ever proposed to a person.
 */
export function concernsClaim(
  interviewerTurns: readonly string[],
  claim: string,
  question?: string,
): boolean {
  const turns = interviewerTurns.map(distinctWords).filter((words) => words.size > 0);
  const spread = new Map<string, number>();
  for (const words of turns) {
    for (const word of words) spread.set(word, (spread.get(word) ?? 0) + 1);
  }
  const weigh = (words: Iterable<string>): number => {
    let weight = 0;
    for (const word of words) weight += Math.log(1 + turns.length / (spread.get(word) ?? 1));
    return weight;
  };
  const targets = [claim, question ?? ''].map(distinctWords).filter((words) => words.size > 0);
  return targets.some((target) => {
    const enough = CONCERNS_SHARE_MIN * weigh(target) - ROUNDING;
    return turns.some((turn) => weigh([...target].filter((word) => turn.has(word))) >= enough);
  });
}

function distinctWords(text: string): Set<string> {
  return new Set(wordsOf(text).map(({ folded }) => folded));
}
