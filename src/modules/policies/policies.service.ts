import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, Invalid, NotFound } from '../../domain/errors.js';
import { isLooser, type PolicyBody, policyFrom } from '../../domain/evidence/custom-policy.js';
import { type EvidencePolicy, POLICY_FLOORS } from '../../domain/evidence/policies.js';
import { POLICY_PROFILES, type PolicyProfile } from '../../domain/experiments/definition.js';
import {
  approvalOf,
  newestVersion,
  policiesInForce,
  type PolicyVersion,
  stateOfVersion,
} from '../../domain/experiments/policy-versions.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import type { Actor } from '../../platform/security/principal.js';
import { ProjectsReader } from '../projects/projects.reader.js';
import { PolicyDto, PolicyVersionDto } from './dto/policy.dto.js';
import { PoliciesReader, type StoredPolicy } from './policies.reader.js';

/** The project's own rules of evidence: stricter at once, looser only by two. */
@Injectable()
export class PoliciesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly projects: ProjectsReader,
    private readonly reader: PoliciesReader,
  ) {}

  /** Each profile with what is in force, how low it may go, and what was before. */
  async list(projectId: string): Promise<PolicyDto[]> {
    const { manager } = this.transactions;
    const now = await this.clock.now(manager);
    const versions = await this.reader.versions(projectId, manager);
    const policies = policiesInForce(versions, now);
    return POLICY_PROFILES.map((profile) => ({
      profile,
      inForce: policies[profile],
      floors: POLICY_FLOORS[profile],
      history: versions
        .filter(({ policy }) => policy.profile === profile)
        .map((version) => PolicyVersionDto.from(version, stateOfVersion(version, versions, now))),
    }));
  }

  /**
   * Sets the rules of a profile: a new version, for what is asked from now on.
   * @throws Invalid `validation-failed` below a floor or inconsistent
   */
  async propose(
    actor: Actor,
    profile: PolicyProfile,
    body: PolicyBody,
    reason: string,
  ): Promise<PolicyVersionDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId, memberId } = actor;
      const versions = await this.lockedVersions(manager, projectId);
      const now = await this.clock.now(manager);
      const reading = policyFrom(profile, newestVersion(versions, profile) + 1, body);
      if (!reading.ok) {
        throw new Invalid('validation-failed', 'The policy is not valid.', reading.errors);
      }
      const { policy } = reading;
      const looser = isLooser(policy, policiesInForce(versions, now)[profile]);
      const { memberIds } = await this.projects.facts(projectId, manager);
      const approval = approvalOf({ looser, memberIds });
      const isApproved = approval !== 'second-member';
      const version: PolicyVersion = {
        policy,
        reason,
        proposedBy: memberId,
        proposedAt: now,
        approvedBy: isApproved ? memberId : null,
        approvedAt: isApproved ? now : null,
        looser,
        alone: approval === 'alone',
      };
      await this.insert(manager, projectId, version);
      await this.record(manager, actor, 'policy.propose', policy, reason);
      return PolicyVersionDto.from(version, stateOfVersion(version, [...versions, version], now));
    });
  }

  /**
   * A second member agrees to a looser rule, which is in force from then on.
   * @throws NotFound, Conflict `same-member`, `already-approved`, `superseded`
   */
  async approve(actor: Actor, profile: PolicyProfile, number: number): Promise<PolicyVersionDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId, memberId } = actor;
      const versions = await this.lockedVersions(manager, projectId);
      const now = await this.clock.now(manager);
      const version = versions.find(
        ({ policy }) => policy.profile === profile && policy.version === number,
      );
      if (version === undefined) {
        throw new NotFound('not-found', 'There is no such version of this policy.');
      }
      requireWaiting(version, versions, now, memberId);
      const approved = { ...version, approvedBy: memberId, approvedAt: now };
      await manager.query(
        `UPDATE evidence_policy SET approved_by = $4, approved_at = $5
         WHERE evidence_policy.project_id = $1 AND evidence_policy.profile = $2
           AND evidence_policy.version = $3`,
        [projectId, profile, number, memberId, now],
      );
      await this.record(manager, actor, 'policy.approve', version.policy, version.reason);
      const all = versions.map((one) => (one === version ? approved : one));
      return PolicyVersionDto.from(approved, stateOfVersion(approved, all, now));
    });
  }

  /** One change of the rules at a time: a version is judged against those before it. */
  private async lockedVersions(
    manager: EntityManager,
    projectId: string,
  ): Promise<PolicyVersion[]> {
    await manager.query('SELECT project.id FROM project WHERE project.id = $1 FOR UPDATE', [
      projectId,
    ]);
    return await this.reader.versions(projectId, manager);
  }

  private async insert(
    manager: EntityManager,
    projectId: string,
    version: PolicyVersion,
  ): Promise<void> {
    const { policy, looser, alone } = version;
    await manager.query(
      `INSERT INTO evidence_policy (project_id, profile, version, body, reason, proposed_by,
         proposed_at, approved_by, approved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        projectId,
        policy.profile,
        policy.version,
        JSON.stringify({ policy, looser, alone } satisfies StoredPolicy),
        version.reason,
        version.proposedBy,
        version.proposedAt,
        version.approvedBy,
        version.approvedAt,
      ],
    );
  }

  private async record(
    manager: EntityManager,
    actor: Actor,
    action: string,
    policy: EvidencePolicy,
    reason: string,
  ): Promise<void> {
    await this.audit.record(manager, actor, {
      action,
      objectType: 'policy',
      objectId: `${policy.profile}/${policy.version}`,
      reason,
      after: policy,
    });
  }
}

function requireWaiting(
  version: PolicyVersion,
  versions: readonly PolicyVersion[],
  now: Date,
  memberId: string,
): void {
  const state = stateOfVersion(version, versions, now);
  if (state === 'superseded') {
    throw new Conflict('superseded', 'A newer version was proposed since: approve that one.');
  }
  if (state !== 'waiting') {
    throw new Conflict('already-approved', 'This version needs no approval any more.');
  }
  if (version.proposedBy === memberId) {
    throw new Conflict('same-member', 'Whoever proposed a looser rule cannot approve it as well.');
  }
}
