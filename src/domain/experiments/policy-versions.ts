import { EVIDENCE_POLICIES, type EvidencePolicy } from '../evidence/policies.js';
import { POLICY_PROFILES, type PolicyProfile } from './definition.js';

/** A project's own rules over time: what is in force, what waits for a second member. */

/** Built-in rules are version 1 of every profile. */
const FIRST_VERSION = 1;

export interface PolicyVersion {
  policy: EvidencePolicy;
  reason: string;
  proposedBy: string;
  proposedAt: Date;
  /** Null while a looser rule waits for a second member. */
  approvedBy: string | null;
  approvedAt: Date | null;
  /** Asks for less than what was in force when it was proposed. */
  looser: boolean;
  /** Looser, and nobody else was there to agree. */
  alone: boolean;
}

export const POLICY_VERSION_STATES = ['in_force', 'waiting', 'past', 'superseded'] as const;
export type PolicyVersionState = (typeof POLICY_VERSION_STATES)[number];

/** The rules at an instant: for each profile the newest approved version, else the built-in one. */
export function policiesInForce(
  versions: readonly PolicyVersion[],
  at: Date,
): Record<PolicyProfile, EvidencePolicy> {
  const policies = { ...EVIDENCE_POLICIES };
  for (const profile of POLICY_PROFILES) {
    policies[profile] = newestApproved(versions, profile, at)?.policy ?? EVIDENCE_POLICIES[profile];
  }
  return policies;
}

function newestApproved(
  versions: readonly PolicyVersion[],
  profile: PolicyProfile,
  at: Date,
): PolicyVersion | undefined {
  return versions
    .filter(({ policy, approvedAt }) => policy.profile === profile && isPast(approvedAt, at))
    .toSorted((one, other) => other.policy.version - one.policy.version)[0];
}

function isPast(instant: Date | null, at: Date): boolean {
  return instant !== null && instant.getTime() <= at.getTime();
}

/** Where a version stands; a proposal that was followed by another can no longer be approved. */
export function stateOfVersion(
  version: PolicyVersion,
  versions: readonly PolicyVersion[],
  now: Date,
): PolicyVersionState {
  const { profile, version: number } = version.policy;
  const newest = newestVersion(versions, profile);
  if (!isPast(version.approvedAt, now)) return number === newest ? 'waiting' : 'superseded';
  return newestApproved(versions, profile, now) === version ? 'in_force' : 'past';
}

/** The number of the newest version of a profile, approved or not. */
export function newestVersion(versions: readonly PolicyVersion[], profile: PolicyProfile): number {
  const own = versions.filter(({ policy }) => policy.profile === profile);
  return Math.max(FIRST_VERSION, ...own.map(({ policy }) => policy.version));
}

/** Whether a rule applies at once, and who stands for it. */
export function approvalOf(proposal: {
  looser: boolean;
  /** Everybody who acts in the project. */
  memberIds: readonly string[];
}): 'at-once' | 'alone' | 'second-member' {
  if (!proposal.looser) return 'at-once';
  return proposal.memberIds.length <= 1 ? 'alone' : 'second-member';
}
