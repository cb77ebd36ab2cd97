import { Injectable } from '@nestjs/common';
import {
  type ProgrammeProfit,
  programmeProfit,
  type ShippedReading,
  type ShippedTest,
} from '../../domain/rereads/programme.js';
import type { RereadFinding, VariantClaim } from '../../domain/rereads/reread.js';
import { Transactions } from '../../platform/database/transactions.js';
import { ProjectsReader } from '../projects/projects.reader.js';

interface Row extends Omit<ShippedTest, 'claim' | 'reading'> {
  claims: VariantClaim[] | null;
  reread_id: string | null;
  due_at: Date | null;
  still_causal: boolean | null;
  finding: RereadFinding | null;
}

/** Every experiment of a project that was shipped, with what it claimed and what was found last. */
@Injectable()
export class ProgrammeQueries {
  constructor(
    private readonly transactions: Transactions,
    private readonly projects: ProjectsReader,
  ) {}

  async profit(projectId: string): Promise<ProgrammeProfit> {
    const { manager } = this.transactions;
    const { currency } = await this.projects.settings(projectId, manager);
    const rows = (await manager.query(SHIPPED, [projectId])) as Row[];
    return programmeProfit(rows.map(shippedFrom), currency);
  }
}

const SHIPPED = `
  SELECT experiment.key AS "experimentKey", shipped.id AS "decisionId", shipped.action,
    shipped.variant, shipped.decided_at AS "decidedAt",
    shipped.override_reason IS NOT NULL AS overridden,
    newest.action NOT IN ('ship', 'ship_provisional') AS "takenBack",
    newest_plan.currency, claimed.claims,
    reading.id AS reread_id, reading.due_at, reading.still_causal, reading.finding
  FROM experiment
  CROSS JOIN LATERAL (
    SELECT decision.* FROM decision
    WHERE decision.project_id = experiment.project_id AND decision.experiment_id = experiment.id
      AND decision.action IN ('ship', 'ship_provisional') AND decision.variant IS NOT NULL
    ORDER BY decision.decided_at DESC, decision.id DESC LIMIT 1
  ) AS shipped
  CROSS JOIN LATERAL (
    SELECT decision.action FROM decision
    WHERE decision.project_id = experiment.project_id AND decision.experiment_id = experiment.id
    ORDER BY decision.decided_at DESC, decision.id DESC LIMIT 1
  ) AS newest
  CROSS JOIN LATERAL (
    SELECT plan.body ->> 'currency' AS currency FROM plan
    WHERE plan.project_id = experiment.project_id AND plan.experiment_id = experiment.id
    ORDER BY plan.version DESC LIMIT 1
  ) AS newest_plan
  LEFT JOIN LATERAL (
    SELECT reread.claims FROM reread
    WHERE reread.project_id = shipped.project_id AND reread.decision_id = shipped.id LIMIT 1
  ) AS claimed ON true
  LEFT JOIN LATERAL (
    SELECT reread.id, reread.due_at, reread_result.still_causal, found.finding FROM reread
    JOIN reread_result ON reread_result.project_id = reread.project_id
      AND reread_result.reread_id = reread.id
    CROSS JOIN LATERAL jsonb_array_elements(reread_result.findings) AS found(finding)
    WHERE reread.project_id = experiment.project_id AND reread.experiment_id = experiment.id
      AND reread.due_at > shipped.decided_at
      AND found.finding ->> 'variant' = shipped.variant
      AND found.finding -> 'realised' IS NOT NULL
    ORDER BY reread.due_at DESC, reread.id DESC LIMIT 1
  ) AS reading ON true
  WHERE experiment.project_id = $1 AND experiment.kind = 'ab'
  ORDER BY shipped.id`;

function shippedFrom({
  claims,
  reread_id,
  due_at,
  still_causal,
  finding,
  ...shipped
}: Row): ShippedTest {
  const claim = claims?.find(({ variant }) => variant === shipped.variant) ?? null;
  return { ...shipped, claim, reading: readingFrom({ reread_id, due_at, still_causal, finding }) };
}

function readingFrom({
  reread_id,
  due_at,
  still_causal,
  finding,
}: Pick<Row, 'reread_id' | 'due_at' | 'still_causal' | 'finding'>): ShippedReading | null {
  if (reread_id === null || due_at === null || finding?.realised === undefined) return null;
  const { now, realised } = finding;
  return {
    rereadId: reread_id,
    dueAt: due_at,
    now,
    realised,
    stillCausal: still_causal === true,
  };
}
