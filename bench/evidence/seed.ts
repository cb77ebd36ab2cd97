import { DataSource, type EntityManager } from 'typeorm';
import { createApplication, prepareDatabase } from '../../src/app.setup.js';
import { TranscriptStore } from '../../src/modules/evidence/interviews/transcript-store.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { startEmbeddedCluster } from '../../src/platform/database/embedded-cluster.js';
import { newId } from '../../src/platform/http/ids.js';
import { Logger } from '../../src/platform/logging/logger.js';
import { ParticipantKeys } from '../../src/platform/security/participant-keys.js';
import { seedClaims } from './seed-claims.js';
import { type SeededInterview, type Seeding, STUDY_SIZE } from './seeding.js';
import { isAnswer, TURNS, turnText } from './talks.js';

/** Stored in one transaction. */
const BATCH_SIZE = 50;
/** One batch is sealed while the database stores the other. */
const LANES = 2;
const DAY_MS = 86_400_000;
const APART_MS = 20 * 60_000;
const STAGES = ['pricing', 'checkout', 'onboarding', 'renewal'];
/** One in so many people may be the same as somebody else, and nobody has decided. */
const UNDECIDED = 10;
/** For the time of filling only: what is lost in a crash here is made again. */
const FILLING = ['fsync=off', 'synchronous_commit=off', 'max_wal_size=4GB', 'autovacuum=off'];

/**
 * Fills a new data directory with interviews as the service stores them: turns sealed with keys of
 * their own people, through the code that the service itself uses. The newest are the same in every
 * database, whatever the count. What is measured afterwards starts from an analysed database.
 * @returns the study that is measured
 */
export async function seedInterviews(dataDir: string, count: number): Promise<SeededInterview[]> {
  const config = loadConfig({
    BECAUSAL_DATA_DIR: dataDir,
    BECAUSAL_WORKER: '0',
    BECAUSAL_ALLOW_UNSAFE_DURABILITY: '1',
    LOG_LEVEL: 'silent',
  });
  const cluster = await startEmbeddedCluster({ dataDir, settings: FILLING });
  try {
    await prepareDatabase(config, cluster.url, Logger.create('silent'));
    const app = await createApplication(config, cluster.url);
    try {
      return await fill(
        app.get(DataSource),
        app.get(ParticipantKeys),
        app.get(TranscriptStore),
        count,
      );
    } finally {
      await app.close();
    }
  } finally {
    await cluster.stop();
  }
}

async function fill(
  source: DataSource,
  keys: ParticipantKeys,
  transcripts: TranscriptStore,
  count: number,
): Promise<SeededInterview[]> {
  const [found] = (await source.query(
    `SELECT member.project_id AS "projectId", member.id AS "memberId", becausal_now() AS now
     FROM member`,
  )) as Pick<Seeding, 'projectId' | 'memberId' | 'now'>[];
  if (found === undefined) throw new Error('a new database has a member');
  const seeding = { ...found, keys };
  const studies = Array.from({ length: Math.ceil(count / STUDY_SIZE) }, newId);
  await insertStudies(source.manager, seeding, studies);
  const interviews = Array.from({ length: count }, (_, number) => ({
    number,
    id: newId(),
    participantId: newId(),
    studyId: studies[Math.floor(number / STUDY_SIZE)] ?? '',
  }));
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const batch = interviews.slice(next, next + BATCH_SIZE);
      next += BATCH_SIZE;
      await source.transaction((manager) => insertBatch(manager, seeding, transcripts, batch));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await source.transaction((manager) => seedClaims(manager, seeding, interviews.slice(STUDY_SIZE)));
  await insertPairs(source.manager, seeding, interviews);
  await source.query('VACUUM (ANALYZE)');
  return interviews.slice(0, STUDY_SIZE);
}

async function insertStudies(
  manager: EntityManager,
  { projectId, now }: Seeding,
  ids: readonly string[],
): Promise<void> {
  // The question of each study has the study's own id: nothing else is told apart by it.
  await manager.query(
    `INSERT INTO question (project_id, id, text, signal, tags, created_at, state, state_changed_at)
     SELECT $1, given.id, 'Why did the number move? ' || given.position,
       jsonb_build_object('metricKey', 'metric-' || given.position), '{}', $3, 'open', $3
     FROM unnest($2::uuid[]) WITH ORDINALITY AS given (id, position)`,
    [projectId, ids, now],
  );
  await manager.query(
    `INSERT INTO study (project_id, id, question_id, name, method, population, planned_interviews,
       created_at)
     SELECT $1, given.id, given.id, 'Round ' || given.position, 'interview', 'lead', $3, $4
     FROM unnest($2::uuid[]) WITH ORDINALITY AS given (id, position)`,
    [projectId, ids, STUDY_SIZE, now],
  );
}

