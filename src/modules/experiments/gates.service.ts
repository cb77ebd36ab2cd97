import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Invalid } from '../../domain/errors.js';
import { evaluateCreateGate } from '../../domain/evidence/create-gate.js';
import type { Dossier } from '../../domain/evidence/dossier.js';
import type { GateReport } from '../../domain/evidence/gate-report.js';
import { canonicalJson } from '../../domain/experiments/canonical-json.js';
import { BECAUSE_PARTS, type ExperimentDefinition } from '../../domain/experiments/definition.js';
import { evaluateLaunchGate } from '../../domain/experiments/launch-gate.js';
import { jsonCopy } from '../../domain/experiments/plan.js';
import { newId } from '../../platform/http/ids.js';
import type { Actor } from '../../platform/security/principal.js';
import { EvidenceReader } from '../evidence/evidence.reader.js';
import { MetricsReader } from '../metrics/metrics.reader.js';
import { GateDecisionEntity } from './gate-decision.entity.js';

export interface GateAnswer {
  report: GateReport;
  inputDigest: string;
}

/** Loads what a gate reads, asks the pure rule, and keeps every answer. */
@Injectable()
export class GatesService {
  constructor(
    private readonly evidence: EvidenceReader,
    private readonly metrics: MetricsReader,
  ) {}

  /** Asks a gate without keeping anything: the dry run. */
  async ask(
    manager: EntityManager,
    projectId: string,
    gate: 'create' | 'launch',
    definition: ExperimentDefinition,
    now: Date,
  ): Promise<GateAnswer> {
    const dossier = await this.evidence.dossier(manager, projectId, citedIn(definition));
    const metrics = await this.metrics.all(projectId, manager);
    const created = evaluateCreateGate({ definition, dossier, metrics, now });
    const report = gate === 'create' ? created : evaluateLaunchGate(definition, created);
    return { report, inputDigest: digestOf({ gate, definition, dossier: withoutWords(dossier) }) };
  }

  /** Keeps an answer, refusals too; the row can never be changed. */
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
    await manager.insert(GateDecisionEntity, decision);
    return decision;
  }
}

/** The 422 a refusal is answered with; the report is its body. */
export function refusalOf(report: GateReport): Invalid {
  const missing = report.unmet.map(({ code }) => code).join(', ');
  return new Invalid('gate-refused', `The ${report.gate} gate refused: ${missing}.`, [], {
    ...report,
  });
}

export function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(canonicalJson(jsonCopy(value)))
    .digest('hex');
}

function citedIn({ rationale }: ExperimentDefinition): {
  insightIds: readonly string[];
  quoteIds: readonly string[];
} {
  const clauses = BECAUSE_PARTS.flatMap((part) => rationale?.because?.[part]?.quoteIds ?? []);
  const supports = (rationale?.chain ?? []).flatMap(({ support }) => support ?? []);
  return { insightIds: rationale?.insightIds ?? [], quoteIds: [...clauses, ...supports] };
}

/** A digest of short quotes could be guessed: the words stay out of it, their places stay in. */
function withoutWords(dossier: Dossier): unknown {
  return {
    ...dossier,
    quotes: dossier.quotes.map(({ exact: _exact, turnText: _turnText, ...place }) => place),
  };
}
