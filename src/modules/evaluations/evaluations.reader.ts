import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EvaluationResult } from '../../domain/evaluation/result.js';
import { Transactions } from '../../platform/database/transactions.js';

/** One run of the analysis, as it was stored. */
export interface StoredEvaluation {
  id: string;
  asOf: Date;
  result: EvaluationResult;
}

interface Row {
  id: string;
  as_of: Date;
  result: EvaluationResult;
}

const SELECT = `
  SELECT evaluation.id, evaluation.as_of, evaluation.result FROM evaluation
  WHERE evaluation.project_id = $1 AND evaluation.experiment_id = $2`;

/** All that other features may know of evaluations. */
@Injectable()
export class EvaluationsReader {
  constructor(private readonly transactions: Transactions) {}

  /** The evaluation with the newest data; null before the first. */
  async latest(
    projectId: string,
    experimentId: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<StoredEvaluation | null> {
    const rows = (await manager.query(
      `${SELECT} ORDER BY evaluation.as_of DESC, evaluation.id DESC LIMIT 1`,
      [projectId, experimentId],
    )) as Row[];
    return rows.map(storedFrom)[0] ?? null;
  }

  /** Evaluations in the order they were made, after `page.after`. */
  async history(
    projectId: string,
    experimentId: string,
    page: { after: string | null; limit: number },
    manager: EntityManager = this.transactions.manager,
  ): Promise<StoredEvaluation[]> {
    const rows = (await manager.query(
      `${SELECT} AND ($3::uuid IS NULL OR evaluation.id > $3) ORDER BY evaluation.id LIMIT $4`,
      [projectId, experimentId, page.after, page.limit],
    )) as Row[];
    return rows.map(storedFrom);
  }
}

function storedFrom(row: Row): StoredEvaluation {
  return { id: row.id, asOf: row.as_of, result: row.result };
}
