import { finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { addTranscript, recordInterview } from '../remedies.js';
import type { Testimony } from '../testimony.js';

/**
 * About a minute of talk. With full probing ten people give 95% of the ideas, with short answers 53%
 * (Weller et al. 2018, PLOS ONE 13:e0198606): a single person must at least have told a story.
 */
const STORY_WORDS_MIN = 120;
/** Asked back at least twice: fewer turns are an answer, not a conversation. */
const STORY_TURNS_MIN = 3;

/** `explore` opens with one person, so that one must have told or shown something whole. */
export function storyNotRich({ people, policy }: GateCase): Finding {
  const asked = policy.profile === 'explore';
  const direct = people.testimonies.filter(
    ({ directness }) => directness === 'observed' || directness === 'first_hand_live',
  );
  const rich = direct.filter(isRich);
  const isMet = !asked || rich.length > 0;
  const interviews = [...new Set(direct.map(({ interview }) => interview?.id ?? ''))];
  return finding(isMet ? 'met' : 'unmet', {
    code: 'STORY_NOT_RICH',
    pointer: direct[0]?.pointer ?? '/rationale/insightIds',
    expected: asked ? STORY_WORDS_MIN : 0,
    actual: Math.max(0, ...direct.map(wordsOf)),
    subjects: isMet ? [] : interviews,
    why: isMet
      ? metWhy(asked)
      : `With so few people one of them must have told a whole story live (${STORY_WORDS_MIN} words in ${STORY_TURNS_MIN} turns of their own) or have been watched; so far there are only short answers.`,
    remedies: [
      ...interviews.map((id) => addTranscript(id)),
      recordInterview('a live conversation in which the person tells what happened, start to end'),
    ],
  });
}

function metWhy(asked: boolean): string {
  return asked
    ? 'Somebody told a whole story live, or was watched.'
    : 'This profile counts people; only explore rests on one story.';
}

function isRich(testimony: Testimony): boolean {
  if (testimony.directness === 'observed') return true;
  const speaker = speakerOf(testimony);
  return (
    speaker !== undefined && speaker.words >= STORY_WORDS_MIN && speaker.turns >= STORY_TURNS_MIN
  );
}

function wordsOf(testimony: Testimony): number {
  return speakerOf(testimony)?.words ?? 0;
}

function speakerOf({ interview, participantId }: Testimony) {
  return interview?.participants.find((one) => one.participantId === participantId);
}
