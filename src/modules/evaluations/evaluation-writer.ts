import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { EntityManager } from 'typeorm';
import { evaluate } from '../../domain/evaluation/evaluate.js';
import type { EvaluationHistory } from '../../domain/evaluation/history.js';
import type { PlanMoments } from '../../domain/evaluation/moments.js';
import type { EvaluationResult } from '../../domain/evaluation/result.js';
import { canonicalJson } from '../../domain/experiments/canonical-json.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { packageVersion } from '../../platform/config/package-version.js';
import { newId } from '../../platform/http/ids.js';
import { AnalyticsStore } from '../analytics/analytics-store.reader.js';
import type { LaunchedExperiment } from '../experiments/experiments.reader.js';
import { NotificationsWriter } from '../notifications/notifications.writer.js';
import { EvaluationHistories } from './evaluation-histories.js';
import { momentsRequestOf } from './moments-request.js';
import { RunNotices } from './run-notices.js';
import { StateChecks } from './state-checks.js';

/** An evaluation that has been computed and not yet stored. */
export interface Computed {
  experiment: LaunchedExperiment;
  asOf: Date;
  slotAt: Date | null;
  moments: PlanMoments;
  history: EvaluationHistory;
  result: EvaluationResult;
  durationMs: number;
}

/** Snapshot, moments, result; and the row they become. */
@Injectable()
export class EvaluationWriter {
  constructor(
    private readonly store: AnalyticsStore,
    private readonly histories: EvaluationHistories,
    private readonly checks: StateChecks,
    private readonly notifications: NotificationsWriter,
    private readonly runNotices: RunNotices,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Reads one snapshot and computes the result; stores nothing.
   * @throws Invalid when the data cannot be summed, e.g. `exchange-rate-missing`
   */
  async compute(
    experiment: LaunchedExperiment,
    asOf: Date,
    slotAt: Date | null,
  ): Promise<Computed> {
    const started = performance.now();
    const { projectId, id: experimentId, plan } = experiment;
    const history = await this.histories.before({ projectId, experimentId, asOf });
    // Before the sums are read: a rebuild meanwhile does not heal what was read before it.
    const faults = await this.checks.faultsOf(projectId, experimentId);
    const summed = await this.store.moments(momentsRequestOf(experiment, asOf, history));
    const moments: PlanMoments =
      faults.length === 0
        ? summed
        : { ...summed, dataFaults: [...(summed.dataFaults ?? []), ...faults] };
    const result = evaluate({
      id: newId(),
      plan,
      moments,
      history,
      slot: slotAt?.toISOString() ?? null,
      codeVersion: packageVersion(),
    });
    const durationMs = Math.round(performance.now() - started);
    return { experiment, asOf, slotAt, moments, history, result, durationMs };
  }

  /** Stores it, with what it was computed from and by which code, in the caller's transaction. */
  async insert(manager: EntityManager, computed: Computed, actor: string): Promise<void> {
    const { experiment, result } = computed;
    const digest = createHash('sha256').update(canonicalJson(result)).digest('hex');
    await manager.query(
      `INSERT INTO evaluation (project_id, id, experiment_id, plan_version, slot_at, cutoff, as_of,
         moments, history, result, result_digest, code_version, duration_ms, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, becausal_now())`,
      [
        experiment.projectId,
        result.id,
        experiment.id,
        result.planVersion,
        computed.slotAt,
        result.cutoff,
        computed.asOf,
        JSON.stringify(computed.moments),
        JSON.stringify(computed.history),
        JSON.stringify(result),
        digest,
        packageVersion(),
        computed.durationMs,
      ],
    );
    const { projectId, id: experimentId } = experiment;
    const evaluated = { projectId, experimentId, asOf: computed.asOf };
    await this.histories.keepLooks(manager, evaluated, result, computed.history);
    const of = { projectId, experimentId, experimentKey: experiment.key };
    await this.notifications.evaluated(manager, of, result);
    await this.runNotices.succeeded(manager, of, computed.asOf);
    await this.audit.append(manager, {
      projectId: experiment.projectId,
      actor,
      action: 'experiment.evaluate',
      objectType: 'evaluation',
      objectId: result.id,
      after: { resultDigest: digest },
    });
  }
}
