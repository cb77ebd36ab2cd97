import { Injectable } from '@nestjs/common';
import type { Learning } from '../../domain/verdict/learning/learning.js';
import { Transactions } from '../../platform/database/transactions.js';
import { ExperimentsReader } from '../experiments/experiments.reader.js';
import { type ExperimentLearningDto, learnedVariant } from './dto/learned.dto.js';
import { learnedFrom, LearnedRows } from './learned-rows.js';

/** What an experiment taught, for those who read it. */
@Injectable()
export class LearningService {
  constructor(
    private readonly transactions: Transactions,
    private readonly experiments: ExperimentsReader,
    private readonly rows: LearnedRows,
  ) {}

  async learning(projectId: string, key: string): Promise<ExperimentLearningDto> {
    const { manager } = this.transactions;
    const { id: experimentId } = await this.experiments.byKey(projectId, key, manager);
    const rows = await this.rows.newest(manager, { projectId, experimentId });
    const decisions = (await manager.query(
      `SELECT decision.id, decision.learning FROM decision
       WHERE decision.project_id = $1 AND decision.id = ANY($2)`,
      [projectId, rows.map(({ decisionId }) => decisionId)],
    )) as { id: string; learning: Learning | null }[];
    return {
      variants: rows.map((row) => {
        const decision = decisions.find(({ id }) => id === row.decisionId);
        const surprises = decision?.learning?.surprises ?? [];
        return learnedVariant(learnedFrom(row), row.facts.links, surprises);
      }),
    };
  }
}
