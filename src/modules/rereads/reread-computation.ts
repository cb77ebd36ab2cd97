import { Injectable } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { evaluate } from '../../domain/evaluation/evaluate.js';
import { NO_HISTORY } from '../../domain/evaluation/history.js';
import type { PlanMoments } from '../../domain/evaluation/moments.js';
import type { EvaluationResult } from '../../domain/evaluation/result.js';
import type { AnalysisPlan } from '../../domain/experiments/plan.js';
import {
  type ControlAfter,
  controlAfter,
  type ServedDecision,
} from '../../domain/rereads/control-fate.js';
import { findingsOf, proposalOf } from '../../domain/rereads/findings.js';
import {
  decidingMetric,
  rereadAlpha,
  rereadPlan,
  rereadWindowDays,
} from '../../domain/rereads/reread-plan.js';
import { REREAD_DAYS, type RereadFinding } from '../../domain/rereads/reread.js';
import { packageVersion } from '../../platform/config/package-version.js';
import { Transactions } from '../../platform/database/transactions.js';
import { AnalyticsStore } from '../analytics/analytics-store.reader.js';
import { ExperimentsReader, type LaunchedExperiment } from '../experiments/experiments.reader.js';
import type { ClaimedReread } from './reread-store.js';

/** A reading that has been computed and not yet stored. */
export interface ComputedReread {
  experiment: LaunchedExperiment;
  decision: ServedDecision;
  plan: AnalysisPlan;
  windowDays: number;
  moments: PlanMoments;
  result: EvaluationResult;
  findings: RereadFinding[];
  proposal: 'roll_back' | null;
  control: ControlAfter;
  durationMs: number;
}

/**
 * A re-read: the frozen plan with a longer window, the moments of the frozen cohort as of the due date,
 * and the same functions as for any result.
 */
@Injectable()
export class RereadComputation {
  constructor(
    private readonly transactions: Transactions,
    private readonly experiments: ExperimentsReader,
    private readonly store: AnalyticsStore,
  ) {}

  /** @throws Invalid when the data cannot be summed, e.g. `exchange-rate-missing` */
  async compute(reread: ClaimedReread): Promise<ComputedReread> {
    const started = performance.now();
    const { projectId, experimentId, experimentKey, dueAt, kind, claims, currency } = reread;
    const experiment = await this.experiments.launched(projectId, experimentKey);
    const decisions = await this.decisions(reread);
    const decision = decisions.at(-1);
    if (decision === undefined) throw new Error('a re-read follows a decision');
    // Every decision ends enrolment, if nothing did before.
    const enrolmentEndedAt = experiment.enrolmentEndedAt ?? decision.decidedAt;
    const deciding = decidingMetric(experiment.plan);
    const windowDays = rereadWindowDays(deciding, { enrolmentEndedAt, dueAt });
    const alpha = rereadAlpha(kind, experiment.plan.analysis.alpha);
    const plan = rereadPlan(experiment.plan, { windowDays, alpha });
    const request = { projectId, experimentId, plan, enrolmentEndedAt, asOf: dueAt };
    const moments = await this.store.moments({ ...request, isOnce: true });
    const result = evaluate({
      id: reread.id,
      plan,
      moments,
      history: NO_HISTORY,
      slot: null,
      codeVersion: packageVersion(),
    });
    const sharedBy = kind === 'horizon' ? REREAD_DAYS.length : 1;
    const findings = findingsOf({ claims, result, windowDays, alpha, sharedBy, currency });
    const control = controlAfter({
      plan,
      decisions,
      archivedAt: await this.archivedAt(reread),
      enrolmentEndedAt,
      delayHours: deciding.delayHours,
      windowDays,
    });
    return {
      experiment,
      decision,
      plan,
      windowDays,
      moments,
      result,
      findings,
      proposal: proposalOf(decision, findings),
      control,
      durationMs: Math.round(performance.now() - started),
    };
  }

  /** All decisions about the experiment up to the one that is read again, the oldest first. */
  private async decisions({
    projectId,
    experimentId,
    decisionId,
  }: ClaimedReread): Promise<ServedDecision[]> {
    return (await this.transactions.manager.query(
      `SELECT decision.action, decision.variant, decision.hold_back AS "holdBack",
         decision.control_still_held_out AS "controlStillHeldOut",
         decision.decided_at AS "decidedAt"
       FROM decision
       JOIN decision AS this ON this.project_id = decision.project_id AND this.id = $3
       WHERE decision.project_id = $1 AND decision.experiment_id = $2
         AND (decision.decided_at, decision.id) <= (this.decided_at, this.id)
       ORDER BY decision.decided_at, decision.id`,
      [projectId, experimentId, decisionId],
    )) as ServedDecision[];
  }

  private async archivedAt({
    projectId,
    experimentId,
    dueAt,
  }: ClaimedReread): Promise<Date | null> {
    const rows = (await this.transactions.manager.query(
      `SELECT min(timeline_entry.at) AS at FROM timeline_entry
       WHERE timeline_entry.project_id = $1 AND timeline_entry.experiment_id = $2
         AND timeline_entry.what = 'archive' AND timeline_entry.at <= $3`,
      [projectId, experimentId, dueAt],
    )) as { at: Date | null }[];
    return rows[0]?.at ?? null;
  }
}
