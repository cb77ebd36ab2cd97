import type { InterviewDto } from './interview.dto.js';

/** A session as the database gives it: who took part, and how much was said, without the words. */
export interface InterviewRow {
  id: string;
  study_id: string | null;
  method: InterviewDto['method'];
  modality: InterviewDto['modality'];
  interactive: boolean;
  started_at: Date;
  ended_at: Date;
  interviewer: string;
  anchor_event_at: Date | null;
  exposure_to: string | null;
  ingested_at: Date | null;
  transcript_version: number | null;
  versions: number;
  speakers_confirmed: boolean | null;
  participants: InterviewDto['participants'];
  turns: number;
  observations: number;
}

export const SELECT_INTERVIEW = `
  SELECT interview.*,
    (SELECT json_agg(json_build_object('participantId', interview_participant.participant_id,
        'speaksFor', interview_participant.speaks_for) ORDER BY interview_participant.position)
      FROM interview_participant WHERE interview_participant.project_id = interview.project_id
        AND interview_participant.interview_id = interview.id) AS participants,
    newest.version AS versions, newest.speakers_confirmed_at IS NOT NULL AS speakers_confirmed,
    (SELECT count(*)::int FROM turn WHERE turn.project_id = interview.project_id
      AND turn.interview_id = interview.id
      AND turn.version = interview.transcript_version) AS turns,
    (SELECT count(*)::int FROM observation WHERE observation.project_id = interview.project_id
      AND observation.interview_id = interview.id) AS observations
  FROM interview
  LEFT JOIN LATERAL (
    SELECT transcript.version, transcript.speakers_confirmed_at FROM transcript
    WHERE transcript.project_id = interview.project_id
      AND transcript.interview_id = interview.id
    ORDER BY transcript.version DESC LIMIT 1
  ) AS newest ON true`;

export function interviewDto(row: InterviewRow): InterviewDto {
  return {
    id: row.id,
    ...(row.study_id === null ? {} : { studyId: row.study_id }),
    method: row.method,
    modality: row.modality,
    interactive: row.interactive,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at.toISOString(),
    interviewer: row.interviewer,
    ...(row.anchor_event_at === null ? {} : { anchorEventAt: row.anchor_event_at.toISOString() }),
    ...(row.exposure_to === null ? {} : { exposureTo: row.exposure_to }),
    participants: row.participants,
    ...(row.ingested_at === null ? {} : { ingestedAt: row.ingested_at.toISOString() }),
    ...(row.transcript_version === null ? {} : { transcriptVersion: row.transcript_version }),
    ...(row.versions === null ? {} : { speakersConfirmed: row.speakers_confirmed === true }),
    turns: row.turns,
    observations: row.observations,
  };
}
