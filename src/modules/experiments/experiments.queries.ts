import { Injectable } from '@nestjs/common';
import { NotFound } from '../../domain/errors.js';
import { Transactions } from '../../platform/database/transactions.js';
import type { GateDecisionDto, PlanDto, TimelineEntryDto } from './dto/gate.dto.js';
import { GateDecisionEntity } from './gate-decision.entity.js';

/** The append-only records of an experiment. */
@Injectable()
export class ExperimentsQueries {
  constructor(private readonly transactions: Transactions) {}

  /** Every answer of a gate for this key, refusals before the experiment existed included. */
  async gateDecisions(projectId: string, key: string): Promise<GateDecisionDto[]> {
    const rows = await this.transactions.manager.find(GateDecisionEntity, {
      where: { projectId, subjectKey: key },
      order: { decidedAt: 'ASC', id: 'ASC' },
    });
    if (rows.length === 0) {
      throw new NotFound('not-found', 'No gate was ever asked for an experiment of this key.');
    }
    return rows.map((row) => ({
      id: row.id,
      report: row.report as unknown as GateDecisionDto['report'],
      inputDigest: row.inputDigest,
      decidedBy: row.decidedBy,
      decidedAt: row.decidedAt.toISOString(),
    }));
  }

  async plans(projectId: string, experimentId: string): Promise<PlanDto[]> {
    const rows = (await this.transactions.manager.query(
      `SELECT plan.version, plan.body, plan.digest, plan.reason, plan.frozen_by, plan.frozen_at
       FROM plan WHERE plan.project_id = $1 AND plan.experiment_id = $2 ORDER BY plan.version`,
      [projectId, experimentId],
    )) as {
      version: number;
      body: object;
      digest: string;
      reason: string;
      frozen_by: string;
      frozen_at: Date;
    }[];
    return rows.map((row) => ({
      version: row.version,
      plan: row.body,
      digest: row.digest,
      reason: row.reason,
      frozenBy: row.frozen_by,
      frozenAt: row.frozen_at.toISOString(),
    }));
  }

  async timeline(projectId: string, experimentId: string): Promise<TimelineEntryDto[]> {
    const rows = (await this.transactions.manager.query(
      `SELECT timeline_entry.at, timeline_entry.what, timeline_entry.facts,
         timeline_entry.member_id
       FROM timeline_entry
       WHERE timeline_entry.project_id = $1 AND timeline_entry.experiment_id = $2
       ORDER BY timeline_entry.at, timeline_entry.id`,
      [projectId, experimentId],
    )) as { at: Date; what: string; facts: object; member_id: string | null }[];
    return rows.map((row) => ({
      at: row.at.toISOString(),
      what: row.what,
      facts: row.facts,
      ...(row.member_id === null ? {} : { memberId: row.member_id }),
    }));
  }
}
