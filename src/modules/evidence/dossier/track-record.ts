import type { EntityManager } from 'typeorm';
import type { TrackEntry } from '../../../domain/evidence/dossier.js';

/**
 * How experiments that rest on these claims ended, oldest first: one entry for each variant, as the
 * last reading left it. It reads what was learned where that is stored; nothing else joins the two.
 */
export async function loadTrack(
  manager: EntityManager,
  projectId: string,
  insightIds: readonly string[],
): Promise<(TrackEntry & { insightId: string })[]> {
  return (await manager.query(
    `SELECT learned_insight.insight_id AS "insightId", experiment.key AS experiment,
       learned.variant, learned.metric, learned.mechanism, learned.outcome,
       learned_insight.effect, learned.learned_at AS at
     FROM learned_insight
     JOIN learned ON learned.project_id = learned_insight.project_id
       AND learned.id = learned_insight.learned_id
     JOIN experiment ON experiment.project_id = learned.project_id
       AND experiment.id = learned.experiment_id
     WHERE learned_insight.project_id = $1 AND learned_insight.insight_id = ANY($2)
       AND NOT EXISTS (SELECT 1 FROM learned AS newer
         WHERE newer.project_id = learned.project_id
           AND newer.experiment_id = learned.experiment_id AND newer.variant = learned.variant
           AND (newer.learned_at, newer.id) > (learned.learned_at, learned.id))
     ORDER BY learned.learned_at, learned.id`,
    [projectId, insightIds],
  )) as (TrackEntry & { insightId: string })[];
}
