import type { CreateGateCode } from './create-gate-codes.js';
import { countPeople } from './counted-people.js';
import type { Finding } from './finding.js';
import type { GateCase } from './gate-case.js';
import type { GateReport } from './gate-report.js';
import { liveRequired } from './policies.js';
import { TESTIMONY_FAULTS, type TestimonyFault } from './testimony.js';

/** What falls with a repair by its nature, whatever the evidence is. */
const CLEARS: Partial<Record<CreateGateCode, readonly CreateGateCode[]>> = {
  // One insight written down with its people brings the rest of the rationale with it.
  RATIONALE_MISSING: ['MECHANISM_INCOMPLETE', 'EXPERIENCE_MISSING', 'CHAIN_BROKEN'],
  NO_LIVE_FIRST_HAND: ['TOO_FEW_PEOPLE', 'HEARSAY_ONLY'],
  TOO_FEW_PEOPLE: ['HEARSAY_ONLY'],
};

/** Between repairs that clear equally many: what is cheap and unlocks evidence that exists, first. */
const ORDER: readonly CreateGateCode[] = [
  'RATIONALE_MISSING',
  'CONSENT_MISSING',
  'QUOTE_NOT_FOUND',
  'QUOTE_NOT_PARTICIPANT',
  'QUOTE_TOO_SHORT',
  'SESSION_NOT_BEFORE',
  'SYNTHETIC_CITED',
  'NO_LIVE_FIRST_HAND',
  'HEARSAY_ONLY',
  'TOO_FEW_PEOPLE',
  'STALE',
  'NO_NEGATIVE_SEARCH',
  'MECHANISM_INCOMPLETE',
  'CHAIN_BROKEN',
  'EXPERIENCE_MISSING',
];

/** The unmet item whose repair clears most of the others, with those it clears. */
export function nextBestOf(gate: GateCase, unmet: readonly Finding[]): GateReport['nextBest'] {
  const open = new Set(unmet.map(({ code }) => code));
  const rank = (found: Finding) => ({
    found,
    clears: clearedBy(gate, found.code).filter((code) => open.has(code)),
    order: ORDER.indexOf(found.code),
  });
  const [best] = unmet
    .map(rank)
    .toSorted((one, other) => other.clears.length - one.clears.length || one.order - other.order);
  if (best === undefined) return null;
  const { item } = best.found;
  const also = best.clears.length === 0 ? '' : ` It should also clear ${best.clears.join(', ')}.`;
  return { code: item.code, why: `${item.why}${also}`, remedy: item.remedies[0] ?? null };
}

function clearedBy(gate: GateCase, code: CreateGateCode): CreateGateCode[] {
  const cleared = new Set(CLEARS[code] ?? []);
  const fault = TESTIMONY_FAULTS.find((candidate): candidate is TestimonyFault & CreateGateCode => {
    return candidate === code;
  });
  if (fault !== undefined && fault !== 'SYNTHETIC_CITED') {
    const people = countPeople(gate.testimonies, fault);
    if (people.total >= gate.policy.people) cleared.add('TOO_FEW_PEOPLE');
    if (people.direct.size >= liveRequired(gate.policy)) cleared.add('NO_LIVE_FIRST_HAND');
  }
  return [...cleared];
}
