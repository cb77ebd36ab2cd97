import type { CreateGateCode } from './create-gate-codes.js';
import { countPeople, type CountedPeople } from './counted-people.js';
import type { Finding } from './finding.js';
import type { GateCase } from './gate-case.js';
import type { NextBest } from './gate-report.js';
import { openLedgerCells } from './open-ledger-cells.js';
import { liveRequired } from './policies.js';
import { storiesAmong, storiesNeeded } from './stories-told.js';
import { TESTIMONY_FAULTS, type TestimonyFault } from './testimony.js';

/** What falls with a repair by its nature, whatever the evidence is. */
const CLEARS: Partial<Record<CreateGateCode, readonly CreateGateCode[]>> = {
  // One insight written down with its people brings the rest of the rationale with it.
  RATIONALE_MISSING: ['MECHANISM_INCOMPLETE', 'EXPERIENCE_MISSING', 'CHAIN_BROKEN'],
  // A signal cited as a quote is also a quote that nobody has, and no quote for its part.
  SYMPTOM_AS_CAUSE: ['QUOTE_NOT_FOUND', 'MECHANISM_INCOMPLETE'],
};

/** Repaired by hearing people of the audience live, which repairs more than the one thing. */
const REPAIRED_BY_HEARING: readonly CreateGateCode[] = [
  'NO_LIVE_FIRST_HAND',
  'STORY_NOT_RICH',
  'STAGE_MISMATCH',
  'CONFLICTED_SOURCE',
  'HEARSAY_ONLY',
  'TOO_FEW_PEOPLE',
  'TOO_FEW_ACCOUNTS',
];

/** Between repairs that clear equally many: what is cheap and unlocks evidence that exists, first. */
export const REPAIR_ORDER: readonly CreateGateCode[] = [
  'RATIONALE_MISSING',
  'INSIGHT_RETIRED',
  'CONSENT_MISSING',
  'SYMPTOM_AS_CAUSE',
  'QUOTE_NOT_FOUND',
  'QUOTE_NOT_PARTICIPANT',
  'QUOTE_FOREIGN',
  'QUOTE_TOO_SHORT',
  'SESSION_NOT_BEFORE',
  'SYNTHETIC_CITED',
  'TAINTED_BY_EXPOSURE',
  'LEDGER_INCOMPLETE',
  ...REPAIRED_BY_HEARING,
  'TOO_FEW_ASKED',
  'HYPOTHETICAL_ONLY',
  'EVENT_LAG',
  'STALE',
  'NO_NEGATIVE_SEARCH',
  'NO_RIVAL',
  'NO_ALTERNATIVE',
  'MECHANISM_INCOMPLETE',
  'ITERATION_UNARGUED',
  'COPIED_RATIONALE',
  'CHAIN_BROKEN',
  'LUCKY_WIN_CITED',
  'CORRELATION_ONLY_LINK',
  'IDENTITY_IS_NOT_CAUSE',
  'EXPERIENCE_MISSING',
];

/** The unmet item whose repair clears most of the others, with those it should clear. */
export function nextBestOf(gate: GateCase, unmet: readonly Finding[]): NextBest | null {
  const open = new Set(unmet.map(({ code }) => code));
  // While nothing is cited, whatever else is repaired hangs in the air.
  const isFirst = ({ code }: Finding) =>
    code === 'RATIONALE_MISSING' && gate.citations.insights.length === 0;
  const [best] = unmet
    .map((found) => ({
      found,
      clears: clearedBy(gate, found, unmet).filter((code) => open.has(code)),
      order: REPAIR_ORDER.indexOf(found.code),
    }))
    .toSorted(
      (one, other) =>
        Number(isFirst(other.found)) - Number(isFirst(one.found)) ||
        other.clears.length - one.clears.length ||
        one.order - other.order,
    );
  if (best === undefined) return null;
  const { item } = best.found;
  const clears = best.clears.toSorted();
  const also = clears.length === 0 ? '' : ` It should also clear ${clears.join(', ')}.`;
  return { code: item.code, why: `${item.why}${also}`, remedy: item.remedies[0] ?? null, clears };
}

