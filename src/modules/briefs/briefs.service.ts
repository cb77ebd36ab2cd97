import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Brief, BriefVoice } from '../../domain/brief/brief.js';
import type { BriefInput } from '../../domain/brief/brief-input.js';
import { composeBrief } from '../../domain/brief/compose-brief.js';
import type { Directness } from '../../domain/evidence/dossier.js';
import { effectiveProfile, type EvidencePolicy } from '../../domain/evidence/policies.js';
import { quoteDirectness } from '../../domain/evidence/quote-directness.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import { Transactions } from '../../platform/database/transactions.js';
import { EvaluationsReader } from '../evaluations/evaluations.reader.js';
import { EvidenceReader, type Voice } from '../evidence/evidence.reader.js';
import { EvidenceStandingReader } from '../experiments/evidence-standing.reader.js';
import { ExperimentsReader, type KnownExperiment } from '../experiments/experiments.reader.js';
import { PoliciesReader } from '../policies/policies.reader.js';
import { BriefAftermath } from './brief-aftermath.js';

/** Gathers what the page for stakeholders shows. */
@Injectable()
export class BriefsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly experiments: ExperimentsReader,
    private readonly standing: EvidenceStandingReader,
    private readonly evidence: EvidenceReader,
    private readonly evaluations: EvaluationsReader,
    private readonly policies: PoliciesReader,
    private readonly aftermath: BriefAftermath,
  ) {}

  /** @throws NotFound when there is no such experiment */
  async brief(projectId: string, key: string): Promise<Brief> {
    return await this.transactions.run(async (manager) => {
      const experiment = await this.experiments.byKey(projectId, key, manager);
      const { definition, plan } = experiment;
      const evaluation = await this.evaluations.latest(projectId, experiment.id, manager);
      return composeBrief({
        experiment: { ...experiment, name: definition.name, rationale: definition.rationale },
        plan,
        evaluation: evaluation?.result ?? null,
        gateNotes: await this.experiments.gateNotes(projectId, experiment.id, manager),
        ...(await this.evidenceOf(manager, experiment)),
        ...(await this.aftermath.of(manager, experiment)),
        sandbox: this.config.sandbox,
      });
    });
  }

  private async evidenceOf(
    manager: EntityManager,
    { projectId, kind, definition, plan }: KnownExperiment,
  ): Promise<
    Pick<BriefInput, 'insights' | 'voices' | 'evidenceWithdrawn' | 'evidenceGapAnswered'>
  > {
    const insightIds = definition.rationale?.insightIds ?? [];
    const now = await this.clock.now(manager);
    const standing = await this.standing.standing(manager, projectId, definition, now);
    const policy = await this.policyOf(manager, { projectId, definition, plan }, now);
    const nearness = quoteDirectness(standing.dossier, definition.audience, policy);
    const voices = await this.evidence.voices(projectId, insightIds, manager);
    return {
      insights: standing.dossier.insights.map(({ id, statement }) => ({ id, statement })),
      voices: voices.map((heard) => voice(heard, nearness.get(heard.quoteId) ?? 'hearsay')),
      evidenceWithdrawn: kind === 'ab' && standing.withdrawn,
      evidenceGapAnswered: standing.answered,
    };
  }

  /** The rules the plan was frozen under: a later one is not of its time. A draft is under today's. */
  private async policyOf(
    manager: EntityManager,
    { projectId, definition, plan }: Pick<KnownExperiment, 'projectId' | 'definition' | 'plan'>,
    now: Date,
  ): Promise<EvidencePolicy> {
    if (plan !== null) return await this.policies.atVersion(projectId, plan.policy, manager);
    const policies = await this.policies.inForce(projectId, now, manager);
    return policies[effectiveProfile(definition, policies)];
  }
}

function voice(heard: Voice, directness: Directness): BriefVoice {
  return {
    quoteId: heard.quoteId,
    disposition: heard.disposition,
    words: heard.exact,
    pseudonym: heard.pseudonym,
    how: heard.method.replaceAll('_', ' '),
    directness,
    heardAt: heard.heardAt.toISOString(),
    ...(heard.response === null ? {} : { response: heard.response }),
  };
}
