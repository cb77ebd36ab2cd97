import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AmendedMember } from '../../domain/brief/brief-input.js';
import type { DecisionAction } from '../../domain/experiments/decision.js';
import type { Learning } from '../../domain/verdict/learning/learning.js';

/** A decision as the page needs it; `by` is the id of a member. */
export interface DecisionRow {
  action: DecisionAction;
  variant: string | null;
  reason: string;
  holdBack: number | null;
  rereadAt: Date | null;
  overrideReason: string | null;
  overrideRequestedBy: string | null;
  learning: Learning | null;
  by: string;
  at: Date;
}

export interface AmendmentRow {
  planVersion: number;
  reason: string;
  change: AmendedMember | null;
  by: string;
  at: Date;
}

/** What people did to an experiment over time, as a page for people shows it. */
@Injectable()
export class BriefRecordsQueries {
  /** Oldest first. */
  async decisions(
    manager: EntityManager,
    projectId: string,
    experimentId: string,
  ): Promise<DecisionRow[]> {
    return (await manager.query(
      `SELECT decision.action, decision.variant, decision.reason,
         decision.hold_back AS "holdBack", decision.reread_at AS "rereadAt",
         decision.override_reason AS "overrideReason",
         override_request.requested_by AS "overrideRequestedBy", decision.learning,
         decision.decided_by AS "by", decision.decided_at AS "at"
       FROM decision
       LEFT JOIN override_request ON override_request.project_id = decision.project_id
         AND override_request.id = decision.override_request_id
       WHERE decision.project_id = $1 AND decision.experiment_id = $2
       ORDER BY decision.decided_at, decision.id`,
      [projectId, experimentId],
    )) as DecisionRow[];
  }

  /** Plan versions after the first, oldest first, each with what the timeline says was changed. */
  async amendments(
    manager: EntityManager,
    projectId: string,
    experimentId: string,
  ): Promise<AmendmentRow[]> {
    return (await manager.query(
      `SELECT plan.version AS "planVersion", plan.reason, plan.frozen_by AS "by",
         plan.frozen_at AS "at", noted.change
       FROM plan
       LEFT JOIN LATERAL (
         SELECT timeline_entry.facts -> 'amendment' AS change FROM timeline_entry
         WHERE timeline_entry.project_id = plan.project_id
           AND timeline_entry.experiment_id = plan.experiment_id
           AND timeline_entry.what = 'amend'
           AND timeline_entry.facts ->> 'planVersion' = plan.version::text
         ORDER BY timeline_entry.id LIMIT 1) AS noted ON true
       WHERE plan.project_id = $1 AND plan.experiment_id = $2 AND plan.version > 1
       ORDER BY plan.version`,
      [projectId, experimentId],
    )) as AmendmentRow[];
  }
}
