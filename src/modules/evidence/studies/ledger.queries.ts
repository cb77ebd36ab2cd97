import type { EntityManager } from 'typeorm';
import type { Disposition } from '../../../domain/evidence/dossier.js';

export interface SessionRow {
  id: string;
  participant_ids: string[];
}

export interface ClaimRow {
  id: string;
  statement: string;
  question: string | null;
}

/** What quotes of an interview say about an insight. */
export interface SaidRow {
  interview_id: string;
  insight_id: string;
  disposition: Disposition;
}

/** What a member recorded of an interview as a whole. */
export interface RecordedRow extends SaidRow {
  reason: string | null;
  response: string | null;
  reader_id: string;
}

/** The interviews of a study that have ended, in the order they did; one more than `max` at most. */
export async function endedSessions(
  manager: EntityManager,
  projectId: string,
  studyId: string,
  max: number,
): Promise<SessionRow[]> {
  return (await manager.query(
    `SELECT interview.id,
       (SELECT COALESCE(array_agg(interview_participant.participant_id::text
           ORDER BY interview_participant.position), '{}')
        FROM interview_participant
        WHERE interview_participant.project_id = interview.project_id
          AND interview_participant.interview_id = interview.id) AS participant_ids
     FROM interview
     WHERE interview.project_id = $1 AND interview.study_id = $2
       AND interview.ended_at <= becausal_now()
     ORDER BY interview.ended_at, interview.id LIMIT $3`,
    [projectId, studyId, max + 1],
  )) as SessionRow[];
}

/** These claims, with the questions they answer. */
export async function claims(
  manager: EntityManager,
  projectId: string,
  insightIds: readonly string[],
): Promise<ClaimRow[]> {
  return (await manager.query(
    `SELECT insight.id, insight.statement, question.text AS question
     FROM insight
     LEFT JOIN question ON question.project_id = insight.project_id
       AND question.id = insight.question_id
     WHERE insight.project_id = $1 AND insight.id = ANY($2) ORDER BY insight.id`,
    [projectId, insightIds],
  )) as ClaimRow[];
}

export async function saidByQuotes(
  manager: EntityManager,
  projectId: string,
  interviewIds: readonly string[],
  insightIds: readonly string[],
): Promise<SaidRow[]> {
  return (await manager.query(
    `SELECT quote.interview_id, evidence_entry.insight_id, evidence_entry.disposition
     FROM evidence_entry
     JOIN quote ON quote.project_id = evidence_entry.project_id
       AND quote.id = evidence_entry.quote_id
     WHERE evidence_entry.project_id = $1 AND evidence_entry.insight_id = ANY($3)
       AND quote.interview_id = ANY($2)`,
    [projectId, interviewIds, insightIds],
  )) as SaidRow[];
}

export async function recordedCells(
  manager: EntityManager,
  projectId: string,
  interviewIds: readonly string[],
  insightIds: readonly string[],
): Promise<RecordedRow[]> {
  return (await manager.query(
    `SELECT evidence_entry.interview_id, evidence_entry.insight_id, evidence_entry.disposition,
       evidence_entry.reason, evidence_entry.response, evidence_entry.reader_id
     FROM evidence_entry
     WHERE evidence_entry.project_id = $1 AND evidence_entry.insight_id = ANY($3)
       AND evidence_entry.interview_id = ANY($2)`,
    [projectId, interviewIds, insightIds],
  )) as RecordedRow[];
}
