import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EVIDENCE_POLICIES, type EvidencePolicy } from '../../domain/evidence/policies.js';
import type { PolicyProfile } from '../../domain/experiments/definition.js';
import { policiesInForce, type PolicyVersion } from '../../domain/experiments/policy-versions.js';
import { Transactions } from '../../platform/database/transactions.js';

/** What a version holds beside its columns. */
export interface StoredPolicy {
  policy: EvidencePolicy;
  looser: boolean;
  alone: boolean;
}

/** The project's rules of evidence as other features may read them. */
@Injectable()
export class PoliciesReader {
  constructor(private readonly transactions: Transactions) {}

  /** The rules at an instant; a later change is not of its time. */
  async inForce(
    projectId: string,
    at: Date,
    manager: EntityManager = this.transactions.manager,
  ): Promise<Record<PolicyProfile, EvidencePolicy>> {
    return policiesInForce(await this.versions(projectId, manager), at);
  }

  /** The rules of one version, whatever is in force by now; the built-in ones where it is unknown. */
  async atVersion(
    projectId: string,
    { profile, version }: { profile: PolicyProfile; version: number },
    manager: EntityManager,
  ): Promise<EvidencePolicy> {
    const own = await this.versions(projectId, manager);
    const found = own.find(
      ({ policy }) => policy.profile === profile && policy.version === version,
    );
    return found?.policy ?? EVIDENCE_POLICIES[profile];
  }

  /** Every version the project has made of its own, oldest first. */
  async versions(
    projectId: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<PolicyVersion[]> {
    const rows = (await manager.query(
      `SELECT evidence_policy.body, evidence_policy.reason,
         evidence_policy.proposed_by AS "proposedBy", evidence_policy.proposed_at AS "proposedAt",
         evidence_policy.approved_by AS "approvedBy", evidence_policy.approved_at AS "approvedAt"
       FROM evidence_policy WHERE evidence_policy.project_id = $1
       ORDER BY evidence_policy.profile, evidence_policy.version`,
      [projectId],
    )) as (Omit<PolicyVersion, keyof StoredPolicy> & { body: StoredPolicy })[];
    // A rule that came later has its built-in value in the versions from before it.
    return rows.map(({ body: { policy, ...body }, ...row }) => ({
      ...row,
      ...body,
      policy: { ...EVIDENCE_POLICIES[policy.profile], ...policy },
    }));
  }
}
