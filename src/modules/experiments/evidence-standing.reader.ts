import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { GateCounts } from '../../domain/evidence/gate-report.js';
import type { ExperimentDefinition } from '../../domain/experiments/definition.js';
import { GatesService } from './gates.service.js';

/** How the evidence of a launched experiment stands today. */
export interface EvidenceStanding {
  /** Somebody withdrew their consent or asked to be forgotten since. */
  withdrawn: boolean;
  counts: GateCounts;
}

/** What is unmet when people take their words back; age alone does not withdraw anything. */
const WITHDRAWAL_CODES: ReadonlySet<string> = new Set(['CONSENT_MISSING', 'QUOTE_NOT_FOUND']);

@Injectable()
export class EvidenceStandingReader {
  constructor(private readonly gates: GatesService) {}

  /** Asks the create gate again, in the caller's transaction. */
  async standing(
    manager: EntityManager,
    projectId: string,
    definition: ExperimentDefinition,
    now: Date,
  ): Promise<EvidenceStanding> {
    const { report } = await this.gates.ask(manager, projectId, 'create', definition, now);
    return {
      withdrawn: report.unmet.some(({ code }) => WITHDRAWAL_CODES.has(code)),
      counts: report.counts,
    };
  }
}
