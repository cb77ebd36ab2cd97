import type { EntityManager } from 'typeorm';

/**
 * What a gate reads stays as it is until the gate's transaction ends: whoever changes it waits, or
 * the gate sees the change. Everybody locks in one order (claims, studies, sessions, people,
 * consents), so that they wait for each other and never deadlock. What was read before its lock may
 * be old, so each kind is locked first and read afterwards.
 */

/** What is held for and against these claims; those who change it lock the claim first. */
export async function lockClaims(
  manager: EntityManager,
  projectId: string,
  insightIds: readonly string[],
): Promise<void> {
  await manager.query(
    `SELECT 1 FROM insight WHERE insight.project_id = $1 AND insight.id = ANY($2)
     ORDER BY insight.id FOR SHARE`,
    [projectId, insightIds],
  );
}

/** The words of these sessions and quotes, and every session of the studies they belong to. */
export async function lockSessions(
  manager: EntityManager,
  projectId: string,
  cited: { interviewIds: readonly string[]; quoteIds: readonly string[] },
): Promise<void> {
  const sessions = (await manager.query(
    `SELECT interview.id, interview.study_id AS "studyId" FROM interview
     WHERE interview.project_id = $1 AND (interview.id = ANY($2) OR interview.id IN (
       SELECT quote.interview_id FROM quote WHERE quote.project_id = $1 AND quote.id = ANY($3)))`,
    [projectId, cited.interviewIds, cited.quoteIds],
  )) as { id: string; studyId: string | null }[];
  const studyIds = [...new Set(sessions.flatMap(({ studyId }) => studyId ?? []))];
  await manager.query(
    `SELECT 1 FROM study WHERE study.project_id = $1 AND study.id = ANY($2)
     ORDER BY study.id FOR SHARE`,
    [projectId, studyIds],
  );
  await manager.query(
    `SELECT 1 FROM interview WHERE interview.project_id = $1
       AND (interview.id = ANY($2) OR interview.study_id = ANY($3))
     ORDER BY interview.id FOR SHARE`,
    [projectId, sessions.map(({ id }) => id), studyIds],
  );
}

/** Taken by whoever changes what is held for or against claims; one writer at a time for each. */
export async function holdClaims(
  manager: EntityManager,
  projectId: string,
  insightIds: readonly string[],
): Promise<void> {
  await manager.query(
    `SELECT 1 FROM insight WHERE insight.project_id = $1 AND insight.id = ANY($2)
     ORDER BY insight.id FOR NO KEY UPDATE`,
    [projectId, [...new Set(insightIds)]],
  );
}

/** Taken by whoever adds a session to a study, before anything else of the transaction. */
export async function holdStudy(
  manager: EntityManager,
  projectId: string,
  studyId: string,
): Promise<void> {
  await manager.query(
    'SELECT 1 FROM study WHERE study.project_id = $1 AND study.id = $2 FOR NO KEY UPDATE',
    [projectId, studyId],
  );
}
