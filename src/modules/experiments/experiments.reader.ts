import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, NotFound } from '../../domain/errors.js';
import type { ExperimentDefinition, ExperimentKind } from '../../domain/experiments/definition.js';
import type { DecisionAction } from '../../domain/experiments/decision.js';
import type { ExperimentState } from '../../domain/experiments/lifecycle.js';
import type { AnalysisPlan } from '../../domain/experiments/plan.js';
import { Transactions } from '../../platform/database/transactions.js';

/** The latest decision people took about an experiment. */
export interface RecordedDecision {
  id: string;
  action: DecisionAction;
  variant: string | null;
  holdBack: number | null;
  reason: string;
  overrideReason: string | null;
  /** Who asked for it first, where it took two members. */
  overrideRequestedBy: string | null;
  rereadAt: Date | null;
  decidedBy: string;
  decidedAt: Date;
}

/** An experiment as others may know it; a draft has no plan yet. */
export interface KnownExperiment {
  projectId: string;
  id: string;
  key: string;
  kind: ExperimentKind;
  status: ExperimentState;
  definition: ExperimentDefinition;
  /** The newest version of the frozen plan. */
  plan: AnalysisPlan | null;
  decision: RecordedDecision | null;
}

/** An experiment that has been launched, with the newest version of its frozen plan. */
export interface LaunchedExperiment extends KnownExperiment {
  plan: AnalysisPlan;
  planDigest: string;
  launchedAt: Date;
  /** Exposures from this instant on are outside the cohort; null while enrolment is open. */
  enrolmentEndedAt: Date | null;
}

const EVALUATED: readonly ExperimentState[] = ['running', 'paused', 'maturing'];

/** Whether its evaluations go on by themselves. */
export function isEvaluated(status: ExperimentState): boolean {
  return EVALUATED.includes(status);
}

interface Row {
  project_id: string;
  id: string;
  key: string;
  kind: ExperimentKind;
  status: ExperimentState;
  definition: ExperimentDefinition;
  launched_at: Date;
  enrolment_ended_at: Date | null;
  plan_body: AnalysisPlan | null;
  plan_digest: string | null;
  decision:
    | (Omit<RecordedDecision, 'rereadAt' | 'decidedAt'> & {
        rereadAt: string | null;
        decidedAt: string;
      })
    | null;
}

const SELECT = `
  SELECT experiment.project_id, experiment.id, experiment.key, experiment.kind, experiment.status,
    experiment.definition, experiment.launched_at, experiment.enrolment_ended_at,
    newest_plan.body AS plan_body, newest_plan.digest AS plan_digest,
    newest_decision.decision
  FROM experiment
  LEFT JOIN LATERAL (
    SELECT plan.body, plan.digest FROM plan
    WHERE plan.project_id = experiment.project_id AND plan.experiment_id = experiment.id
    ORDER BY plan.version DESC LIMIT 1
  ) AS newest_plan ON true
  LEFT JOIN LATERAL (
    SELECT json_build_object('id', decision.id, 'action', decision.action,
      'variant', decision.variant, 'holdBack', decision.hold_back, 'reason', decision.reason,
      'overrideReason', decision.override_reason,
      'overrideRequestedBy', override_request.requested_by, 'rereadAt', decision.reread_at,
      'decidedBy', decision.decided_by, 'decidedAt', decision.decided_at) AS decision
    FROM decision
    LEFT JOIN override_request ON override_request.project_id = decision.project_id
      AND override_request.id = decision.override_request_id
    WHERE decision.project_id = experiment.project_id AND decision.experiment_id = experiment.id
    ORDER BY decision.decided_at DESC, decision.id DESC LIMIT 1
  ) AS newest_decision ON true`;

/** All that other features may know of experiments. */
@Injectable()
export class ExperimentsReader {
  constructor(private readonly transactions: Transactions) {}

