import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { evaluateCreateGate } from '../../domain/evidence/create-gate.js';
import type { Dossier } from '../../domain/evidence/dossier.js';
import type { CreateGateInput } from '../../domain/evidence/gate-case.js';
import type { GateReport } from '../../domain/evidence/gate-report.js';
import type { ExperimentDefinition, PolicyProfile } from '../../domain/experiments/definition.js';
import { evaluateLaunchGate } from '../../domain/experiments/launch-gate.js';
import type { CouldShow } from '../../domain/planning/could-show.js';
import { quoteIdsOf } from '../../domain/experiments/rationale-references.js';
import { EvidenceReader } from '../evidence/evidence.reader.js';
import { MetricsReader } from '../metrics/metrics.reader.js';
import { PoliciesReader } from '../policies/policies.reader.js';
import { ProjectsReader } from '../projects/projects.reader.js';
import { digestOf, type GateAnswer } from './gate-decisions.writer.js';
import { GateFactsQueries } from './gate-facts.queries.js';

/** About what a gate is asked, by whom and when. */
export interface GateQuestion {
  projectId: string;
  definition: ExperimentDefinition;
  /** The member whose experiment it is. */
  author: string;
  /** The stored experiment; null for a body that is none yet. */
  experimentId: string | null;
  /** What the test could ever show; the launch gate reads it. */
  couldShow?: readonly CouldShow[];
  now: Date;
}

/** Loads what a gate reads and asks the pure rule; nothing is kept here. */
@Injectable()
export class GatesService {
  constructor(
    private readonly evidence: EvidenceReader,
    private readonly metrics: MetricsReader,
    private readonly projects: ProjectsReader,
    private readonly policies: PoliciesReader,
    private readonly facts: GateFactsQueries,
  ) {}

  async ask(
    manager: EntityManager,
    gate: 'create' | 'launch',
    question: GateQuestion,
  ): Promise<GateAnswer> {
    const input = await this.createInput(manager, question);
    const created = evaluateCreateGate(input);
    const inputDigest = digestOf({
      gate,
      ...input,
      now: null,
      dossier: withoutWords(input.dossier),
    });
    if (gate === 'create') return { report: created, inputDigest };
    return { report: await this.launchReport(manager, question, input, created), inputDigest };
  }

  /** Everything the create gate reads, in the caller's transaction. */
  async createInput(manager: EntityManager, question: GateQuestion): Promise<CreateGateInput> {
    const { projectId, definition, author, now } = question;
    return {
      definition,
      dossier: await this.evidence.dossier(manager, projectId, citedIn(definition)),
      metrics: await this.metrics.all(projectId, manager),
      project: await this.projects.facts(projectId, manager),
      policies: await this.policies.inForce(projectId, now, manager),
      others: await this.facts.others(manager, projectId, definition.key),
      parent: await this.facts.parent(manager, projectId, definition),
      citedExperiments: await this.facts.citedExperiments(manager, projectId, definition),
      author,
      now,
    };
  }

  /** The largest share of traffic that a profile carries today; null is no limit. */
  async trafficCap(
    manager: EntityManager,
    projectId: string,
    profile: PolicyProfile,
    now: Date,
  ): Promise<number | null> {
    return (await this.policies.inForce(projectId, now, manager))[profile].trafficCap;
  }

  private async launchReport(
    manager: EntityManager,
    { projectId, definition, experimentId, couldShow = [] }: GateQuestion,
    { dossier, project, policies, author, now }: CreateGateInput,
    createReport: GateReport,
  ): Promise<GateReport> {
    return evaluateLaunchGate({
      definition,
      createReport,
      dossier,
      metrics: await this.metrics.all(projectId, manager),
      project,
      policies,
      acknowledgements: await this.facts.launchAcknowledgements(
        manager,
        projectId,
        experimentId,
        definition,
      ),
      running: await this.facts.running(manager, projectId, definition.key),
      layerHolders: await this.facts.layerHolders(manager, projectId, definition),
      couldShow,
      author,
      now,
    });
  }
}

function citedIn({ rationale, metrics }: ExperimentDefinition): {
  insightIds: readonly string[];
  quoteIds: readonly string[];
  metricKeys: readonly string[];
} {
  const { leading, deciding, guardrails, secondary } = metrics;
  return {
    insightIds: rationale?.insightIds ?? [],
    quoteIds: quoteIdsOf(rationale ?? {}),
    metricKeys: [leading, deciding, ...guardrails, ...secondary],
  };
}

/** A digest of short quotes could be guessed: the words stay out of it, their places stay in. */
function withoutWords(dossier: Dossier): unknown {
  return {
    ...dossier,
    quotes: dossier.quotes.map(
      ({ exact: _exact, turnText: _turnText, context: _context, ...place }) => place,
    ),
  };
}
