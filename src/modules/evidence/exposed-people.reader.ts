import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PeopleAfterwards } from '../../domain/verdict/learning/learned-facts.js';

/** An experiment whose change people may have met. */
export interface MetExperiment {
  projectId: string;
  id: string;
  key: string;
  launchedAt: Date;
}

export const CANDIDATE_SOURCES = ['interview', 'account'] as const;
/**
 * How it is known that somebody met the change: an interview says so, or the exposures of the account
 * they belong to, where they allow such a link.
 */
export type CandidateSource = (typeof CANDIDATE_SOURCES)[number];

export interface Candidate {
  participantId: string;
  pseudonym: string;
  knownFrom: CandidateSource[];
}

/** More candidates than this are no list to call anybody from. */
const CANDIDATES_MAX = 200;

const PERSON = 'COALESCE(participant.merged_into, participant.id)';

/** Consent in force at an instant to one thing; without a date it ends with the project's retention. */
const allows = (scope: string, now: string) => `EXISTS (
  SELECT 1 FROM consent JOIN project ON project.id = consent.project_id
  WHERE consent.project_id = participant.project_id AND consent.participant_id = participant.id
    AND '${scope}' = ANY(consent.scopes) AND consent.given_at <= ${now}
    AND consent.withdrawn_at IS NULL
    AND COALESCE(consent.retain_until,
      consent.given_at + project.retention_days * interval '24 hours') > ${now})`;

/** Talks with people who had met the change of an experiment, begun after its launch and ended. */
const TALKS = `
  FROM interview
  JOIN interview_participant ON interview_participant.project_id = interview.project_id
    AND interview_participant.interview_id = interview.id
  JOIN participant ON participant.project_id = interview_participant.project_id
    AND participant.id = interview_participant.participant_id
  WHERE interview.project_id = $1 AND interview.exposure_to = $2 AND interview.started_at > $3
    AND interview.ended_at <= $4 AND participant.kind = 'human' AND participant.erased_at IS NULL`;

/** A passage of such a talk that somebody held for or against one of the claims. */
const saidOf = (condition: string) => `EXISTS (
  SELECT 1 FROM quote
  JOIN evidence_entry ON evidence_entry.project_id = quote.project_id
    AND evidence_entry.quote_id = quote.id
  WHERE quote.project_id = interview.project_id AND quote.interview_id = interview.id
    AND quote.participant_id = participant.id AND quote.lost_in_version IS NULL
    AND evidence_entry.insight_id = ANY($5) AND ${condition})
  AND ${allows('product_decisions', '$4')}`;

/** Who met the change of an experiment, as far as it may be known; ids, counts and pseudonyms only. */
@Injectable()
export class ExposedPeopleReader {
  /** How many people were heard after they had met it, and what they said of these claims. */
  async afterwards(
    manager: EntityManager,
    experiment: MetExperiment,
    about: { insightIds: readonly string[]; now: Date },
  ): Promise<Omit<PeopleAfterwards, 'needed'>> {
    const { projectId, key, launchedAt } = experiment;
    const [row] = (await manager.query(
      `SELECT count(DISTINCT heard.person)::int AS heard,
         count(DISTINCT heard.person) FILTER (WHERE heard.described)::int AS described,
         count(DISTINCT heard.person) FILTER (WHERE heard.contradicted)::int AS contradicted
       FROM (SELECT ${PERSON} AS person,
           ${saidOf(`evidence_entry.disposition = 'supports' AND quote.elicitation = 'unprompted'`)}
             AS described,
           ${saidOf(`evidence_entry.disposition = 'contradicts'`)} AS contradicted
         ${TALKS}) AS heard`,
      [projectId, key, launchedAt, about.now, about.insightIds],
    )) as Omit<PeopleAfterwards, 'needed'>[];
    return row ?? { heard: 0, described: 0, contradicted: 0 };
  }

  /** Distinct people heard so far in each of these studies, who had met it. */
  async heardIn(
    manager: EntityManager,
    experiment: MetExperiment,
    studies: { studyIds: readonly string[]; now: Date },
  ): Promise<Map<string, number>> {
    const { projectId, key, launchedAt } = experiment;
    const rows = (await manager.query(
      `SELECT interview.study_id AS "studyId", count(DISTINCT ${PERSON})::int AS people
       ${TALKS} AND interview.study_id = ANY($5)
       GROUP BY interview.study_id`,
      [projectId, key, launchedAt, studies.now, studies.studyIds],
    )) as { studyId: string; people: number }[];
    return new Map(rows.map(({ studyId, people }) => [studyId, people]));
  }

  /**
   * People who agreed to be asked again and are known to have met it, or one variant of it; those of
   * one person once, at most 200, by pseudonym. The log is read for those alone who allow it.
   */
  async candidates(
    manager: EntityManager,
    experiment: MetExperiment,
    asked: { variant: string | null; now: Date },
  ): Promise<Candidate[]> {
    const { projectId, id, key, launchedAt } = experiment;
    return (await manager.query(
      `SELECT participant.id AS "participantId", participant.pseudonym,
         array_remove(ARRAY[CASE WHEN known.interview THEN 'interview' END,
           CASE WHEN known.account THEN 'account' END], NULL) AS "knownFrom"
       FROM participant
       CROSS JOIN LATERAL (SELECT EXISTS (
           SELECT 1 FROM interview_participant
           JOIN interview ON interview.project_id = interview_participant.project_id
             AND interview.id = interview_participant.interview_id
           WHERE interview_participant.project_id = participant.project_id
             AND interview_participant.participant_id = participant.id
             AND interview.exposure_to = $3 AND interview.started_at > $4) AS interview,
         (participant.account_ref IS NOT NULL AND ${allows('link_to_behaviour', '$5')}
           AND EXISTS (${EXPOSED_ACCOUNT})) AS account) AS known
       WHERE participant.project_id = $1 AND participant.kind = 'human'
         AND participant.erased_at IS NULL AND participant.merged_into IS NULL
         AND ${allows('recontact', '$5')} AND (known.interview OR known.account)
       ORDER BY participant.pseudonym COLLATE "C", participant.id LIMIT ${CANDIDATES_MAX}`,
      [projectId, id, key, launchedAt, asked.now, asked.variant],
    )) as Candidate[];
  }
}

/**
 * The account itself was exposed, or a user or visitor that the log knows to be of it. Keys of units
 * are salted: that of an account is computed here from its name, as the log does it.
 */
const EXPOSED_ACCOUNT = `
  WITH account AS (
    SELECT space.number, encode(substring(sha256(space.salt || convert_to(
      'unit' || chr(10) || 'account' || chr(10) || participant.account_ref, 'UTF8')) FOR 16),
      'hex')::uuid AS unit
    FROM event_space AS space WHERE space.project_id = participant.project_id
  ), one AS (
    SELECT account.number, account.unit FROM account
    UNION
    SELECT link.project, link.from_unit FROM account JOIN identity_link AS link
      ON link.project = account.number AND link.to_unit = account.unit
  ), unit AS (
    SELECT one.number, one.unit FROM one
    UNION
    SELECT link.project, link.from_unit FROM one JOIN identity_link AS link
      ON link.project = one.number AND link.to_unit = one.unit
  )
  SELECT 1 FROM unit JOIN event ON event.project = unit.number AND event.unit = unit.unit
  WHERE event.type = 'exposure' AND event.experiment_id = $2
    AND ($6::text IS NULL OR event.variant = $6)`;
