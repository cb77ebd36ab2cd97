import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict } from '../../domain/errors.js';
import {
  capsAfter,
  type EvaluationHistory,
  minimaAfter,
  NO_HISTORY,
} from '../../domain/evaluation/history.js';
import type { TakenLook } from '../../domain/evaluation/planned-looks.js';
import type { EvaluationResult } from '../../domain/evaluation/result.js';
import { Transactions } from '../../platform/database/transactions.js';

interface Evaluated {
  projectId: string;
  experimentId: string;
  /** Evaluations of data up to this instant, it included, are the past. */
  asOf: Date;
}

/** What an evaluation inherits from those before it: looks that were taken, smallest p-values, limits. */
@Injectable()
export class EvaluationHistories {
  constructor(private readonly transactions: Transactions) {}

  async before({ projectId, experimentId, asOf }: Evaluated): Promise<EvaluationHistory> {
    const { manager } = this.transactions;
    const parameters = [projectId, experimentId, asOf];
    const looks = (await manager.query(
      `SELECT planned_look.metric_key AS metric, planned_look.look, planned_look.units::float8,
         planned_look.fraction, planned_look.alpha_spent AS "alphaSpent",
         planned_look.critical_z AS "criticalZ"
       FROM planned_look
       WHERE planned_look.project_id = $1 AND planned_look.experiment_id = $2
         AND planned_look.as_of <= $3
       ORDER BY planned_look.look`,
      parameters,
    )) as ({ metric: string } & TakenLook)[];
    const latest = (await manager.query(
      `SELECT evaluation.history, evaluation.result FROM evaluation
       WHERE evaluation.project_id = $1 AND evaluation.experiment_id = $2
         AND evaluation.as_of <= $3
         -- What wrong sums said is no past.
         AND evaluation.result #> '{health,dataFaults}' IS NULL
         -- Nor is what counted a file that was taken back since; ids are sorted by time.
         AND NOT EXISTS (
           SELECT 1 FROM import_reversal
           JOIN event_import ON event_import.project_id = import_reversal.project_id
             AND event_import.id = import_reversal.import_id
           WHERE import_reversal.project_id = evaluation.project_id
             AND event_import.id < evaluation.id
             AND import_reversal.reversed_at > evaluation.created_at)
       ORDER BY evaluation.as_of DESC, evaluation.id DESC LIMIT 1`,
      parameters,
    )) as { history: EvaluationHistory; result: EvaluationResult }[];
    const [row] = latest;
    return {
      ...(row === undefined ? NO_HISTORY : minimaAfter(row.history, row.result)),
      caps: row === undefined ? {} : capsAfter(row.history, row.result),
      looks: byMetric(looks),
    };
  }

  /**
   * Keeps the looks that an evaluation took, in its transaction; of wrong sums none was taken.
   * @throws Conflict `look-taken` when another evaluation has spent the same alpha meanwhile; the
   *   last look may be read by several, because it is the same for all
   */
  async keepLooks(
    manager: EntityManager,
    { projectId, experimentId, asOf }: Evaluated,
    { id, metrics, health }: EvaluationResult,
    known: EvaluationHistory,
  ): Promise<void> {
    if (health.dataFaults !== undefined) return;
    for (const { key, look } of metrics) {
      if (look === undefined || known.looks[key]?.some(({ look: n }) => n === look.look)) continue;
      const kept = (await manager.query(
        `INSERT INTO planned_look (project_id, experiment_id, metric_key, look, units, fraction,
           alpha_spent, critical_z, evaluation_id, as_of)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT ON CONSTRAINT planned_look_pk DO NOTHING RETURNING planned_look.look`,
        [
          projectId,
          experimentId,
          key,
          look.look,
          look.units,
          look.fraction,
          look.alphaSpent,
          look.criticalZ,
          id,
          asOf,
        ],
      )) as unknown[];
      if (kept.length === 0 && !look.final) {
        throw new Conflict('look-taken', 'Another evaluation has just taken this planned look.');
      }
    }
  }
}

function byMetric(rows: readonly ({ metric: string } & TakenLook)[]): EvaluationHistory['looks'] {
  const looks: Record<string, TakenLook[]> = {};
  for (const { metric, ...look } of rows) (looks[metric] ??= []).push(look);
  return looks;
}
