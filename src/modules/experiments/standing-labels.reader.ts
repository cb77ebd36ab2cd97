import { Injectable } from '@nestjs/common';
import type { EvidenceGap } from '../../domain/experiments/evidence-gap.js';
import type { Label } from '../../domain/verdict/standing.js';

/** How the evidence of an experiment stands, where the caller has just asked. */
export type KnownEvidence = Pick<EvidenceGap, 'withdrawn' | 'answered'> & { erased: boolean };

/** What must be said over every view of an experiment; `evidence` saves asking the gate again. */
export type StandingLabels = (
  projectId: string,
  experimentKey: string,
  evidence?: KnownEvidence,
) => Promise<Label[]>;

/**
 * The labels, for the views of experiments and of results. They also read results and decisions, which
 * build on experiments and not the other way round, so that feature lends its answer here when it starts.
 */
@Injectable()
export class StandingLabelsReader {
  private labels: StandingLabels | null = null;

  lend(labels: StandingLabels): void {
    this.labels = labels;
  }

  async of(projectId: string, experimentKey: string, evidence?: KnownEvidence): Promise<Label[]> {
    if (this.labels === null) throw new Error('nobody lent the labels of experiments');
    return await this.labels(projectId, experimentKey, evidence);
  }
}