function clearedBy(gate: GateCase, found: Finding, unmet: readonly Finding[]): CreateGateCode[] {
  const { code } = found;
  const cleared = new Set(CLEARS[code] ?? []);
  const fault = TESTIMONY_FAULTS.find((candidate): candidate is TestimonyFault & CreateGateCode => {
    return candidate === code;
  });
  const more: readonly CreateGateCode[] = REPAIRED_BY_HEARING.includes(code)
    ? clearedByHearing(gate, missingPeople(gate, found), unmet)
    : fault !== undefined && fault !== 'SYNTHETIC_CITED'
      ? clearedByCounting(gate, countPeople(gate.testimonies, gate.personOf, fault))
      : code === 'LEDGER_INCOMPLETE'
        ? clearedByReading(gate)
        : [];
  for (const one of more) cleared.add(one);
  cleared.delete(code);
  return [...cleared];
}

/** How many more people must be heard live until the item is met. */
function missingPeople({ people, policy }: GateCase, { code, item }: Finding): number {
  if (code === 'TOO_FEW_PEOPLE') {
    let more = 1;
    while (peopleAfter(people, more) < policy.people) more += 1;
    return more;
  }
  const isCount = code !== 'STORY_NOT_RICH' && code !== 'CONFLICTED_SOURCE';
  if (!isCount || typeof item.expected !== 'number' || typeof item.actual !== 'number') return 1;
  return item.expected - item.actual;
}

/** One more person heard live also lets one more writer count. */
function peopleAfter({ direct, written }: CountedPeople, more: number): number {
  return direct.size + more + Math.min(written.size, direct.size + more);
}

/** Everybody heard is taken to tell a story of their own account and of the right stage. */
function clearedByHearing(
  gate: GateCase,
  more: number,
  unmet: readonly Finding[],
): CreateGateCode[] {
  return unmet
    .filter((other) => {
      if (other.code === 'TOO_FEW_PEOPLE') {
        return peopleAfter(gate.people, more) >= gate.policy.people;
      }
      const isPeople =
        REPAIRED_BY_HEARING.includes(other.code) ||
        other.code === 'TOO_FEW_ASKED' ||
        other.code === 'HYPOTHETICAL_ONLY';
      return isPeople && missingPeople(gate, other) <= more;
    })
    .map(({ code }) => code);
}

/** What is met once these people count. */
function clearedByCounting({ policy, dossier }: GateCase, people: CountedPeople): CreateGateCode[] {
  const stories = storiesAmong(people.testimonies, dossier);
  const cleared: [CreateGateCode, boolean][] = [
    ['TOO_FEW_PEOPLE', people.total >= policy.people],
    ['NO_LIVE_FIRST_HAND', people.direct.size >= liveRequired(policy)],
    ['TOO_FEW_ACCOUNTS', people.accounts.size >= policy.accounts],
    ['HYPOTHETICAL_ONLY', stories.length >= storiesNeeded(policy)],
  ];
  return cleared.filter(([, isMet]) => isMet).map(([code]) => code);
}

/** Reading what is open also shows who else was asked. */
function clearedByReading(gate: GateCase): CreateGateCode[] {
  const unread = new Set(openLedgerCells(gate).open.map(({ interviewId }) => interviewId));
  const people = new Set(
    gate.dossier.studies
      .flatMap(({ sessions }) => sessions)
      .filter(({ interviewId }) => unread.has(interviewId))
      .flatMap(({ participantIds }) => participantIds.map(gate.personOf)),
  );
  for (const person of gate.ledger.asked) people.add(person);
  return people.size >= gate.policy.asked ? ['TOO_FEW_ASKED'] : [];
}
