import type { NotComputed } from '../../../stats/outcome.js';
import { INTEGRITY_CODES, type IntegrityFacts, type IntegrityFinding } from './integrity-facts.js';
import { inspectInterviews } from './interview-integrity.js';
import type { PeopleAtMinimum } from './people-at-minimum.js';
import { inspectRationales, type NewPeople } from './rationale-integrity.js';

const DAY_MS = 86_400_000;

/** A gate passed so soon after the policy was loosened may have been its reason. */
export const LOOSENED_DAYS = 7;

export interface IntegrityReport {
  /** By code in the order of `INTEGRITY_CODES`, then by their subjects. */
  findings: readonly IntegrityFinding[];
  newPeople: NewPeople;
  peopleAtMinimum: PeopleAtMinimum | NotComputed;
}

/**
 * Patterns that go with evidence made to pass a gate. Each has innocent explanations, so a finding is
 * something to look at, blocks nothing, and names ids only. There is no count per member: a ranking of
 * people would be read as guilt.
 */
export function inspectIntegrity(facts: IntegrityFacts): IntegrityReport {
  const { findings, newPeople, peopleAtMinimum } = inspectRationales(facts.rationales);
  const all = [
    ...inspectInterviews(facts.interviews),
    ...findings,
    ...undecidedDuplicates(facts),
    ...acknowledgedAlone(facts),
    ...loosenedThenUsed(facts),
  ];
  return { findings: all.sort(inReportOrder), newPeople, peopleAtMinimum };
}

function undecidedDuplicates({ duplicatePairs }: IntegrityFacts): IntegrityFinding[] {
  return duplicatePairs
    .filter(({ decided }) => !decided)
    .map(({ one, other }) => ({
      code: 'DUPLICATES_UNDECIDED',
      severity: 'look',
      subjects: [one, other].sort(),
      sentence: 'These two may be one person, and nobody has decided it.',
    }));
}

function acknowledgedAlone({ launches }: IntegrityFacts): IntegrityFinding[] {
  return launches
    .filter((launch) => launch.acknowledgedAlone)
    .map(({ experimentId }) => ({
      code: 'ACKNOWLEDGED_ALONE',
      severity: 'note',
      subjects: [experimentId],
      sentence: 'Only its author acknowledged what it does to other departments.',
    }));
}

function loosenedThenUsed({ policyChanges, gatePasses }: IntegrityFacts): IntegrityFinding[] {
  return policyChanges
    .filter(({ loosened }) => loosened)
    .flatMap(({ changeId, changedBy, at }) => {
      const used = gatePasses.filter((pass) => {
        const afterMs = pass.at.getTime() - at.getTime();
        return afterMs >= 0 && afterMs <= LOOSENED_DAYS * DAY_MS;
      });
      if (used.length === 0) return [];
      const bySameMember = used.some(({ passedBy }) => passedBy === changedBy);
      const finding: IntegrityFinding = {
        code: 'POLICY_LOOSENED_THEN_USED',
        severity: bySameMember ? 'look' : 'note',
        subjects: [changeId, ...used.map(({ decisionId }) => decisionId)],
        sentence: bySameMember
          ? `Whoever loosened the policy passed a gate under it within ${LOOSENED_DAYS} days.`
          : `A gate was passed within ${LOOSENED_DAYS} days of the policy being loosened.`,
      };
      return [finding];
    });
}

function inReportOrder(one: IntegrityFinding, other: IntegrityFinding): number {
  const byCode = INTEGRITY_CODES.indexOf(one.code) - INTEGRITY_CODES.indexOf(other.code);
  if (byCode !== 0) return byCode;
  const [first, second] = [one.subjects.join(' '), other.subjects.join(' ')];
  return first < second ? -1 : first > second ? 1 : 0;
}
