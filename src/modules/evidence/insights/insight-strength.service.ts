import { Injectable } from '@nestjs/common';
import {
  type InsightStrength,
  insightStrength,
} from '../../../domain/evidence/insight-strength.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { PoliciesReader } from '../../policies/policies.reader.js';
import { ProjectsReader } from '../../projects/projects.reader.js';
import { EvidenceReader } from '../evidence.reader.js';
import { EvidenceEntriesService } from './evidence-entries.service.js';
import type { InsightAudienceDto } from './insight.dto.js';
import { InsightsService } from './insights.service.js';

/** How strong a claim is by itself, before any experiment cites it. */
@Injectable()
export class InsightStrengthService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly evidence: EvidenceReader,
    private readonly entries: EvidenceEntriesService,
    private readonly insights: InsightsService,
    private readonly projects: ProjectsReader,
    private readonly policies: PoliciesReader,
  ) {}

  async of(
    caller: { projectId: string; memberId: string | null },
    insightId: string,
  ): Promise<InsightStrength> {
    const { projectId } = caller;
    return await this.transactions.run(async (manager) => {
      const insight = await this.insights.insight(projectId, insightId, manager);
      await this.entries.requireSighted(manager, caller, [insightId]);
      const now = await this.clock.now(manager);
      return insightStrength({
        insightId,
        audience: insight.audience as InsightAudienceDto,
        dossier: await this.evidence.dossier(manager, projectId, {
          insightIds: [insightId],
          quoteIds: [],
          metricKeys: [],
        }),
        project: await this.projects.facts(projectId, manager),
        policies: await this.policies.inForce(projectId, now, manager),
        now,
      });
    });
  }
}
