import { chainBroken } from './checks/chain.js';
import { consentMissing } from './checks/consent.js';
import { noNegativeSearch } from './checks/contradiction.js';
import { sessionNotBefore, stale } from './checks/interviews.js';
import { hearsayOnly, noLiveFirstHand, tooFewPeople } from './checks/people.js';
import {
  quoteNotFound,
  quoteNotParticipant,
  quoteTooShort,
  syntheticCited,
} from './checks/quotes.js';
import { experienceMissing, mechanismIncomplete, rationaleMissing } from './checks/rationale.js';
import type { Disposition } from './dossier.js';
import type { Finding } from './finding.js';
import { openCase, type CreateGateInput, type GateCase } from './gate-case.js';
import type { GateCounts, GateReport } from './gate-report.js';
import { nextBestOf } from './next-best.js';

/** In the order of their codes, which is the order of every report. */
const CHECKS: readonly ((gate: GateCase) => Finding)[] = [
  chainBroken,
  consentMissing,
  experienceMissing,
  hearsayOnly,
  mechanismIncomplete,
  noLiveFirstHand,
  noNegativeSearch,
  quoteNotFound,
  quoteNotParticipant,
  quoteTooShort,
  rationaleMissing,
  sessionNotBefore,
  stale,
  syntheticCited,
  tooFewPeople,
];

/**
 * Whether an experiment may exist: its reason is what people really said, first-hand, with consent,
 * before, and against the best objection.
 *
 * Every check runs every time, so that one answer names everything that is missing; equal input
 * gives an equal report. The report holds ids and counts, never anybody's words. An A/A test concludes
 * nothing about people and passes with nothing checked.
 */
export function evaluateCreateGate(input: CreateGateInput): GateReport {
  const gate = openCase(input);
  const findings = input.definition.kind === 'aa' ? [] : CHECKS.map((check) => check(gate));
  const itemsOf = (state: Finding['state']) =>
    findings.filter((found) => found.state === state).map(({ item }) => item);
  const open = findings.filter(({ state }) => state === 'unmet');
  const { profile, version } = gate.policy;
  return {
    gate: 'create',
    outcome: open.length === 0 ? 'pass' : 'refused',
    policy: { profile, version },
    unmet: itemsOf('unmet'),
    warnings: itemsOf('warning'),
    met: itemsOf('met'),
    nextBest: nextBestOf(gate, open),
    counts: countsOf(gate),
  };
}

function countsOf(gate: GateCase): GateCounts {
  const { people, testimonies, citations } = gate;
  const hearsay = new Set(
    testimonies
      .filter(({ supports, directness }) => supports && directness === 'hearsay')
      .flatMap(({ participant }) => (participant === null ? [] : [participant.id])),
  );
  const interviews = new Set(
    testimonies.flatMap(({ interview }) => (interview === null ? [] : [interview.id])),
  );
  const entries = citations.insights.flatMap(({ insight }) => insight.entries);
  const having = (wanted: Disposition) =>
    entries.filter(({ disposition }) => disposition === wanted).length;
  return {
    people: people.total,
    accounts: people.accounts.size,
    liveFirstHand: people.direct.size,
    writtenFirstHand: people.written.size,
    hearsay: hearsay.size,
    interviews: interviews.size,
    supports: having('supports'),
    contradicts: having('contradicts'),
    qualifies: having('qualifies'),
  };
}
