import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EvaluationResult } from '../../domain/evaluation/result.js';
import type { DecisionAction } from '../../domain/experiments/decision.js';
import type { ExperimentKind } from '../../domain/experiments/definition.js';
import type { AnalysisPlan } from '../../domain/experiments/plan.js';
import { claimsAfter, claimsOf, noClaims } from '../../domain/rereads/findings.js';
import { rereadFailure } from '../../domain/rereads/reread-notices.js';
import { plannedRereads } from '../../domain/rereads/planned-rereads.js';
import { decidingMetric } from '../../domain/rereads/reread-plan.js';
import type { RereadFinding, VariantClaim } from '../../domain/rereads/reread.js';
import { newId } from '../../platform/http/ids.js';
import { NotificationsWriter } from '../notifications/notifications.writer.js';

/** A decision whose money will be read again. */
export interface DecidedForReread {
  projectId: string;
  experimentId: string;
  decisionId: string;
  action: DecisionAction;
  decidedAt: Date;
  /** Of a provisional ship. */
  rereadAt: Date | null;
}

interface DecidedExperiment {
  key: string;
  kind: ExperimentKind;
  plan: AnalysisPlan;
  result: EvaluationResult | null;
  /** Of the newest re-read that knew more than the evaluation; null without one. */
  findings: RereadFinding[] | null;
}

/** How a decision plans its re-reads, in its own transaction. */
@Injectable()
export class RereadsWriter {
  constructor(private readonly notifications: NotificationsWriter) {}

  /**
   * Plans the re-reads of a decision, with what it claims of each variant, and cancels those of the
   * decision before it that were not made. What earlier re-reads told people has been answered by it.
   */
  async plan(manager: EntityManager, decided: DecidedForReread): Promise<void> {
    const { projectId, experimentId, decisionId, decidedAt } = decided;
    const found = await this.decided(manager, decided);
    if (found === null) return;
    const cancelled = await this.cancel(manager, decided);
    await this.endNotices(manager, decided, found, cancelled);
    const rereadAt = decided.action === 'ship_provisional' ? decided.rereadAt : null;
    const planned = plannedRereads({ kind: found.kind, decidedAt, rereadAt });
    if (planned.length === 0) return;
    await manager.query(
      `INSERT INTO reread (project_id, id, experiment_id, decision_id, kind, days, due_at, currency,
         claims)
       SELECT $1, planned.id, $2, $3, planned.kind, planned.days, planned.due_at, $4, $5
       FROM unnest($6::uuid[], $7::text[], $8::integer[], $9::timestamptz[])
         AS planned(id, kind, days, due_at)`,
      [
        projectId,
        experimentId,
        decisionId,
        found.plan.currency,
        JSON.stringify(claimsIn(found)),
        planned.map(() => newId()),
        planned.map(({ kind }) => kind),
        planned.map(({ days }) => days),
        planned.map(({ dueAt }) => dueAt),
      ],
    );
  }

  private async decided(
    manager: EntityManager,
    { projectId, decisionId }: DecidedForReread,
  ): Promise<DecidedExperiment | null> {
    const rows = (await manager.query(
      `SELECT experiment.key, experiment.kind, newest_plan.body AS plan, evaluation.result,
         newest_reread.findings
       FROM decision
       JOIN experiment ON experiment.project_id = decision.project_id
         AND experiment.id = decision.experiment_id
       CROSS JOIN LATERAL (
         SELECT plan.body FROM plan
         WHERE plan.project_id = experiment.project_id AND plan.experiment_id = experiment.id
         ORDER BY plan.version DESC LIMIT 1
       ) AS newest_plan
       LEFT JOIN evaluation ON evaluation.project_id = decision.project_id
         AND evaluation.id = decision.evaluation_id
       LEFT JOIN LATERAL (
         SELECT reread_result.findings FROM reread
         JOIN reread_result ON reread_result.project_id = reread.project_id
           AND reread_result.reread_id = reread.id
         WHERE reread.project_id = experiment.project_id AND reread.experiment_id = experiment.id
           AND (evaluation.as_of IS NULL OR reread.due_at > evaluation.as_of)
         ORDER BY reread.due_at DESC, reread.id DESC LIMIT 1
       ) AS newest_reread ON true
       WHERE decision.project_id = $1 AND decision.id = $2`,
      [projectId, decisionId],
    )) as DecidedExperiment[];
    return rows[0] ?? null;
  }

  private async cancel(
    manager: EntityManager,
    { projectId, experimentId }: DecidedForReread,
  ): Promise<string[]> {
    const [rows] = (await manager.query(
      `UPDATE reread SET status = 'cancelled', lease_owner = NULL, lease_until = NULL
       WHERE reread.project_id = $1 AND reread.experiment_id = $2
         AND reread.status IN ('due', 'failed')
       RETURNING reread.id`,
      [projectId, experimentId],
    )) as [{ id: string }[], number];
    return rows.map(({ id }) => id);
  }

  private async endNotices(
    manager: EntityManager,
    { projectId, experimentId }: DecidedForReread,
    { key, plan }: DecidedExperiment,
    cancelled: readonly string[],
  ): Promise<void> {
    const of = { projectId, experimentId, experimentKey: key };
    for (const id of cancelled) {
      await this.notifications.end(manager, of, 'evaluation_failed', rereadFailure(id));
    }
    for (const variant of treatedIn(plan)) {
      await this.notifications.end(manager, of, 'verdict_revised', variant);
      await this.notifications.end(manager, of, 'roll_back_proposed', variant);
    }
  }
}

function claimsIn({ plan, result, findings }: DecidedExperiment): VariantClaim[] {
  const claims =
    result === null ? noClaims(treatedIn(plan)) : claimsOf(result, decidingMetric(plan).windowDays);
  return claimsAfter(claims, findings ?? []);
}

function treatedIn({ variants }: AnalysisPlan): string[] {
  return variants.filter(({ control }) => !control).map(({ key }) => key);
}
