import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import type { Remedy } from '../gate-report.js';
import { liveRequired } from '../policies.js';
import { addQuote, attachEvidence, recordInterview } from '../remedies.js';
import { TESTIMONY_FAULTS, type Testimony, type TestimonyFault } from '../testimony.js';

/** What a fault is called in a sentence. */
const FAULT_NAMES: Readonly<Record<TestimonyFault, string>> = {
  QUOTE_FOREIGN: 'said word for word by somebody else too',
  QUOTE_NOT_FOUND: 'not verbatim',
  QUOTE_NOT_PARTICIPANT: "somebody else's words",
  QUOTE_TOO_SHORT: 'too short',
  SESSION_NOT_BEFORE: 'not in time order',
  STALE: 'too old',
  TAINTED_BY_EXPOSURE: 'from people who had seen the change',
  CONSENT_MISSING: 'without consent',
  SYNTHETIC_CITED: 'synthetic',
  CONFLICTED_SOURCE: 'from people with a conflict of interest',
  hearsay: 'hearsay',
  'leading question': 'answers to a leading question',
  hypothetical: 'about a hypothetical future',
};

/** Enough distinct people, each with words (or behaviour) that count. */
export function tooFewPeople(gate: GateCase): Finding {
  const { people, policy } = gate;
  const isMet = people.total >= policy.people;
  const heard = countOf(people.total, 'person counts', 'people count');
  const why = isMet
    ? `${heard}, and ${policy.people} must.`
    : `${heard} toward the ${policy.people} this profile asks for.${writtenNote(gate)}${uncountedNote(gate)}`;
  return finding(isMet ? 'met' : 'unmet', {
    code: 'TOO_FEW_PEOPLE',
    pointer: '/rationale/insightIds',
    expected: policy.people,
    actual: people.total,
    subjects: isMet ? [] : uncounted(gate).map((testimony) => testimony.id),
    why,
    remedies: hearMore(gate, 'a person of the audience who has not been counted yet'),
  });
}

/** Somebody lived it and could be asked back, or was watched: the floor under every profile. */
export function noLiveFirstHand(gate: GateCase): Finding {
  const required = liveRequired(gate.policy);
  const live = gate.people.direct.size;
  const isMet = live >= required;
  const heard = countOf(live, 'person', 'people');
  return finding(isMet ? 'met' : 'unmet', {
    code: 'NO_LIVE_FIRST_HAND',
    pointer: '/rationale/insightIds',
    expected: required,
    actual: live,
    subjects: isMet ? [] : uncounted(gate).map((testimony) => testimony.id),
    why: isMet
      ? `${heard} told or showed it first-hand, live.`
      : `${heard} of ${required} told it first-hand in a live conversation or ${live === 1 ? 'was' : 'were'} watched; in writing nobody can be asked back.`,
    remedies: hearMore(
      gate,
      'a live conversation (interactive, not async) with a person of the audience about their own recent experience',
    ),
  });
}

/** At least somebody speaks for themselves. */
export function hearsayOnly(gate: GateCase): Finding {
  const human = gate.testimonies.filter(
    ({ supports, participant }) => supports && participant?.kind === 'human',
  );
  const hearsay = human.filter(({ directness }) => directness === 'hearsay');
  const isUnmet = human.length > 0 && hearsay.length === human.length;
  return finding(isUnmet ? 'unmet' : 'met', {
    code: 'HEARSAY_ONLY',
    pointer: '/rationale/insightIds',
    expected: 'some support by people who lived it',
    actual: `${hearsay.length} of ${human.length} hearsay`,
    subjects: isUnmet ? hearsay.map((testimony) => testimony.id) : [],
    why: isUnmet
      ? 'Everyone cited talks about other people: nobody lived what the audience of this experiment lives through.'
      : 'The support does not rest on hearsay alone.',
    remedies: hearMore(gate, 'a person of the audience, who speaks for their own experience'),
  });
}

function uncounted(gate: GateCase): Testimony[] {
  return gate.testimonies.filter(({ supports, faults }) => supports && faults.size > 0);
}

function uncountedNote(gate: GateCase): string {
  const left = uncounted(gate);
  if (left.length === 0) return '';
  const tally = TESTIMONY_FAULTS.flatMap((fault) => {
    const count = left.filter(({ faults }) => faults.has(fault)).length;
    return count === 0 ? [] : [`${count} ${FAULT_NAMES[fault]}`];
  });
  return ` ${countOf(left.length, 'supporting item does', 'supporting items do')} not count: ${tally.join(', ')}.`;
}

function writtenNote({ people }: GateCase): string {
  const spare = people.written.size - people.direct.size;
  if (spare <= 0) return '';
  return ` Written words count for at most half, so ${countOf(spare, 'writer was', 'writers were')} left out.`;
}

function hearMore(gate: GateCase, whom: string): Remedy[] {
  const insightId = gate.citations.insights[0]?.insight.id;
  return [
    recordInterview(`${whom}; participants[].speaksFor, startedAt, endedAt, transcript`),
    addQuote(undefined, 'turn, start, end (or text) of at least 6 words they said'),
    attachEvidence(insightId, 'quoteId, disposition: supports'),
  ];
}
