import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { BriefVoice } from '../../domain/brief/brief.js';
import type { BriefInput } from '../../domain/brief/brief-input.js';
import type { Directness } from '../../domain/evidence/dossier.js';
import { effectiveProfile, type EvidencePolicy } from '../../domain/evidence/policies.js';
import { quoteDirectness } from '../../domain/evidence/quote-directness.js';
import { Clock } from '../../platform/clock/clock.js';
import { EvidenceReader, type Voice } from '../evidence/evidence.reader.js';
import { EvidenceStandingReader } from '../experiments/evidence-standing.reader.js';
import type { KnownExperiment } from '../experiments/experiments.reader.js';
import { PoliciesReader } from '../policies/policies.reader.js';

type Heard = Pick<BriefInput, 'insights' | 'voices' | 'evidenceWithdrawn' | 'evidenceGapAnswered'>;

/** The claims a test rests on, and who said so. */
@Injectable()
export class BriefEvidence {
  constructor(
    private readonly clock: Clock,
    private readonly standing: EvidenceStandingReader,
    private readonly evidence: EvidenceReader,
    private readonly policies: PoliciesReader,
  ) {}

  async of(
    manager: EntityManager,
    { projectId, kind, definition, plan }: KnownExperiment,
  ): Promise<Heard> {
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
