import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { LearnedFacts } from '../../domain/verdict/learning/learned-facts.js';
import type { Judgement } from '../../domain/verdict/learning/learned.js';
import type { InsightEffect, Learned, LearnedFrom } from '../../domain/verdict/learning/outcome.js';
import { newId } from '../../platform/http/ids.js';

export interface LearnedRow {
  decisionId: string;
  from: LearnedFrom;
  rereadId: string | null;
  facts: LearnedFacts;
  judgement: Judgement;
  insights: readonly { insightId: string; effect: InsightEffect }[];
  at: Date;
}

/** Which experiment. */
interface Of {
  projectId: string;
  experimentId: string;
}

const NEWEST = `
  SELECT DISTINCT ON (learned.variant) learned.* FROM learned
  WHERE learned.project_id = $1 AND learned.experiment_id = $2
  ORDER BY learned.variant, learned.learned_at DESC, learned.id DESC`;

/** What was learned, as it is stored: only ever added to, and the newest of each variant holds. */
@Injectable()
export class LearnedRows {
  async add(manager: EntityManager, of: Of, row: LearnedRow): Promise<void> {
    const id = newId();
    const { facts, judgement } = row;
    await manager.query(
      `INSERT INTO learned (project_id, id, experiment_id, decision_id, variant, learned_from,
         reread_id, metric, mechanism, outcome, facts, judgement, learned_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        of.projectId,
        id,
        of.experimentId,
        row.decisionId,
        facts.variant,
        row.from,
        row.rereadId,
        judgement.metric,
        judgement.mechanism,
        judgement.outcome,
        JSON.stringify(facts),
        JSON.stringify(judgement),
        row.at,
      ],
    );
    await manager.query(
      `INSERT INTO learned_insight (project_id, learned_id, insight_id, effect)
       SELECT $1, $2, said.id, said.effect
       FROM unnest($3::uuid[], $4::text[]) AS said (id, effect)`,
      [
        of.projectId,
        id,
        row.insights.map(({ insightId }) => insightId),
        row.insights.map(({ effect }) => effect),
      ],
    );
  }

  /** What holds of each variant, by its key. */
  async newest(manager: EntityManager, of: Of): Promise<LearnedRow[]> {
    return (await manager.query(
      `SELECT newest.decision_id AS "decisionId", newest.learned_from AS "from",
         newest.reread_id AS "rereadId", newest.facts, newest.judgement,
         newest.learned_at AS at,
         COALESCE((SELECT json_agg(json_build_object('insightId', learned_insight.insight_id,
             'effect', learned_insight.effect) ORDER BY learned_insight.insight_id)
           FROM learned_insight WHERE learned_insight.project_id = newest.project_id
             AND learned_insight.learned_id = newest.id), '[]') AS insights
       FROM (${NEWEST}) AS newest ORDER BY newest.variant COLLATE "C"`,
      [of.projectId, of.experimentId],
    )) as LearnedRow[];
  }

  /** Other experiments whose newest word on a claim is one of these effects, by key. */
  async othersSaying(
    manager: EntityManager,
    of: Of,
    about: { insightId: string; effects: readonly InsightEffect[] },
  ): Promise<{ id: string; key: string }[]> {
    return (await manager.query(
      `SELECT DISTINCT experiment.id, experiment.key
       FROM learned_insight
       JOIN learned ON learned.project_id = learned_insight.project_id
         AND learned.id = learned_insight.learned_id
       JOIN experiment ON experiment.project_id = learned.project_id
         AND experiment.id = learned.experiment_id
       WHERE learned_insight.project_id = $1 AND learned_insight.insight_id = $3
         AND learned_insight.effect = ANY($4) AND experiment.id <> $2
         AND NOT EXISTS (SELECT 1 FROM learned AS newer
           WHERE newer.project_id = learned.project_id
             AND newer.experiment_id = learned.experiment_id AND newer.variant = learned.variant
             AND (newer.learned_at, newer.id) > (learned.learned_at, learned.id))
       ORDER BY experiment.key`,
      [of.projectId, of.experimentId, about.insightId, about.effects],
    )) as { id: string; key: string }[];
  }
}

export function learnedFrom({ facts, judgement, insights, from, at }: LearnedRow): Learned {
  const { shownWrong: _shownWrong, ...said } = judgement;
  return {
    variant: facts.variant,
    metricKey: facts.metric.key,
    ...said,
    insights,
    from,
    learnedAt: at.toISOString(),
  };
}
