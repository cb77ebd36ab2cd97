import { Inject, Injectable } from '@nestjs/common';
import type { Brief } from '../../domain/brief/brief.js';
import { composeBrief } from '../../domain/brief/compose-brief.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import { Transactions } from '../../platform/database/transactions.js';
import { EvaluationsReader } from '../evaluations/evaluations.reader.js';
import { ExperimentsReader } from '../experiments/experiments.reader.js';
import { BriefAftermath } from './brief-aftermath.js';
import { BriefEvidence } from './brief-evidence.js';

/** Gathers what the page for stakeholders shows. */
@Injectable()
export class BriefsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly transactions: Transactions,
    private readonly experiments: ExperimentsReader,
    private readonly evaluations: EvaluationsReader,
    private readonly evidence: BriefEvidence,
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
        ...(await this.evidence.of(manager, experiment)),
        ...(await this.aftermath.of(manager, experiment)),
        sandbox: this.config.sandbox,
      });
    });
  }
}
