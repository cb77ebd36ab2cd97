import { Injectable } from '@nestjs/common';
import { policiesInForce, type PolicyVersion } from '../../domain/experiments/policy-versions.js';
import { Clock } from '../../platform/clock/clock.js';
import { pageById } from '../../platform/database/page-by-id.js';
import { Transactions } from '../../platform/database/transactions.js';
import type { PageRequest } from '../../platform/http/page.js';
import { PoliciesReader } from '../policies/policies.reader.js';
import { ExperimentDto, type ExperimentPageDto } from './dto/experiment.dto.js';
import { EvidenceGapsService } from './evidence-gaps.service.js';
import { ExperimentEntity } from './experiment.entity.js';
import { StandingLabelsReader } from './standing-labels.reader.js';

/** Experiments as the API shows them: with the profile that holds for each, and its evidence today. */
@Injectable()
export class ExperimentViews {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly policies: PoliciesReader,
    private readonly gaps: EvidenceGapsService,
    private readonly labels: StandingLabelsReader,
  ) {}

  async plain(experiment: ExperimentEntity): Promise<ExperimentDto> {
    const versions = await this.policies.versions(experiment.projectId);
    return shown(experiment, versions, await this.clock.now(this.transactions.manager));
  }

  async created(experiment: ExperimentEntity, inherited: string[]): Promise<ExperimentDto> {
    const view = await this.plain(experiment);
    return experiment.definition.iterationOf === undefined ? view : { ...view, inherited };
  }

  /** With how it stands today: that asks the gate again, so lists do without. */
  async whole(experiment: ExperimentEntity): Promise<ExperimentDto> {
    const evidence = await this.gaps.evidence(experiment);
    const view = await this.plain(experiment);
    const { projectId, key } = experiment;
    const labels = await this.labels.of(projectId, key, evidence ?? undefined);
    return { ...view, ...(evidence === null ? {} : { evidence }), labels };
  }

  async page(projectId: string, page: PageRequest): Promise<ExperimentPageDto> {
    const { manager } = this.transactions;
    const versions = await this.policies.versions(projectId);
    const now = await this.clock.now(manager);
    return await pageById(manager, ExperimentEntity, projectId, page, (experiment) =>
      shown(experiment, versions, now),
    );
  }
}

/** A launched experiment is held to the rules of its launch, a draft to those of today. */
function shown(
  experiment: ExperimentEntity,
  versions: readonly PolicyVersion[],
  now: Date,
): ExperimentDto {
  return ExperimentDto.from(experiment, policiesInForce(versions, experiment.launchedAt ?? now));
}
