import type { FieldError } from '../errors.js';
import type { PolicyProfile } from '../experiments/definition.js';
import {
  CONFIDENCE_LABELS,
  EVIDENCE_POLICIES,
  POLICY_FLOORS,
  type EvidencePolicy,
  type PolicyFloors,
} from './policies.js';

/** What a project may set of a profile; what it leaves out stays as it is built in. */
export type PolicyBody = Partial<PolicyFloors>;

export type PolicyReading =
  { ok: true; policy: EvidencePolicy } | { ok: false; errors: readonly FieldError[] };

/** More people than this were asked by no team before one test; a larger number is a mistake. */
export const POLICY_PEOPLE_MAX = 1000;

const AT_LEAST = ['people', 'live', 'asked', 'accounts'] as const;
const AT_MOST = ['ageDays', 'eventLagDays'] as const;
const SWITCHES = ['fullLedger', 'secondReader', 'overrideBySecond'] as const;

type Problem = (member: keyof PolicyFloors, code: string, detail: string) => void;

/**
 * A profile's rules as a project sets them, or everything that is wrong with them: below a floor that
 * no policy can lower, not a number, or numbers that cannot hold together.
 */
export function policyFrom(
  profile: PolicyProfile,
  version: number,
  body: PolicyBody,
): PolicyReading {
  const policy: EvidencePolicy = { ...EVIDENCE_POLICIES[profile], ...body, profile, version };
  const errors: FieldError[] = [];
  const add: Problem = (member, code, detail) =>
    errors.push({ pointer: `/${member}`, code, detail });
  checkNumbers(policy, add);
  checkSwitches(policy, add);
  checkTraffic(policy, add);
  if (errors.length === 0) checkTogether(policy, add);
  return errors.length === 0 ? { ok: true, policy } : { ok: false, errors };
}

function checkNumbers(policy: EvidencePolicy, add: Problem): void {
  const floors = POLICY_FLOORS[policy.profile];
  for (const member of AT_LEAST) {
    const value = policy[member];
    if (!Number.isInteger(value) || value > POLICY_PEOPLE_MAX) {
      add(member, 'out-of-range', `A whole number up to ${POLICY_PEOPLE_MAX}.`);
    } else if (value < floors[member]) {
      add(member, 'below-floor', `No policy can ask for fewer than ${floors[member]}.`);
    }
  }
  for (const member of AT_MOST) {
    const value = policy[member];
    if (!Number.isInteger(value) || value < 1) {
      add(member, 'out-of-range', 'A whole number of days, 1 or more.');
    } else if (value > floors[member]) {
      add(member, 'below-floor', `No policy can allow more than ${floors[member]} days.`);
    }
  }
}

function checkSwitches(policy: EvidencePolicy, add: Problem): void {
  const floors = POLICY_FLOORS[policy.profile];
  for (const member of SWITCHES) {
    if (typeof policy[member] !== 'boolean') add(member, 'out-of-range', 'true or false.');
    else if (floors[member] && !policy[member]) {
      add(member, 'below-floor', `It cannot be switched off in ${policy.profile}.`);
    }
  }
  if (!CONFIDENCE_LABELS.includes(policy.confidence)) {
    add('confidence', 'out-of-range', `One of ${CONFIDENCE_LABELS.join(', ')}.`);
  } else if (rankOf(policy.confidence) < rankOf(floors.confidence)) {
    add('confidence', 'below-floor', `No policy can ask for less than ${floors.confidence}.`);
  }
}

/** A cap sends what exceeds it to the next profile; the strictest one has no next. */
function checkTraffic({ profile, trafficCap }: EvidencePolicy, add: Problem): void {
  const highest = POLICY_FLOORS[profile].trafficCap;
  if (trafficCap === null) {
    if (highest !== null) add('trafficCap', 'below-floor', `At most ${highest} in ${profile}.`);
    return;
  }
  if (profile === 'rigorous') {
    add('trafficCap', 'out-of-range', 'The strictest profile has no cap: nothing lies above it.');
  } else if (!(trafficCap > 0 && trafficCap <= 1)) {
    add('trafficCap', 'out-of-range', 'A share above 0 and up to 1.');
  } else if (highest !== null && trafficCap > highest) {
    add('trafficCap', 'below-floor', `At most ${highest} in ${profile}.`);
  }
}

/** The people who count are among those asked, and those heard live among them. */
function checkTogether({ people, live, asked, accounts }: EvidencePolicy, add: Problem): void {
  const more = (detail: string) => `${detail}, so that nobody could ever pass.`;
  if (live > people) add('live', 'inconsistent', more('More live than people'));
  if (people > asked) add('asked', 'inconsistent', more('Fewer asked than people'));
  if (accounts > people) add('accounts', 'inconsistent', more('More accounts than people'));
}

/** Whether `policy` asks for less than `other` in any respect, whatever it asks for elsewhere. */
export function isLooser(policy: PolicyFloors, other: PolicyFloors): boolean {
  return (
    AT_LEAST.some((member) => policy[member] < other[member]) ||
    AT_MOST.some((member) => policy[member] > other[member]) ||
    SWITCHES.some((member) => other[member] && !policy[member]) ||
    rankOf(policy.confidence) < rankOf(other.confidence) ||
    (policy.trafficCap ?? 1) > (other.trafficCap ?? 1)
  );
}

function rankOf(label: EvidencePolicy['confidence']): number {
  return CONFIDENCE_LABELS.indexOf(label);
}
