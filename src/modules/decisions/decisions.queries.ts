import { Injectable } from '@nestjs/common';
import type { GateReport } from '../../domain/evidence/gate-report.js';
import type { DecisionAction } from '../../domain/experiments/decision.js';
import type { Learning } from '../../domain/verdict/learning/learning.js';
import { Transactions } from '../../platform/database/transactions.js';
import { ExperimentsReader } from '../experiments/experiments.reader.js';
import { ProjectsReader } from '../projects/projects.reader.js';
import type { DecisionDto } from './dto/decision.dto.js';
import { labelsOfDecision } from './labelled-decision.js';

interface Row {
  id: string;
  action: DecisionAction;
  variant: string | null;
  reason: string;
  hold_back: number | null;
  reread_at: Date | null;
  control_still_held_out: boolean | null;
  override_reason: string | null;
  override_request_id: string | null;
  override_requested_by: string | null;
  evaluation_id: string | null;
  learning: Learning | null;
  decided_by: string;
  decided_at: Date;
  warnings: GateReport['warnings'];
}

/** The decisions that were taken, as they were answered then. */
@Injectable()
export class DecisionsQueries {
  constructor(
    private readonly transactions: Transactions,
    private readonly experiments: ExperimentsReader,
    private readonly projects: ProjectsReader,
  ) {}

  async of(projectId: string, key: string): Promise<DecisionDto[]> {
    const { manager } = this.transactions;
    const experiment = await this.experiments.byKey(projectId, key, manager);
    const rows = (await manager.query(
      `SELECT decision.id, decision.action, decision.variant, decision.reason, decision.hold_back,
         decision.reread_at, decision.control_still_held_out, decision.override_reason,
         decision.override_request_id, override_request.requested_by AS override_requested_by,
         decision.evaluation_id, decision.learning, decision.decided_by, decision.decided_at,
         gate_decision.report -> 'warnings' AS warnings
       FROM decision
       JOIN gate_decision ON gate_decision.project_id = decision.project_id
         AND gate_decision.id = decision.gate_decision_id
       LEFT JOIN override_request ON override_request.project_id = decision.project_id
         AND override_request.id = decision.override_request_id
       WHERE decision.project_id = $1 AND decision.experiment_id = $2
       ORDER BY decision.decided_at, decision.id`,
      [projectId, experiment.id],
    )) as Row[];
    const names = await this.projects.memberNames(projectId, manager);
    return rows.map((row) => decisionOf(row, key, names));
  }
}

function decisionOf(
  row: Row,
  experimentKey: string,
  names: ReadonlyMap<string, string>,
): DecisionDto {
  return {
    id: row.id,
    experimentKey,
    action: row.action,
    ...(row.variant === null ? {} : { variant: row.variant }),
    reason: row.reason,
    ...(row.hold_back === null ? {} : { holdBack: row.hold_back }),
    ...(row.reread_at === null ? {} : { rereadAt: row.reread_at.toISOString() }),
    ...(row.control_still_held_out === null
      ? {}
      : { controlStillHeldOut: row.control_still_held_out }),
    ...(row.override_reason === null ? {} : { overrideReason: row.override_reason }),
    ...(row.override_request_id === null ? {} : { overrideRequestId: row.override_request_id }),
    ...(row.override_requested_by === null
      ? {}
      : { overrideRequestedBy: row.override_requested_by }),
    ...(row.evaluation_id === null ? {} : { evaluationId: row.evaluation_id }),
    ...(row.learning === null ? {} : { learning: row.learning }),
    labels: labelsOfDecision(
      {
        action: row.action,
        overrideReason: row.override_reason,
        overrideRequestedBy: row.override_requested_by,
        decidedBy: row.decided_by,
        rereadAt: row.reread_at,
      },
      names,
    ),
    warnings: row.warnings.map(({ code, why }) => ({ code, why })),
    decidedBy: row.decided_by,
    decidedAt: row.decided_at.toISOString(),
  };
}
