import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { evaluateCreateGate } from '../../domain/evidence/create-gate.js';
import type { Dossier } from '../../domain/evidence/dossier.js';
import { BECAUSE_PARTS, type ExperimentDefinition } from '../../domain/experiments/definition.js';
import { evaluateLaunchGate } from '../../domain/experiments/launch-gate.js';
import { EvidenceReader } from '../evidence/evidence.reader.js';
import { MetricsReader } from '../metrics/metrics.reader.js';
import { digestOf, type GateAnswer } from './gate-decisions.writer.js';

/** Loads what a gate reads and asks the pure rule; nothing is kept here. */
@Injectable()
export class GatesService {
  constructor(
    private readonly evidence: EvidenceReader,
    private readonly metrics: MetricsReader,
  ) {}

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
