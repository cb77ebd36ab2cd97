/**
 * What invented people say: words of no language, common and rare ones as in speech, the same for the
 * same numbers each time, so that two databases can hold the same study.
 */

/** 80 turns of 6,000 words together: 40 short questions and 40 long answers. */
export const TURNS = 80;
const ANSWER_WORDS = 135;
const QUESTION_WORDS = 15;
const QUOTE_WORDS = 16;
const QUOTES_PER_TURN = Math.floor(ANSWER_WORDS / QUOTE_WORDS);

const VOCABULARY_SIZE = 4_000;
const VOCABULARY = vocabulary();
/** Frequent words are said far more often than others, roughly as in any language. */
const COMMONNESS = 3;

function vocabulary(): readonly string[] {
  const syllables = [...'bdfgklmnprstvwyz'].flatMap((consonant) =>
    [...'aeiou'].map((vowel) => `${consonant}${vowel}`),
  );
  return Array.from({ length: VOCABULARY_SIZE }, (_, index) => {
    const first = syllables[index % syllables.length] ?? '';
    const second = syllables[Math.floor(index / syllables.length)] ?? '';
    return `${first}${second}${index % 3 === 0 ? 'n' : ''}`;
  });
}

/** Numbers in [0, 1) that follow from a seed: a linear congruence, whose high bits are what is used. */
function drawsFrom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function wordsFrom(seed: number, count: number): string[] {
  const draw = drawsFrom(seed);
  return Array.from(
    { length: count },
    () => VOCABULARY[Math.floor(VOCABULARY_SIZE * draw() ** COMMONNESS)] ?? '',
  );
}

/** Even turns are the interviewer's. */
export function isAnswer(turn: number): boolean {
  return turn % 2 === 1;
}

export function turnText(interview: number, turn: number): string {
  const words = isAnswer(turn) ? ANSWER_WORDS : QUESTION_WORDS;
  return `${wordsFrom(interview * TURNS + turn + 1, words).join(' ')}.`;
}

/** A span of an answer; each number below 320 names another one. */
export function quotableText(interview: number, place: number): string {
  const answers = TURNS / 2;
  const turn = 2 * (place % answers) + 1;
  const first = (Math.floor(place / answers) % QUOTES_PER_TURN) * QUOTE_WORDS;
  return turnText(interview, turn)
    .split(' ')
    .slice(first, first + QUOTE_WORDS)
    .join(' ');
}

/** Two rare words and a common one: some turns hold them. */
export function queriesOf(search: number): string[] {
  return [0, 1, 2].map((query) => {
    const draw = drawsFrom(-1 - (search * 3 + query));
    const common = VOCABULARY[Math.floor(20 * draw())] ?? '';
    const rare = VOCABULARY[Math.floor(VOCABULARY_SIZE * draw())] ?? '';
    return `${common} ${rare}`;
  });
}

/** A claim in the words of these people, since likeness to it is what a search ranks by. */
export function claimText(insight: number): string {
  return wordsFrom(-1_000_000 - insight, 14).join(' ');
}