  /** An experiment by its key, drafts too. */
  async byKey(
    projectId: string,
    key: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<KnownExperiment> {
    return knownFrom(await this.row(projectId, key, manager));
  }

  /**
   * A launched experiment by its key.
   * @throws NotFound when there is none; Conflict `not-launched` for a draft
   */
  async launched(
    projectId: string,
    key: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<LaunchedExperiment> {
    const experiment = launchedFrom(await this.row(projectId, key, manager));
    if (experiment === null) {
      throw new Conflict('not-launched', 'The experiment is a draft: launch it first.');
    }
    return experiment;
  }

  /** What the last gate that let it pass warned of: launch, or create for a draft. */
  async gateNotes(
    projectId: string,
    experimentId: string,
    manager: EntityManager,
  ): Promise<string[]> {
    const rows = (await manager.query(
      `SELECT gate_decision.report -> 'warnings' AS warnings FROM gate_decision
       WHERE gate_decision.project_id = $1 AND gate_decision.subject_id = $2
         AND gate_decision.outcome = 'pass' AND gate_decision.gate IN ('create', 'launch')
       ORDER BY gate_decision.gate = 'launch' DESC, gate_decision.decided_at DESC LIMIT 1`,
      [projectId, experimentId],
    )) as { warnings: { why: string }[] }[];
    return (rows[0]?.warnings ?? []).map(({ why }) => why);
  }

  private async row(projectId: string, key: string, manager: EntityManager): Promise<Row> {
    const rows = (await manager.query(
      `${SELECT} WHERE experiment.project_id = $1 AND experiment.key = $2`,
      [projectId, key],
    )) as Row[];
    const row = rows[0];
    if (row === undefined) throw new NotFound('not-found', 'There is no such experiment.');
    return row;
  }

  /** Every launched experiment of the project that clients may still ask for, by key. */
  async allLaunched(
    projectId: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<LaunchedExperiment[]> {
    return await this.launchedAmong(projectId, null, manager);
  }

  /** Those of them that have one of some keys; null is any key. */
  async launchedAmong(
    projectId: string,
    keys: readonly string[] | null,
    manager: EntityManager,
  ): Promise<LaunchedExperiment[]> {
    const rows = (await manager.query(
      `${SELECT} WHERE experiment.project_id = $1 AND experiment.status NOT IN ('draft', 'archived')
         AND ($2::text[] IS NULL OR experiment.key = ANY ($2::text[]))
       ORDER BY experiment.key COLLATE "C"`,
      [projectId, keys],
    )) as Row[];
    return rows.flatMap((row) => launchedFrom(row) ?? []);
  }

  /** Launched experiments of all projects whose evaluations go on by themselves. */
  async allEvaluated(
    manager: EntityManager = this.transactions.manager,
  ): Promise<LaunchedExperiment[]> {
    const rows = (await manager.query(
      `${SELECT} WHERE experiment.status = ANY($1)
       ORDER BY experiment.project_id, experiment.key COLLATE "C"`,
      [EVALUATED],
    )) as Row[];
    return rows.flatMap((row) => launchedFrom(row) ?? []);
  }
}

function knownFrom(row: Row): KnownExperiment {
  return {
    projectId: row.project_id,
    id: row.id,
    key: row.key,
    kind: row.kind,
    status: row.status,
    definition: row.definition,
    plan: row.plan_body,
    decision:
      row.decision === null
        ? null
        : {
            ...row.decision,
            rereadAt: row.decision.rereadAt === null ? null : new Date(row.decision.rereadAt),
            decidedAt: new Date(row.decision.decidedAt),
          },
  };
}

function launchedFrom(row: Row): LaunchedExperiment | null {
  if (row.plan_body === null || row.plan_digest === null) return null;
  return {
    ...knownFrom(row),
    plan: row.plan_body,
    planDigest: row.plan_digest,
    launchedAt: row.launched_at,
    enrolmentEndedAt: row.enrolment_ended_at,
  };
}
