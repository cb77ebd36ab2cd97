import type { EntityManager } from 'typeorm';
import type {
  DossierInterview,
  DossierObservation,
  DossierSpeaker,
  DossierStudy,
} from '../../../domain/evidence/dossier.js';

type SpeakerRow = Pick<DossierSpeaker, 'participantId'> & {
  speaksFor: (Omit<DossierSpeaker['speaksFor'][number], 'from' | 'to'> & {
    from?: string;
    to?: string;
  })[];
};

/** Sessions, who spoke for what in them, and how much, without a word of it. */
export async function loadInterviews(
  manager: EntityManager,
  projectId: string,
  ids: readonly string[],
): Promise<DossierInterview[]> {
  const wanted = [...new Set(ids)];
  const rows = (await manager.query(
    `SELECT interview.id, interview.study_id AS "studyId", interview.method, interview.modality,
       interview.interactive, interview.started_at AS "startedAt",
       interview.ended_at AS "endedAt", interview.ingested_at AS "ingestedAt",
       interview.anchor_event_at AS "anchorEventAt", interview.exposure_to AS "exposureTo",
       interview.interviewer, interview.created_by AS "recordedBy",
       (SELECT transcript.produced_by FROM transcript
         WHERE transcript.project_id = interview.project_id
           AND transcript.interview_id = interview.id
           AND transcript.version = interview.transcript_version) AS "producedBy",
       (SELECT json_agg(json_build_object(
           'participantId', interview_participant.participant_id,
           'speaksFor', interview_participant.speaks_for)
           ORDER BY interview_participant.position)
         FROM interview_participant
         WHERE interview_participant.project_id = interview.project_id
           AND interview_participant.interview_id = interview.id) AS participants
     FROM interview
     WHERE interview.project_id = $1 AND interview.id = ANY($2)
     ORDER BY interview.id`,
    [projectId, wanted],
  )) as (Omit<DossierInterview, 'participants' | 'askedTurns'> & { participants: SpeakerRow[] })[];
  const shares = await loadShares(manager, projectId, wanted);
  return rows.map(({ participants, ...row }) => {
    const shareOf = (participantId: string | null): Share =>
      shares.get(placeOf(row.id, participantId)) ?? NO_SHARE;
    return {
      ...row,
      askedTurns: shareOf(null).turns,
      participants: participants.map((speaker) => ({
        ...speakerFrom(speaker),
        ...shareOf(speaker.participantId),
      })),
    };
  });
}

/** How much of an interview was somebody's. */
type Share = Pick<DossierSpeaker, 'turns' | 'words'>;

const NO_SHARE: Share = { turns: 0, words: 0 };

function placeOf(interviewId: string, participantId: string | null): string {
  return `${interviewId}/${participantId ?? 'interviewer'}`;
}

/**
 * Counted in one pass over the turns of these interviews. The ids are said of the turns too, so that
 * no other turn is read, however many there are.
 */
async function loadShares(
  manager: EntityManager,
  projectId: string,
  interviewIds: readonly string[],
): Promise<ReadonlyMap<string, Share>> {
  const rows = (await manager.query(
    `SELECT turn.interview_id AS "interviewId", turn.participant_id AS "participantId",
       count(*)::int AS turns, sum(turn.word_count)::int AS words
     FROM interview JOIN turn ON turn.project_id = interview.project_id
       AND turn.interview_id = interview.id AND turn.version = interview.transcript_version
     WHERE interview.project_id = $1 AND interview.id = ANY($2) AND turn.interview_id = ANY($2)
     GROUP BY turn.interview_id, turn.participant_id`,
    [projectId, interviewIds],
  )) as (Share & { interviewId: string; participantId: string | null })[];
  return new Map(
    rows.map(({ interviewId, participantId, turns, words }) => [
      placeOf(interviewId, participantId),
      { turns, words },
    ]),
  );
}

function speakerFrom({ speaksFor, ...speaker }: SpeakerRow): Omit<DossierSpeaker, keyof Share> {
  return {
    ...speaker,
    speaksFor: speaksFor.map(({ from, to, ...what }) => ({
      ...what,
      ...(from === undefined ? {} : { from: new Date(from) }),
      ...(to === undefined ? {} : { to: new Date(to) }),
    })),
  };
}

export async function loadObservations(
  manager: EntityManager,
  projectId: string,
  interviewIds: readonly string[],
): Promise<DossierObservation[]> {
  return (await manager.query(
    `SELECT observation.interview_id AS "interviewId",
       observation.participant_id AS "participantId", observation.at
     FROM observation WHERE observation.project_id = $1 AND observation.interview_id = ANY($2)
     ORDER BY observation.interview_id, observation.index`,
    [projectId, interviewIds],
  )) as DossierObservation[];
}

/** The studies of the cited interviews, with every session of them that has ended. */
export async function loadStudies(
  manager: EntityManager,
  projectId: string,
  studyIds: readonly string[],
  now: Date,
): Promise<DossierStudy[]> {
  return (await manager.query(
    `SELECT study.id, study.question_id AS "questionId", study.anchor_event AS "anchorEvent",
       COALESCE(study.created_at <= min(interview.started_at), false) AS preregistered,
       COALESCE(json_agg(json_build_object('interviewId', interview.id,
         'participantIds', (SELECT json_agg(interview_participant.participant_id
             ORDER BY interview_participant.position)
           FROM interview_participant
           WHERE interview_participant.project_id = interview.project_id
             AND interview_participant.interview_id = interview.id)) ORDER BY interview.id)
         FILTER (WHERE interview.id IS NOT NULL), '[]') AS sessions
     FROM study
     LEFT JOIN interview ON interview.project_id = study.project_id
       AND interview.study_id = study.id AND interview.ended_at <= $3
     WHERE study.project_id = $1 AND study.id = ANY($2)
     GROUP BY study.project_id, study.id ORDER BY study.id`,
    [projectId, [...new Set(studyIds)], now],
  )) as DossierStudy[];
}
