import { Inject, Injectable } from '@nestjs/common';
import { type Brief, type BriefVoice, composeBrief } from '../../domain/brief/brief.js';
import type { Directness } from '../../domain/evidence/dossier.js';
import { effectiveProfile, EVIDENCE_POLICIES } from '../../domain/evidence/policies.js';
import { quoteDirectness } from '../../domain/evidence/quote-directness.js';
import { costCoverage } from '../../domain/money/costs.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import { Transactions } from '../../platform/database/transactions.js';
import { EvaluationsReader } from '../evaluations/evaluations.reader.js';
import { EvidenceReader, type Voice } from '../evidence/evidence.reader.js';
import { EvidenceStandingReader } from '../experiments/evidence-standing.reader.js';
import { ExperimentsReader } from '../experiments/experiments.reader.js';
import { ProjectsReader } from '../projects/projects.reader.js';

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
    private readonly projects: ProjectsReader,
  ) {}

  async brief(projectId: string, key: string): Promise<Brief> {
    return await this.transactions.run(async (manager) => {
      const experiment = await this.experiments.byKey(projectId, key, manager);
      const { definition, decision, plan } = experiment;
      const insightIds = definition.rationale?.insightIds ?? [];
      const voices = await this.evidence.voices(projectId, insightIds, manager);
      const evaluation = await this.evaluations.latest(projectId, experiment.id, manager);
      const now = await this.clock.now(manager);
      const standing = await this.standing.standing(manager, projectId, definition, now);
      const nearness = quoteDirectness(
        standing.dossier,
        definition.audience,
        EVIDENCE_POLICIES[effectiveProfile(definition)],
      );
      const names = await this.projects.memberNames(projectId, manager);
      const settings = await this.projects.settings(projectId, manager);
      return composeBrief({
        experiment: { ...experiment, name: definition.name, rationale: definition.rationale },
        plan,
        insights: await this.evidence.statements(projectId, insightIds, manager),
        voices: voices.map((heard) => voice(heard, nearness.get(heard.quoteId) ?? 'hearsay')),
        evaluation: evaluation?.result ?? null,
        decision:
          decision === null
            ? null
            : {
                ...decision,
                by: names.get(decision.decidedBy) ?? 'somebody',
                at: decision.decidedAt.toISOString(),
              },
        gateNotes: await this.experiments.gateNotes(projectId, experiment.id, manager),
        evidenceWithdrawn: experiment.kind === 'ab' && standing.withdrawn,
        evidenceGapAnswered: standing.answered,
        costs: costCoverage(plan?.costs ?? settings.costs),
        sandbox: this.config.sandbox,
      });
    });
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
