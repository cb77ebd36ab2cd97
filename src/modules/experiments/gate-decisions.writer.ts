import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { GateReport } from '../../domain/evidence/gate-report.js';
import { canonicalJson } from '../../domain/experiments/canonical-json.js';
import { jsonCopy } from '../../domain/experiments/plan.js';
import { newId } from '../../platform/http/ids.js';
import type { Actor } from '../../platform/security/principal.js';
import { GateDecisionEntity } from './gate-decision.entity.js';

export interface GateAnswer {
  report: GateReport;
  /** Digest of what the gate read, without anybody's words. */
  inputDigest: string;
}

/** Keeps every answer of a gate, refusals too; the row can never be changed. */
@Injectable()
export class GateDecisionsWriter {
  async keep(
    manager: EntityManager,
    actor: Actor,
    subject: { id: string; key: string },
    answer: GateAnswer,
    decidedAt: Date,
  ): Promise<GateDecisionEntity> {
    const { report, inputDigest } = answer;
    const decision = manager.create(GateDecisionEntity, {
      projectId: actor.projectId,
      id: newId(),
      gate: report.gate,
      outcome: report.outcome,
      subjectId: subject.id,
      subjectKey: subject.key,
      policyProfile: report.policy.profile,
      policyVersion: report.policy.version,
      inputDigest,
      report,
      decidedBy: actor.memberId,
      decidedAt,
    });
    // The report's facts are open records, which the ORM's own type of a row cannot follow.
    await manager.insert(GateDecisionEntity, decision as object);
    return decision;
  }
}

/** SHA-256 over the canonical JSON of a value (RFC 8785). */
export function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(canonicalJson(jsonCopy(value)))
    .digest('hex');
}
