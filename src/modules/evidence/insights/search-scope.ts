import type { EntityManager } from 'typeorm';

/** Interviews outside the cited studies that a search reads too, the newest first. */
export const OTHERS_MAX = 20;
/** No search opens more interviews of the cited studies than this. */
export const INTERVIEWS_MAX = 400;
/** How far back the newest are looked through for those of the claim's stages. */
const WALKED_MAX = 1_000;

/** An interview to be searched, and which version of its words is in force. */
export interface SearchedInterview {
  id: string;
  /** Null where nothing was said, only seen. */
  version: number | null;
}

interface ScopeRow {
  id: string;
  transcript_version: number | null;
}

/**
 * Which interviews a search for what speaks against a claim has to read: those cited, every other
 * one of their studies, and the newest beside them whose people speak for one of the claim's stages
 * (for any, where the claim or the person names none). So a weak study that was split off is still
 * looked at. Costs what the cited studies hold plus a bounded walk, however much else is stored.
 */
export async function searchScope(
  manager: EntityManager,
  projectId: string,
  insight: { id: string; stages: readonly string[] },
): Promise<SearchedInterview[]> {
  const cited = (await manager.query(CITED, [projectId, insight.id])) as {
    id: string;
    study_id: string | null;
  }[];
  const citedIds = cited.map(({ id }) => id);
  const studyIds = [...new Set(cited.flatMap(({ study_id: id }) => id ?? []))];
  const own = (await manager.query(OWN, [projectId, citedIds, studyIds])) as ScopeRow[];
  const others = (await manager.query(OTHERS, [
    projectId,
    citedIds,
    studyIds,
    insight.stages,
  ])) as ScopeRow[];
  return [...own, ...others].map((row) => ({ id: row.id, version: row.transcript_version }));
}

const CITED = `
  SELECT DISTINCT interview.id, interview.study_id
  FROM evidence_entry
  LEFT JOIN quote ON quote.project_id = evidence_entry.project_id
    AND quote.id = evidence_entry.quote_id
  JOIN interview ON interview.project_id = evidence_entry.project_id
    AND interview.id = COALESCE(evidence_entry.interview_id, quote.interview_id)
  WHERE evidence_entry.project_id = $1 AND evidence_entry.insight_id = $2`;

/** Two lists that the indexes give, put together: an OR of them would read every interview. */
const OWN = `
  SELECT found.id, found.transcript_version FROM (
    SELECT interview.id, interview.transcript_version, interview.ended_at, 0 AS part
    FROM interview WHERE interview.project_id = $1 AND interview.id = ANY($2)
      AND interview.ingested_at IS NOT NULL
    UNION ALL
    SELECT interview.id, interview.transcript_version, interview.ended_at, 1 AS part
    FROM interview WHERE interview.project_id = $1 AND interview.study_id = ANY($3)
      AND interview.id <> ALL($2) AND interview.ingested_at IS NOT NULL
  ) AS found
  ORDER BY found.part, found.ended_at DESC, found.id LIMIT ${INTERVIEWS_MAX}`;

const OTHERS = `
  SELECT newest.id, newest.transcript_version FROM (
    SELECT interview.id, interview.transcript_version, interview.ended_at
    FROM interview WHERE interview.project_id = $1 AND interview.ingested_at IS NOT NULL
      AND interview.id <> ALL($2)
      AND (interview.study_id IS NULL OR interview.study_id <> ALL($3))
    ORDER BY interview.ended_at DESC, interview.id LIMIT ${WALKED_MAX}
  ) AS newest
  WHERE cardinality($4::text[]) = 0 OR EXISTS (
    SELECT 1 FROM interview_participant
    CROSS JOIN LATERAL jsonb_array_elements(interview_participant.speaks_for) AS lived (experience)
    WHERE interview_participant.project_id = $1
      AND interview_participant.interview_id = newest.id
      AND (lived.experience ->> 'stage' IS NULL OR lived.experience ->> 'stage' = ANY($4)))
  ORDER BY newest.ended_at DESC, newest.id LIMIT ${OTHERS_MAX}`;
