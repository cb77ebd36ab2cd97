import type { NotComputed } from '../../stats/outcome.js';
import { tooFewAccounts } from './checks/accounts.js';
import { noAlternative } from './checks/alternatives.js';
import { tooFewAsked } from './checks/asked.js';
import { chainBroken } from './checks/chain.js';
import { luckyWinCited } from './checks/cited-experiments.js';
import { confidenceBelowPolicy } from './checks/confidence.js';
import { conflictedSource } from './checks/conflicts.js';
import { consentMissing } from './checks/consent.js';
import { noNegativeSearch } from './checks/contradiction.js';
import { copiedRationale } from './checks/copies.js';
import { duplicateUndecided } from './checks/duplicates.js';
import { eventLag } from './checks/event-lag.js';
import { taintedByExposure } from './checks/exposure.js';
import { quoteForeign } from './checks/foreign-quotes.js';
import { hypotheticalOnly } from './checks/hypothetical.js';
import { insightContested, insightRetired } from './checks/insight-states.js';
import { sessionNotBefore, stale } from './checks/interviews.js';
import { iterationUnargued } from './checks/iteration.js';
import { ledgerIncomplete } from './checks/ledger.js';
import { correlationOnlyLink, identityIsNotCause } from './checks/link-bases.js';
import { evidenceOverused } from './checks/overuse.js';
import { hearsayOnly, noLiveFirstHand, tooFewPeople } from './checks/people.js';
import { notAsked } from './checks/question.js';
import {
  quoteNotFound,
  quoteNotParticipant,
  quoteTooShort,
  syntheticCited,
} from './checks/quotes.js';
import { experienceMissing, mechanismIncomplete, rationaleMissing } from './checks/rationale.js';
import { regimeChanged } from './checks/regime.js';
import { nonDiagnostic, noRival } from './checks/rivals.js';
import { initiatorUnheard, roleGap } from './checks/roles.js';
import { selfInterviewOnly } from './checks/self-interview.js';
import { stageMismatch } from './checks/stages.js';
import { storyNotRich } from './checks/story.js';
import { symptomAsCause } from './checks/symptoms.js';
import type { Disposition } from './dossier.js';
import type { Finding } from './finding.js';
import type { CreateGateInput, GateCase } from './gate-case.js';
import type { GateCounts, GateReport } from './gate-report.js';
import { smallNPanel, type SmallNPanel } from './measures/small-n.js';
import { nextBestOf } from './next-best.js';
import { openCase } from './open-gate-case.js';
import { POLICY_FLOORS, type EvidencePolicy } from './policies.js';

/** In the order of their codes, which is the order of every report. */
const CHECKS: readonly ((gate: GateCase) => Finding)[] = [
  chainBroken,
  confidenceBelowPolicy,
  conflictedSource,
  consentMissing,
  copiedRationale,
  correlationOnlyLink,
  duplicateUndecided,
  eventLag,
  evidenceOverused,
  experienceMissing,
  hearsayOnly,
  hypotheticalOnly,
  identityIsNotCause,
  initiatorUnheard,
  insightContested,
  insightRetired,
  iterationUnargued,
  ledgerIncomplete,
  luckyWinCited,
  mechanismIncomplete,
  nonDiagnostic,
  notAsked,
  noAlternative,
  noLiveFirstHand,
  noNegativeSearch,
  noRival,
  quoteForeign,
  quoteNotFound,
  quoteNotParticipant,
  quoteTooShort,
  rationaleMissing,
  regimeChanged,
  roleGap,
  selfInterviewOnly,
  sessionNotBefore,
  stageMismatch,
  stale,
  storyNotRich,
  symptomAsCause,
  syntheticCited,
  taintedByExposure,
  tooFewAccounts,
  tooFewAsked,
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
  const isExempt = input.definition.kind === 'aa';
  const findings = isExempt ? [] : CHECKS.map((check) => check(gate));
  const itemsOf = (state: Finding['state']) =>
    findings.filter((found) => found.state === state).map(({ item }) => item);
  const open = findings.filter(({ state }) => state === 'unmet');
  return {
    gate: 'create',
    outcome: open.length === 0 ? 'pass' : 'refused',
    policy: reportedPolicy(gate.policy),
    unmet: itemsOf('unmet'),
    warnings: itemsOf('warning'),
    met: itemsOf('met'),
    nextBest: nextBestOf(gate, open),
    counts: countsOf(gate),
    ...(isExempt ? {} : { confidence: gate.strength, smallN: smallNOf(gate) }),
  };
}

function reportedPolicy({ profile, version }: EvidencePolicy): GateReport['policy'] {
  return { profile, version, floors: POLICY_FLOORS[profile] };
}

function smallNOf({ ledger, project }: GateCase): SmallNPanel | NotComputed {
  return smallNPanel({
    asked: ledger.asked.size,
    accounts: project.market === 'b2b' ? ledger.accounts.size : null,
    stages: ledger.stages.size,
  });
}

function countsOf(gate: GateCase): GateCounts {
  const { people, testimonies, citations, ledger, interviews } = gate;
  const hearsay = new Set(
    testimonies
      .filter(({ supports, directness }) => supports && directness === 'hearsay')
      .flatMap(({ participant }) => (participant === null ? [] : [participant.id])),
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
    interviews: interviews.length,
    supports: having('supports'),
    contradicts: having('contradicts'),
    qualifies: having('qualifies'),
    asked: ledger.asked.size,
    silent: ledger.silent.size,
    stages: ledger.stages.size,
    roles: ledger.roles.size,
  };
}