async function insertBatch(
  manager: EntityManager,
  seeding: Seeding,
  transcripts: TranscriptStore,
  batch: readonly SeededInterview[],
): Promise<void> {
  const { projectId, memberId, now, keys } = seeding;
  await insertPeople(manager, seeding, batch);
  await insertSessions(manager, seeding, batch);
  for (const { number, id, participantId } of batch) {
    await keys.create(manager, projectId, participantId);
    await transcripts.insert(manager, projectId, {
      interviewId: id,
      version: 1,
      kind: 'raw',
      language: 'en',
      producedBy: 'human',
      format: null,
      speakersConfirmedAt: now,
      createdBy: memberId,
      createdAt: now,
      firstParticipantId: participantId,
      turns: Array.from({ length: TURNS }, (_, turn) => ({
        speaker: isAnswer(turn) ? 'P' : 'Q',
        participantId: isAnswer(turn) ? participantId : null,
        text: turnText(number, turn),
        startMs: turn * 30_000,
      })),
    });
  }
}

async function insertPeople(
  manager: EntityManager,
  { projectId, now }: Seeding,
  batch: readonly SeededInterview[],
): Promise<void> {
  const people = batch.map(({ participantId }) => participantId);
  await manager.query(
    `INSERT INTO participant (project_id, id, pseudonym, kind, population, account_ref,
       buying_roles, conflict, created_at)
     SELECT $1, given.id, 'Invented person ' || given.number, 'human', 'lead',
       'account ' || given.number, '{}', 'none', $4
     FROM unnest($2::uuid[], $3::int[]) AS given (id, number)`,
    [projectId, people, batch.map(({ number }) => number), now],
  );
  await manager.query(
    `INSERT INTO consent (project_id, id, participant_id, scopes, given_at, how, notice_version,
       created_at)
     SELECT $1, given.id, given.participant_id,
       '{take_part,transcribe,product_decisions,quote_internal}', $4, 'form', '1', $5
     FROM unnest($2::uuid[], $3::uuid[]) AS given (id, participant_id)`,
    [projectId, people.map(newId), people, new Date(now.getTime() - 300 * DAY_MS), now],
  );
}

async function insertSessions(
  manager: EntityManager,
  { projectId, memberId, now }: Seeding,
  batch: readonly SeededInterview[],
): Promise<void> {
  const endedAt = ({ number }: SeededInterview): Date =>
    new Date(now.getTime() - 2 * DAY_MS - number * APART_MS);
  await manager.query(
    `INSERT INTO interview (project_id, id, study_id, method, modality, interactive, started_at,
       ended_at, interviewer, created_by, created_at, ingested_at, transcript_version)
     SELECT $1, given.id, given.study_id, 'interview', 'video', true,
       given.ended_at - interval '45 minutes', given.ended_at, 'Researcher', $5, $6, $6, 1
     FROM unnest($2::uuid[], $3::uuid[], $4::timestamptz[]) AS given (id, study_id, ended_at)`,
    [
      projectId,
      batch.map(({ id }) => id),
      batch.map(({ studyId }) => studyId),
      batch.map(endedAt),
      memberId,
      now,
    ],
  );
  await manager.query(
    `INSERT INTO interview_participant
       (project_id, interview_id, participant_id, position, speaks_for)
     SELECT $1, given.interview_id, given.participant_id, 0,
       jsonb_build_array(jsonb_build_object('population', 'lead', 'stage', given.stage))
     FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS given (interview_id, participant_id, stage)`,
    [
      projectId,
      batch.map(({ id }) => id),
      batch.map(({ participantId }) => participantId),
      batch.map(({ number }) => STAGES[number < STUDY_SIZE ? 0 : number % STAGES.length]),
    ],
  );
}

/** Every tenth person and the next one: the measured study has such pairs too. */
async function insertPairs(
  manager: EntityManager,
  { projectId, now }: Seeding,
  interviews: readonly SeededInterview[],
): Promise<void> {
  const pairs = interviews.flatMap(({ number, participantId }) => {
    const other = interviews[number + 1];
    return number % UNDECIDED !== 0 || other === undefined
      ? []
      : [[participantId, other.participantId].toSorted()];
  });
  await manager.query(
    `INSERT INTO participant_pair (project_id, id, first_id, second_id, found_by, likeness, found_at)
     SELECT $1, given.id, given.first_id, given.second_id, 'likeness', 0.5, $5
     FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS given (id, first_id, second_id)`,
    [projectId, pairs.map(newId), pairs.map(([one]) => one), pairs.map(([, two]) => two), now],
  );
}
