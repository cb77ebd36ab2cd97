import { DataSource, type EntityManager } from 'typeorm';
import { searchScope } from '../../src/modules/evidence/insights/search-scope.js';
import { anotherProject } from '../support/another-project.js';
import { aCitedQuote, anInsight, aStudy, talkWith } from '../support/studied-people.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const NOWHERE = '01a20000-0000-7000-8000-000000000000';
const SAID = 'I could not tell the total until the very last screen';

interface Hit {
  interviewId: string;
  turn: number;
  source: string;
  text?: string;
  disposition?: string;
}

/** What the server looks through for words against a claim. */
describe('negative searches', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  const codesOf = (answer: { body: { errors?: { pointer: string; code: string }[] } }) =>
    (answer.body.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`);

  const search = (insightId: string, queries: readonly string[]) =>
    app.ok('post', `/v1/insights/${insightId}/negative-searches`, { queries });

  /** A claim with one quote, in a study with one more interview in it. */
  async function aClaim(name: string, audience: object = { populations: ['lead'] }) {
    const studyId = await aStudy(app);
    const insightId = await anInsight(app, { audience });
    const cited = await talkWith(app, {
      pseudonym: `${name} cited`,
      studyId,
      turns: [{ asks: 'What did you see?', says: `Well. ${SAID}.` }],
      endedDaysAgo: 100,
    });
    const beside = await talkWith(app, {
      pseudonym: `${name} beside`,
      studyId,
      turns: [{ asks: 'And you?', says: `The marmalade ${name} was plain to me` }],
      endedDaysAgo: 200,
    });
    await aCitedQuote(app, insightId, cited.interviewId, { text: SAID });
    return { studyId, insightId, cited, beside };
  }

  it('read every interview of the cited studies, and the newest of the same stage beside them', async () => {
    const stage = 'stage-one';
    const audience = { populations: ['lead'], stages: [stage] };
    const { insightId, cited, beside } = await aClaim('First', audience);
    const says = 'The tangerine was plain to me from the beginning';
    const near: string[] = [];
    for (let index = 0; index < 22; index += 1) {
      const talk = await talkWith(app, {
        pseudonym: `Near ${index}`,
        speaksFor: [{ population: 'customer', stage }],
        turns: [{ says }],
        endedDaysAgo: index + 1,
      });
      near.push(talk.interviewId);
    }
    const far = await talkWith(app, {
      pseudonym: 'Far',
      speaksFor: [{ population: 'lead', stage: 'stage-two' }],
      turns: [{ says }],
      endedDaysAgo: 0,
    });
    const found = await search(insightId, ['tangerine', 'marmalade']);
    const read = new Set((found.body.hits as Hit[]).map(({ interviewId }) => interviewId));
    expect(found.body.interviewsSearched).toBe(22);
    expect([...read].toSorted()).toEqual(
      [cited.interviewId, beside.interviewId, ...near.slice(0, 20)].toSorted(),
    );
    expect(read).not.toContain(far.interviewId);
  });

  it('read every stage where the claim names none', async () => {
    const { insightId } = await aClaim('Anywhere');
    await talkWith(app, {
      pseudonym: 'Anybody',
      speaksFor: [{ population: 'partner', stage: 'stage-nine' }],
      turns: [{ says: 'The persimmon was plain to me' }],
      endedDaysAgo: 0,
    });
    const found = await search(insightId, ['persimmon']);
    const asked = (found.body.hits as Hit[]).filter(({ source }) => source === 'query');
    expect(asked.map(({ text }) => text)).toEqual(['The persimmon was plain to me']);
  });

  it('add the turns nearest to the claim, so that nonsense finds something', async () => {
    const { insightId } = await aClaim('Nonsense');
    const { body } = await search(insightId, ['xylophone quasar']);
    const hits = body.hits as Hit[];
    expect(hits.length).toBeGreaterThan(0);
    expect(hits.every(({ source }) => source === 'nearest')).toBe(true);
    expect(hits.some(({ text }) => text?.includes(SAID))).toBe(true);
  });

  it('remember the version of the words that they read', async () => {
    const { insightId, beside } = await aClaim('Version');
    const { body } = await search(insightId, ['marmalade Version']);
    const rows = await app.sql(
      `SELECT negative_search_hit.transcript_version FROM negative_search_hit
       WHERE negative_search_hit.search_id = $1 AND negative_search_hit.interview_id = $2`,
      [body.id, beside.interviewId],
    );
    expect(rows).toEqual([{ transcript_version: 1 }]);
    const again = await app.ok('get', `/v1/insights/${insightId}/negative-searches/${body.id}`);
    expect(again.body).toEqual(body);
  });

  it('are judged hit by hit, in one request', async () => {
    const { insightId } = await aClaim('Judged');
    const { body } = await search(insightId, ['marmalade Judged']);
    const path = `/v1/insights/${insightId}/negative-searches/${body.id}/hits`;
    const hits = (body.hits as Hit[]).map(({ interviewId, turn }, index) => ({
      interviewId: index === 0 ? interviewId.toUpperCase() : interviewId,
      turn,
      disposition: index === 0 ? 'contradicts' : 'asked_not_mentioned',
      ...(index === 0 ? { response: 'They came from another page' } : {}),
    }));
    const judged = await app.ok('put', path, { hits });
    expect((judged.body.hits as Hit[]).map(({ disposition }) => disposition)).toEqual(
      hits.map(({ disposition }) => disposition),
    );
    expect(judged.body.hits[0].response).toBe('They came from another page');
    const wrong = await app.send('put', path, {
      hits: [hits[0], { ...hits[0] }, { interviewId: NOWHERE, turn: 0, disposition: 'supports' }],
    });
    expect([wrong.status, codesOf(wrong)]).toEqual([
      422,
      ['/hits/1 duplicate-hit', '/hits/2 unknown-hit'],
    ]);
  });

  it('of ten that run and are judged at once, each is whole', async () => {
    const { insightId } = await aClaim('Crowd');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        app.send('post', `/v1/insights/${insightId}/negative-searches`, { queries: ['plain'] }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    const [first] = answers.map(({ body }) => body as { id: string; hits: Hit[] });
    const { id, hits } = first ?? { id: '', hits: [] };
    const path = `/v1/insights/${insightId}/negative-searches/${id}/hits`;
    const judged = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        app.send('put', path, {
          hits: hits.map(({ interviewId, turn }) => ({
            interviewId,
            turn,
            disposition: index % 2 === 0 ? 'supports' : 'qualifies',
          })),
        }),
      ),
    );
    expect(judged.map(({ status }) => status)).toEqual(judged.map(() => 200));
    const shown = await app.ok('get', `/v1/insights/${insightId}/negative-searches/${id}`);
    expect(new Set((shown.body.hits as Hit[]).map(({ disposition }) => disposition)).size).toBe(1);
  });

  it.each([
    ['no query', { queries: [] }],
    ['too many', { queries: Array.from({ length: 21 }, () => 'x') }],
    ['a query that is no text', { queries: [1] }],
  ])('are refused with %s', async (_, body) => {
    const refused = await app.send(
      'post',
      `/v1/insights/${await anInsight(app)}/negative-searches`,
      body,
    );
    expect([refused.status, refused.body.code]).toEqual([422, 'validation-failed']);
  });

  it('are not there for another project, nor under another insight', async () => {
    const { secret } = await anotherProject(app, 'other');
    const { insightId } = await aClaim('Foreign');
    const { body } = await search(insightId, ['plain']);
    const path = `/v1/insights/${insightId}/negative-searches`;
    const elsewhere = `/v1/insights/${await anInsight(app)}/negative-searches/${body.id}`;
    expect((await app.send('post', path, { queries: ['x'] }, secret)).status).toBe(404);
    expect((await app.send('get', `${path}/${body.id}`, undefined, secret)).status).toBe(404);
    expect((await app.send('get', elsewhere)).status).toBe(404);
    expect((await app.send('put', `${elsewhere}/hits`, { hits: [] })).status).toBe(404);
  });

  it('cost the same however many other interviews are stored', async () => {
    const { insightId, cited } = await aClaim('Crowded', {
      populations: ['lead'],
      stages: ['stage-nowhere'],
    });
    await app.sql(
      `INSERT INTO interview (project_id, id, method, modality, interactive, started_at, ended_at,
         interviewer, ingested_at, created_by, created_at)
       SELECT interview.project_id, gen_random_uuid(), interview.method, interview.modality, true,
         becausal_now() - made.n * interval '1 minute', becausal_now() - made.n * interval '1 minute',
         interview.interviewer,
         interview.ingested_at, interview.created_by, interview.created_at
       FROM interview CROSS JOIN generate_series(1, 10000) AS made (n) WHERE interview.id = $1`,
      [cited.interviewId],
    );
    await app.sql('ANALYZE interview, interview_participant');
    const { body } = await search(insightId, ['marmalade Crowded']);
    expect(body.interviewsSearched).toBe(2);

    const [project] = await app.sql<{ id: string }>(
      'SELECT insight.project_id AS id FROM insight WHERE insight.id = $1',
      [insightId],
    );
    const { manager } = app.app.get(DataSource);
    const plans: Plan[] = [];
    const explained = Object.assign(Object.create(manager) as EntityManager, {
      query: async (sql: string, values: unknown[]) => {
        const explain = `EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`;
        const [row] = (await manager.query(explain, values)) as {
          'QUERY PLAN': { Plan: Plan }[];
        }[];
        plans.push(...(row?.['QUERY PLAN'] ?? []).map(({ Plan: plan }) => plan));
        return (await manager.query(sql, values)) as unknown;
      },
    });
    const insight = { id: insightId, stages: ['stage-nowhere'] };
    expect(await searchScope(explained, project?.id ?? '', insight)).toHaveLength(2);
    const read = plans.flatMap(interviewScans);
    // The walk through the newest ends at 1,000; reading them all would be 10,000.
    expect(read.reduce((sum, rows) => sum + rows, 0)).toBeLessThan(1_100);
    expect(read.length).toBeGreaterThan(2);
  });
});

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

/** Rows that each scan of interviews has read, whether it kept them or not. */
function interviewScans(plan: Plan): number[] {
  const own =
    plan['Relation Name'] === 'interview'
      ? [(plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']]
      : [];
  return [...own, ...(plan.Plans ?? []).flatMap(interviewScans)];
}
