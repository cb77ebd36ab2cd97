import type { Learning } from '../verdict/learning/learning.js';
import type { Reread, RereadState } from '../rereads/reread.js';
import { dayInWords } from '../text/money-in-words.js';
import type { BriefAmendment, BriefDecision, BriefFollowUp, BriefReread } from './brief.js';
import type { AmendedMember, AmendmentRecord, DecisionRecord } from './brief-input.js';
import { decidedSentence } from './sentences.js';

/** What people decided, what they said they had learned, and what time did to it. */

export function decisionOf(record: DecisionRecord): BriefDecision {
  const { action, variant, by, at, holdBack, rereadAt, learning } = record;
  const { overrideReason, overrideRequestedBy } = record;
  return {
    action,
    ...(variant === null ? {} : { variant }),
    by,
    at,
    sentence: decidedSentence(record),
    ...(holdBack === null ? {} : { holdBack }),
    ...(rereadAt === null ? {} : { rereadAt }),
    ...(overrideReason === null ? {} : { overrideReason }),
    ...(overrideRequestedBy === null ? {} : { overrideRequestedBy }),
    learned: learning === null ? [] : saidSentences(learning),
  };
}

/** Whoever decided, and who asked for it first where it took two. */
export function decidersOf({
  by,
  overrideRequestedBy: first,
}: {
  by: string;
  overrideRequestedBy?: string | null;
}): string {
  return first === undefined || first === null ? by : `${by}, asked for by ${first}`;
}

/** `Shipped provisionally: profit unknown; 10% keep the control; read again on 3 May 2026`. */
export function provisionalLabel({ holdBack, rereadAt }: DecisionRecord): string {
  const held = holdBack === null ? '' : `; ${share(holdBack)} keep the control`;
  const again = rereadAt === null ? '' : `; read again on ${dayInWords(rereadAt)}`;
  return `Shipped provisionally: profit unknown${held}${again}`;
}

const WHY = {
  explained: 'Why it came out so',
  partly: 'Why it came out so, in part',
  unexplained: 'Nobody can explain it',
} as const;

const LINKS = { held: 'held', broken: 'broke', not_measured: 'was not measured' } as const;

const OBSERVED = {
  none: 'noticed nothing',
  better: 'found things better',
  worse: 'found things worse',
  not_measured: 'could not tell',
} as const;

/** What a decision kept of what was learned, in the order in which it was asked. */
function saidSentences({ why, links, surprises, sideEffects, wrongIf }: Learning): string[] {
  const sentences: string[] = [];
  if (why !== undefined) {
    sentences.push(`${WHY[why.state]}: ${why.text}${citedIn(why.quotes)}`);
  }
  if (wrongIf !== undefined) {
    const met = wrongIf.met ? 'has happened' : 'has not happened';
    sentences.push(`What was to show the reason wrong ${met}: ${wrongIf.note}`);
  }
  for (const { from, to, verdict, by, note, saidInstead } of links) {
    const judged = verdict === undefined ? 'was judged by nobody' : LINKS[verdict];
    const who = by === undefined ? '' : `, by ${by === 'numbers' ? 'the numbers' : 'people'}`;
    const instead = saidInstead === undefined ? '' : `; people say it ${LINKS[saidInstead]}`;
    sentences.push(`The step from ${from} to ${to} ${judged}${who}${instead}${noted(note)}`);
  }
  for (const { sentence, code, note, followUp, closedUnexplained } of surprises) {
    const what = sentence ?? `${code.toLowerCase().replaceAll('_', ' ')}.`;
    const open =
      followUp === undefined
        ? ''
        : ` To be asked by ${dayInWords(followUp.dueAt)}: ${followUp.question}`;
    const closed =
      closedUnexplained === undefined ? '' : ` Closed unexplained: ${closedUnexplained}`;
    sentences.push(`Surprise: ${what}${note === undefined ? '' : ` ${note}`}${open}${closed}`);
  }
  for (const { department, observed, note, expectedEffect } of sideEffects) {
    const expected =
      expectedEffect === undefined ? ', undeclared' : `; declared: ${expectedEffect}`;
    sentences.push(`${department} ${OBSERVED[observed]} (${note}${expected})`);
  }
  return sentences;
}

function citedIn(quotes: readonly { postHoc: boolean }[]): string {
  if (quotes.length === 0) return '';
  const after = quotes.filter(({ postHoc }) => postHoc).length;
  const heard = after === 0 ? '' : `, ${after} of them heard after the launch`;
  return ` (${quotes.length} ${quotes.length === 1 ? 'quote' : 'quotes'} cited${heard})`;
}

function noted(note: string | undefined): string {
  return note === undefined ? '.' : `: ${note}`;
}

/** Questions that decisions promised to ask, by date. */
export function followUpsOf(records: readonly DecisionRecord[]): BriefFollowUp[] {
  return records
    .flatMap(({ learning }) => learning?.surprises ?? [])
    .flatMap(({ followUp }) => (followUp === undefined ? [] : [followUp]))
    .map(({ question, dueAt }) => ({
      question,
      dueAt,
      sentence: `To be asked by ${dayInWords(dueAt)}: ${question}`,
    }))
    .toSorted((one, other) => (one.dueAt < other.dueAt ? -1 : one.dueAt > other.dueAt ? 1 : 0));
}

const REREAD: Readonly<Record<RereadState, (day: string) => string>> = {
  due: (day) => `is due on ${day}`,
  done: (day) => `was done on ${day}`,
  failed: (day) => `was due on ${day} and failed`,
  cancelled: (day) => `that was due on ${day} was cancelled by another decision`,
};

export function rereadOf(reread: Reread): BriefReread {
  const { kind, days, dueAt, status, currency, doneAt, proposal } = reread;
  const { controlFate, stillCausal } = reread;
  const which = kind === 'provisional' ? 'of the provisional ship' : `at day ${days ?? '?'}`;
  const when = REREAD[status](dayInWords(doneAt ?? dueAt));
  const proposed =
    proposal === undefined ? '' : ' It proposes to roll back: profit disagrees with the decision.';
  const fate = reread.sentence === undefined ? '' : ` ${reread.sentence}`;
  return {
    kind,
    ...(days === undefined ? {} : { days }),
    dueAt,
    status,
    currency,
    ...(doneAt === undefined ? {} : { doneAt }),
    ...(controlFate === undefined ? {} : { controlFate }),
    ...(stillCausal === undefined ? {} : { stillCausal }),
    ...(proposal === undefined ? {} : { proposal }),
    sentence: `The re-read ${which} ${when}.${fate}${proposed}`,
    findings: reread.findings.map((finding) => ({ ...finding })),
  };
}

export function amendmentOf(record: AmendmentRecord): BriefAmendment {
  const { planVersion, at, by, reason, change } = record;
  const what = change === null ? 'changed' : changed(change);
  return {
    planVersion,
    at,
    by,
    reason,
    sentence: `Plan version ${planVersion}, ${dayInWords(at)}, by ${by}: ${what}, because ${reason}`,
  };
}

function changed(change: AmendedMember): string {
  switch (change.kind) {
    case 'traffic':
      return `traffic is ${share(change.traffic)} of the eligible units`;
    case 'endEnrolmentAt':
      return `enrolment ends on ${dayInWords(change.at)}`;
    case 'addGuardrail':
      return `guardrail ${change.metric} was added`;
    case 'addSecondaryMetric':
      return `metric ${change.metric} was added for exploring`;
    case 'killVariant':
      return `variant ${change.variant} was killed and gets the control`;
  }
}

function share(value: number): string {
  return `${Number((value * 100).toFixed(2))}%`;
}
