import type { EntityManager } from 'typeorm';
import { contextOf } from '../../src/domain/evidence/interviews/quote-context.js';
import { sealQuote } from '../../src/modules/evidence/interviews/quote-rows.js';
import { newId } from '../../src/platform/http/ids.js';
import { type SeededInterview, type Seeding, STUDY_SIZE } from './seeding.js';
import { claimText, quotableText, turnText } from './talks.js';

/** What every study cites, and what was found against it. */
const QUOTES = 12;
const HITS = 20;
const TURN = 1;

/** A claim on every study: quotes in support, a full ledger, and a search with every hit judged. */
export async function seedClaims(
  manager: EntityManager,
  seeding: Seeding,
  interviews: readonly SeededInterview[],
): Promise<void> {
  for (let first = 0; first < interviews.length; first += STUDY_SIZE) {
    const studied = interviews.slice(first, first + STUDY_SIZE);
    const insightId = newId();
    await insertInsight(manager, seeding, insightId, first);
    const quoted = studied.slice(0, QUOTES);
    const quoteIds = quoted.map(newId);
    await insertQuotes(manager, seeding, quoted, quoteIds);
    await insertLedger(manager, seeding, insightId, quoteIds, studied.slice(QUOTES));
    await insertSearch(manager, seeding, insightId, studied.slice(0, HITS));
  }
}

async function insertInsight(
  manager: EntityManager,
  { projectId, memberId, now }: Seeding,
  id: string,
  number: number,
): Promise<void> {
  await manager.query(
    `INSERT INTO insight (project_id, id, statement, audience, tags, created_by, created_at, state)
     VALUES ($1, $2, $3, '{"populations": ["lead"], "stages": ["pricing"]}', '{}', $4, $5,
       'asserted')`,
    [projectId, id, claimText(number), memberId, now],
  );
}

async function insertQuotes(
  manager: EntityManager,
  { projectId, memberId, now, keys }: Seeding,
  quoted: readonly SeededInterview[],
  ids: readonly string[],
): Promise<void> {
  const people = quoted.map(({ participantId }) => participantId);
  const ring = await keys.ring(manager, projectId, people);
  const sealed = quoted.map(({ number, id, participantId }) => {
    const exact = quotableText(number, 0);
    const end = exact.length;
    const context = contextOf(turnText(number, TURN), 0, end);
    const place = { interviewId: id, version: 1, turn: TURN, start: 0, end };
    return { ...sealQuote(ring, { ...place, participantId, exact, context }), end };
  });
  await manager.query(
    `INSERT INTO quote (project_id, id, interview_id, transcript_version, turn_index, start_at,
       end_at, participant_id, exact_sealed, context_sealed, word_count, temporality, elicitation,
       created_by, created_at)
     SELECT $1, given.id, given.interview_id, 1, $2, 0, given.end_at, given.participant_id,
       given.exact, given.context, 16, 'past_specific', 'open_probe', $3, $4
     FROM unnest($5::uuid[], $6::uuid[], $7::int[], $8::uuid[], $9::bytea[], $10::bytea[])
       AS given (id, interview_id, end_at, participant_id, exact, context)`,
    [
      projectId,
      TURN,
      memberId,
      now,
      ids,
      quoted.map(({ id }) => id),
      sealed.map(({ end }) => end),
      people,
      sealed.map(({ exact }) => exact),
      sealed.map(({ context }) => context),
    ],
  );
}

async function insertLedger(
  manager: EntityManager,
  { projectId, memberId, now }: Seeding,
  insightId: string,
  quoteIds: readonly string[],
  others: readonly SeededInterview[],
): Promise<void> {
  const interviewIds = others.map(({ id }) => id);
  await manager.query(
    `INSERT INTO evidence_entry (project_id, id, insight_id, quote_id, interview_id, disposition,
       reader_id, read_at)
     SELECT $1, given.id, $2, given.quote_id, given.interview_id,
       CASE WHEN given.quote_id IS NULL THEN 'asked_not_mentioned' ELSE 'supports' END, $3, $4
     FROM unnest($5::uuid[], $6::uuid[], $7::uuid[]) AS given (id, quote_id, interview_id)`,
    [
      projectId,
      insightId,
      memberId,
      now,
      [...quoteIds, ...interviewIds].map(newId),
      [...quoteIds, ...interviewIds.map(() => null)],
      [...quoteIds.map(() => null), ...interviewIds],
    ],
  );
}

async function insertSearch(
  manager: EntityManager,
  { projectId, memberId, now }: Seeding,
  insightId: string,
  found: readonly SeededInterview[],
): Promise<void> {
  const searchId = newId();
  await manager.query(
    `INSERT INTO negative_search (project_id, id, insight_id, queries, interviews_searched, ran_at,
       ran_by)
     VALUES ($1, $2, $3, '{query}', $4, $5, $6)`,
    [projectId, searchId, insightId, STUDY_SIZE, now, memberId],
  );
  await manager.query(
    `INSERT INTO negative_search_hit (project_id, search_id, interview_id, transcript_version,
       turn_index, found_by, disposition)
     SELECT $1, $2, given.interview_id, 1, $3, 'query', 'supports'
     FROM unnest($4::uuid[]) AS given (interview_id)`,
    [projectId, searchId, TURN, found.map(({ id }) => id)],
  );
}
