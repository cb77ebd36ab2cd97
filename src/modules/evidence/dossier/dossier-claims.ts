import type { EntityManager } from 'typeorm';
import type {
  DossierEntry,
  DossierInsight,
  DossierReading,
  DossierSearch,
  DossierSignal,
} from '../../../domain/evidence/dossier.js';
import { loadTrack } from './track-record.js';

type Owned<T> = T & { insightId: string };

/** Claims with everything that was held for and against them. */
export async function loadInsights(
  manager: EntityManager,
  projectId: string,
  ids: readonly string[],
): Promise<DossierInsight[]> {
  const rows = (await manager.query(
    `SELECT insight.id, insight.statement, insight.state, insight.question_id AS "questionId"
     FROM insight WHERE insight.project_id = $1 AND insight.id = ANY($2) ORDER BY insight.id`,
    [projectId, ids],
  )) as Pick<DossierInsight, 'id' | 'statement' | 'state' | 'questionId'>[];
  const entries = (await manager.query(
    `SELECT evidence_entry.insight_id AS "insightId", evidence_entry.quote_id AS "quoteId",
       evidence_entry.interview_id AS "interviewId", evidence_entry.disposition,
       evidence_entry.response, evidence_entry.reason, evidence_entry.reader_id AS "readerId"
     FROM evidence_entry
     WHERE evidence_entry.project_id = $1 AND evidence_entry.insight_id = ANY($2)
     ORDER BY evidence_entry.id`,
    [projectId, ids],
  )) as DossierEntry[];
  const searches = (await manager.query(
    `SELECT negative_search.id, negative_search.insight_id AS "insightId",
       negative_search.queries, negative_search.ran_at AS "ranAt",
       COALESCE(json_agg(json_build_object('interviewId', negative_search_hit.interview_id,
         'turn', negative_search_hit.turn_index, 'disposition', negative_search_hit.disposition,
         'response', negative_search_hit.response))
         FILTER (WHERE negative_search_hit.search_id IS NOT NULL), '[]') AS hits
     FROM negative_search
     LEFT JOIN negative_search_hit
       ON negative_search_hit.project_id = negative_search.project_id
       AND negative_search_hit.search_id = negative_search.id
     WHERE negative_search.project_id = $1 AND negative_search.insight_id = ANY($2)
     GROUP BY negative_search.project_id, negative_search.id ORDER BY negative_search.id`,
    [projectId, ids],
  )) as DossierSearch[];
  const readings = (await manager.query(
    `SELECT insight_reading.insight_id AS "insightId", insight_reading.quote_id AS "quoteId",
       insight_reading.reader_id AS "readerId", insight_reading.disposition
     FROM insight_reading
     WHERE insight_reading.project_id = $1 AND insight_reading.insight_id = ANY($2)
       AND insight_reading.disposition IS NOT NULL
     ORDER BY insight_reading.quote_id, insight_reading.reader_id`,
    [projectId, ids],
  )) as Owned<DossierReading>[];
  const track = await loadTrack(manager, projectId, ids);
  return rows.map((row) => ({
    ...row,
    track: track
      .filter(({ insightId }) => insightId === row.id)
      .map(({ insightId: _owner, ...entry }) => entry),
    entries: entries.filter(({ insightId }) => insightId === row.id),
    searches: searches.filter(({ insightId }) => insightId === row.id),
    readings: readings
      .filter(({ insightId }) => insightId === row.id)
      .map(({ insightId: _owner, ...reading }) => reading),
  }));
}

/** What looks odd about the numbers an experiment names. */
export async function loadSignals(
  manager: EntityManager,
  projectId: string,
  metricKeys: readonly string[],
): Promise<DossierSignal[]> {
  return (await manager.query(
    `SELECT question.id AS "questionId", question.signal ->> 'metricKey' AS "metricKey",
       COALESCE(question.signal ->> 'reading', 'movement') AS reading,
       COALESCE((question.signal ->> 'since')::timestamptz, question.created_at) AS since,
       question.state = 'answered' AS explained
     FROM question
     WHERE question.project_id = $1 AND question.signal ->> 'metricKey' = ANY($2)
     ORDER BY question.id`,
    [projectId, metricKeys],
  )) as DossierSignal[];
}
