import type { DecideCheck, DecideGateInput } from './decide-case.js';
import { decideAgain } from './decide-remedies.js';
import type { AnsweredSurprise, LearningCase } from './learning/learning-case.js';

/**
 * What is asked of whoever goes on with a change: what was learned, said before it is forgotten.
 * Going back and stopping wait for none of it.
 */

/** In the order of the report, which is also the order in which they are answered best. */
export const LEARNING_CODES = [
  'WHY_MISSING',
  'LINKS_UNJUDGED',
  'SURPRISE_OPEN',
  'SIDE_EFFECTS_UNREAD',
  'POST_HOC_AS_PRIOR',
] as const;

/** Nothing about people follows from comparing a thing with itself. */
export function learningChecks(input: DecideGateInput): DecideCheck[] {
  if (input.kind === 'aa') return [];
  return [
    whyCheck(input),
    linksCheck(input),
    ...surpriseChecks(input),
    sideEffectsCheck(input),
    priorCheck(input),
  ];
}

function whyCheck({ learning, experimentKey }: DecideGateInput): DecideCheck {
  const { why } = learning.said;
  const { problem, pointer, subjects } = whyProblem(learning);
  return {
    code: 'WHY_MISSING',
    met: problem === null,
    pointer,
    expected: 'explained, partly or unexplained',
    actual: why?.state ?? null,
    subjects,
    why: problem ?? whySentence(learning),
    remedy: decideAgain(
      experimentKey,
      'Say why it came out so',
      'why: state, text and, for explained, quoteIds; unexplained is an honest answer',
    ),
  };
}

interface WhyProblem {
  problem: string | null;
  pointer: string;
  subjects: readonly string[];
}

function whyProblem({ said, quotes, experienceMeasured }: LearningCase): WhyProblem {
  const at = (pointer: string, problem: string | null, subjects: string[] = []) => ({
    problem,
    pointer,
    subjects,
  });
  const { why } = said;
  if (why === null) return at('/why', 'It is not said why the result came out as it did.');
  if (why.text.trim() === '') return at('/why/text', 'The why has no words.');
  const unusable = quotes.filter(({ inForce }) => !inForce).map(({ id }) => id);
  if (unusable.length > 0) {
    const problem = 'The why names quotes that do not exist, or may not be cited any more.';
    return at('/why/quoteIds', problem, unusable);
  }
  if (why.state === 'explained' && quotes.length === 0 && !experienceMeasured) {
    const problem =
      'An explanation takes the words of people, or a metric of their experience; without either it is a guess.';
    return at('/why/quoteIds', problem);
  }
  return at('/why', null);
}

function whySentence({ said, quotes }: LearningCase): string {
  if (said.why?.state === 'unexplained') {
    return 'It is said that nobody can explain the result, which is an honest end.';
  }
  const later = quotes.filter(({ postHoc }) => postHoc).length;
  const found = 'It is said why the result came out as it did';
  return later === 0
    ? `${found}.`
    : `${found}; ${later} of the quotes were heard after the launch and are marked so.`;
}

function linksCheck({ learning, experimentKey }: DecideGateInput): DecideCheck {
  const { links } = learning;
  const open = links.filter(({ verdict }) => verdict === null);
  const met = open.length === 0;
  return {
    code: 'LINKS_UNJUDGED',
    met,
    pointer: '/links',
    expected: links.length,
    actual: links.length - open.length,
    subjects: open.map(({ from, to }) => `${from} -> ${to}`),
    why: met
      ? 'Every link from the change to the money is judged.'
      : 'Some links of the reason are judged neither by the numbers nor by anybody.',
    remedy: decideAgain(
      experimentKey,
      'Judge every link the numbers do not reach',
      'links[]: from, to and a verdict: held, broken or not_measured',
    ),
  };
}

function surpriseChecks({ learning, experimentKey, now }: DecideGateInput): DecideCheck[] {
  return learning.surprises.map((surprise) => {
    const met = isAnswered(surprise, now);
    const { code, subject, sentence } = surprise;
    return {
      code: 'SURPRISE_OPEN',
      met,
      pointer: '/surprises',
      expected: 'followed up, or closed unexplained with a reason',
      actual: code,
      subjects: [subject],
      why: met
        ? `${sentence} It is answered.`
        : `${sentence} Ask people why, or say why nobody will.`,
      remedy: decideAgain(
        experimentKey,
        'Answer the surprise',
        `surprises[]: code ${code} with followUp (question, dueAt in the future) or closedUnexplained (a reason)`,
      ),
    };
  });
}

/** A question that was due already follows nothing up. */
function isAnswered({ answer }: AnsweredSurprise, now: Date): boolean {
  if (answer === null) return false;
  const { followUp, closedUnexplained = '' } = answer;
  const isFollowed =
    followUp !== undefined && followUp.question.trim() !== '' && followUp.dueAt > now;
  return isFollowed || closedUnexplained.trim() !== '';
}

function sideEffectsCheck({ learning, experimentKey }: DecideGateInput): DecideCheck {
  const declared = [...new Set(learning.impacts.map(({ department }) => department))];
  const unread = declared.filter((department) =>
    learning.said.sideEffects.every((observed) => observed.department !== department),
  );
  const met = unread.length === 0;
  return {
    code: 'SIDE_EFFECTS_UNREAD',
    met,
    pointer: '/sideEffects',
    expected: declared.length,
    actual: declared.length - unread.length,
    subjects: unread,
    why: met
      ? 'Each department that was to notice something has been asked what it noticed.'
      : 'Some departments were to notice something, and it is not said what they noticed.',
    remedy: decideAgain(
      experimentKey,
      'Say what each department noticed',
      `sideEffects[]: department, observed (none, better, worse, not_measured) and note, for ${unread.join(', ')}`,
    ),
  };
}

function priorCheck({ learning, experimentKey }: DecideGateInput): DecideCheck {
  const { postHocPriors } = learning;
  const met = postHocPriors.length === 0;
  return {
    code: 'POST_HOC_AS_PRIOR',
    met,
    pointer: '/why/quoteIds',
    expected: 0,
    actual: postHocPriors.length,
    subjects: postHocPriors,
    why: met
      ? 'All words that the frozen reason rests on were there before the launch.'
      : 'The frozen reason names words that came after the launch: they may explain the result, and cannot have been the reason.',
    remedy: {
      action: 'See which words the reason rests on',
      method: 'GET',
      path: `/v1/experiments/${encodeURIComponent(experimentKey)}`,
      needs:
        'nothing; name later quotes in why.quoteIds, and test the new reason in an experiment of its own',
    },
  };
}
