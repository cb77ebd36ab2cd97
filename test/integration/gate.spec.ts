import {
  declareMetrics,
  experimentBody,
  hear,
  insightOn,
  standardEvidence,
} from '../support/story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const codesOf = (body: { unmet?: { code: string }[] }): string[] =>
  (body.unmet ?? []).map(({ code }) => code);

describe('the gate over HTTP', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await startTestApp();
  });
  afterEach(() => app.close());

  const experiments = async (): Promise<number> => {
    const rows = await app.sql<{ count: number }>('SELECT count(*)::int AS count FROM experiment');
    return rows[0]?.count ?? -1;
  };

  it('creates, launches and freezes an experiment whose because holds', async () => {
    const { people, insightId } = await standardEvidence(app);
    const created = await app.send('post', '/v1/experiments', experimentBody(insightId, people));
    expect([created.status, codesOf(created.body)]).toEqual([201, []]);
    expect(created.body).toMatchObject({ status: 'draft', effectivePolicy: 'standard' });

    const launched = await app.ok('post', '/v1/experiments/total-first/launch');
    expect(launched.body.status).toBe('running');
    expect(launched.body.enrolmentEndsAt).toBeDefined();

    const plan = await app.ok('get', '/v1/experiments/total-first/plan');
    expect(plan.body.current.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(
      plan.body.current.plan.metrics.map((m: { inExperiment: string }) => m.inExperiment),
    ).toEqual(['leading', 'deciding']);
    const gates = await app.ok('get', '/v1/experiments/total-first/gate-decisions');
    expect(
      gates.body.data.map(({ report }: { report: { gate: string; outcome: string } }) => [
        report.gate,
        report.outcome,
      ]),
    ).toEqual([
      ['create', 'pass'],
      ['launch', 'pass'],
    ]);
    const timeline = await app.ok('get', '/v1/experiments/total-first/timeline');
    expect(timeline.body.data.map(({ what }: { what: string }) => what)).toEqual([
      'create',
      'launch',
    ]);
    await expect(app.sql(`UPDATE plan SET body = '{}' WHERE true`)).rejects.toMatchObject({
      driverError: { code: '23001' },
    });
  });

  it('refuses without a rationale, keeps the refusal, stores no experiment', async () => {
    const { people, insightId } = await standardEvidence(app);
    const { rationale: _, ...body } = experimentBody(insightId, people);
    const refused = await app.send('post', '/v1/experiments', body);
    expect(refused.status).toBe(422);
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect(refused.body).toMatchObject({
      type: '/problems/gate-refused',
      code: 'gate-refused',
      gate: 'create',
      outcome: 'refused',
      policy: { profile: 'standard', version: 1 },
    });
    expect(codesOf(refused.body)).toContain('RATIONALE_MISSING');
    expect(refused.body.nextBest).not.toBeNull();
    for (const item of refused.body.unmet as { why: string; remedies: unknown[] }[]) {
      expect(item.why.length).toBeGreaterThan(10);
      expect(item.remedies.length).toBeGreaterThan(0);
    }
    expect(await experiments()).toBe(0);
    const kept = await app.ok('get', '/v1/experiments/total-first/gate-decisions');
    expect(kept.body.data).toHaveLength(1);
    await expect(app.sql('DELETE FROM gate_decision')).rejects.toMatchObject({
      driverError: { code: '23001' },
    });
  });

  it('refuses hearsay: a sales rep does not speak for buyers', async () => {
    const people = [];
    for (const pseudonym of ['Rep A', 'Rep B', 'Rep C']) {
      people.push(
        await hear(app, {
          pseudonym,
          population: 'salesperson',
          speaksFor: [{ population: 'salesperson' }],
        }),
      );
    }
    const insightId = await insightOn(app, people);
    await declareMetrics(app);
    const refused = await app.send('post', '/v1/experiments', experimentBody(insightId, people));
    expect(refused.status).toBe(422);
    expect(codesOf(refused.body)).toEqual([
      'HEARSAY_ONLY',
      'HYPOTHETICAL_ONLY',
      'NO_LIVE_FIRST_HAND',
      'STAGE_MISMATCH',
      'TOO_FEW_PEOPLE',
    ]);
    expect(await experiments()).toBe(0);
  });

  it('refuses a paraphrase with the closest span, and a quote that does not exist', async () => {
    const { people, insightId } = await standardEvidence(app);
    const paraphrase = await app.send('post', `/v1/interviews/${people[0]?.interviewId}/quotes`, {
      text: 'I opened the pricing page several times last week and could not tell what I would pay',
    });
    expect([paraphrase.status, paraphrase.body.code]).toEqual([422, 'quote-not-found']);
    expect(paraphrase.body.errors).toEqual([{ pointer: '/text', code: 'QUOTE_NOT_FOUND' }]);
    expect(paraphrase.body.closest).toMatchObject({ turn: 1 });
    expect(paraphrase.body.closest.exact).toContain('opened the pricing page three times');

    const body = experimentBody(insightId, people);
    const rationale = body['rationale'] as { because: { who: { quoteIds: string[] } } };
    rationale.because.who.quoteIds = ['01a20000-0000-7000-8000-000000000000'];
    const refused = await app.send('post', '/v1/experiments', body);
    expect(codesOf(refused.body)).toContain('QUOTE_NOT_FOUND');
    expect(await experiments()).toBe(0);
  });

  it('refuses a stored quote whose words were changed behind the product', async () => {
    const { people, insightId } = await standardEvidence(app);
    await app.sql('UPDATE quote SET end_at = end_at - 1 WHERE id = $1', [people[0]?.quoteId]);
    const refused = await app.send('post', '/v1/experiments', experimentBody(insightId, people));
    // The seal is bound to the place, so a moved quote does not open at all.
    expect(refused.status).toBe(422);
    expect(codesOf(refused.body)).toContain('QUOTE_NOT_FOUND');
    expect(await experiments()).toBe(0);
  });

  it('refuses the interviewer’s words', async () => {
    const { people } = await standardEvidence(app);
    for (const quote of [
      { text: 'Tell me about the last time you looked at what our product would cost you' },
      { turn: 0, start: 0, end: 40 },
    ]) {
      const refused = await app.send(
        'post',
        `/v1/interviews/${people[0]?.interviewId}/quotes`,
        quote,
      );
      expect([refused.status, refused.body.code]).toEqual([422, 'quote-not-participant']);
      expect(refused.body.errors[0].code).toBe('QUOTE_NOT_PARTICIPANT');
    }
  });

  it('refuses after consent was withdrawn, at creation and at launch', async () => {
    const { people, insightId } = await standardEvidence(app);
    await app.ok('post', '/v1/experiments', experimentBody(insightId, people));
    await app.ok('post', `/v1/consents/${people[0]?.consentId}/withdraw`);
    const launch = await app.send('post', '/v1/experiments/total-first/launch');
    expect(launch.status).toBe(422);
    expect(codesOf(launch.body)).toEqual(
      expect.arrayContaining(['CREATE_GATE_LAPSED', 'CONSENT_MISSING']),
    );
    const other = await app.send(
      'post',
      '/v1/experiments',
      experimentBody(insightId, people, { key: 'another' }),
    );
    expect(codesOf(other.body)).toContain('CONSENT_MISSING');
    expect(await experiments()).toBe(1);
  });

  it.each([
    ['a stale interview', { endedDaysAgo: 200 }, 'STALE'],
    ['an interview that ends in the future', { endedDaysAgo: -2 }, 'SESSION_NOT_BEFORE'],
    ['no consent', { consent: [] }, 'CONSENT_MISSING'],
    ['a consent that does not reach', { consent: ['take_part'] }, 'CONSENT_MISSING'],
    ['a synthetic person', { kind: 'synthetic' as const }, 'SYNTHETIC_CITED'],
    [
      'a form instead of a talk',
      { method: 'open_ended_survey', modality: 'async', interactive: false },
      'NO_LIVE_FIRST_HAND',
    ],
    ['words too short to count', { words: 'Too dear for me' }, 'QUOTE_TOO_SHORT'],
  ])('refuses %s', async (_, options, code) => {
    const people = [];
    for (const pseudonym of ['Person A', 'Person B', 'Person C']) {
      people.push(await hear(app, { pseudonym, ...options }));
    }
    const insightId = await insightOn(app, people);
    await declareMetrics(app);
    const refused = await app.send('post', '/v1/experiments', experimentBody(insightId, people));
    expect(refused.status).toBe(422);
    expect(codesOf(refused.body)).toContain(code);
    expect(await experiments()).toBe(0);
  });

  it('refuses without a search for the opposite; an answered contradiction satisfies it', async () => {
    const people = [];
    for (const pseudonym of ['Visitor A', 'Visitor B', 'Visitor C'])
      people.push(await hear(app, { pseudonym }));
    const insightId = await insightOn(app, people, { search: false });
    await declareMetrics(app);
    const body = experimentBody(insightId, people);
    const refused = await app.send('post', '/v1/experiments', body);
    expect(codesOf(refused.body)).toEqual(['NO_NEGATIVE_SEARCH']);

    const against = await hear(app, { pseudonym: 'Visitor D' });
    await app.ok('post', `/v1/insights/${insightId}/evidence`, {
      quoteId: against.quoteId,
      disposition: 'contradicts',
    });
    expect(codesOf((await app.send('post', '/v1/experiments', body)).body)).toEqual([
      'NO_NEGATIVE_SEARCH',
    ]);
    await app.ok('post', `/v1/insights/${insightId}/evidence`, {
      quoteId: against.quoteId,
      disposition: 'contradicts',
      response: 'They built the sum themselves, which is the effort we want to spare people',
    });
    expect((await app.send('post', '/v1/experiments', body)).status).toBe(201);
  });

  it('a nonsense search still finds the turns nearest to the claim', async () => {
    const { insightId } = await standardEvidence(app);
    const search = await app.ok('post', `/v1/insights/${insightId}/negative-searches`, {
      queries: ['zzzz qqqq'],
    });
    expect(search.body.hits.length).toBeGreaterThan(0);
    expect(search.body.hits.every(({ source }: { source: string }) => source === 'nearest')).toBe(
      true,
    );
  });

  it('explore opens with one live story at 10%, and more traffic asks the gate again', async () => {
    const people = [await hear(app, { pseudonym: 'Visitor A' })];
    const insightId = await insightOn(app, people);
    await declareMetrics(app);
    const body = experimentBody(insightId, people, { traffic: 0.1, policy: 'explore' });
    const created = await app.ok('post', '/v1/experiments', body);
    expect(created.body.effectivePolicy).toBe('explore');
    await app.ok('post', '/v1/experiments/total-first/launch');
    const more = { traffic: 0.2, reason: 'it looks promising' };
    const refused = await app.send('post', '/v1/experiments/total-first/amendments', more);
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ code: 'gate-refused', policy: { profile: 'standard' } });
    expect(codesOf(refused.body)).toEqual([
      'HYPOTHETICAL_ONLY',
      'NO_LIVE_FIRST_HAND',
      'STAGE_MISMATCH',
      'TOO_FEW_PEOPLE',
    ]);
    expect((await app.ok('get', '/v1/experiments/total-first/plan')).body.versions).toHaveLength(1);

    for (const pseudonym of ['Visitor B', 'Visitor C']) {
      const heard = await hear(app, { pseudonym });
      await app.ok('post', `/v1/insights/${insightId}/evidence`, {
        quoteId: heard.quoteId,
        disposition: 'supports',
      });
    }
    await app.ok('post', '/v1/experiments/total-first/amendments', more);
    const plan = await app.ok('get', '/v1/experiments/total-first/plan');
    expect(plan.body.current).toMatchObject({
      version: 2,
      reason: 'it looks promising',
      plan: { traffic: 0.2, policy: { profile: 'standard' } },
    });
  });

  it('refuses a draft that is edited past its evidence, and takes back what GET gave', async () => {
    const people = [await hear(app, { pseudonym: 'Visitor A' })];
    const insightId = await insightOn(app, people);
    await declareMetrics(app);
    await app.ok('post', '/v1/experiments', experimentBody(insightId, people, { traffic: 0.05 }));
    const read = await app.ok('get', '/v1/experiments/total-first');
    const put = async (body: object) => {
      const supertest = await import('supertest');
      return await supertest
        .default(app.app.getHttpServer())
        .put('/v1/experiments/total-first')
        .set('authorization', `Bearer ${(await import('../support/test-config.js')).ADMIN_KEY}`)
        .set('if-match', String(read.headers['etag']))
        .send(body);
    };
    const grown = await put({ ...read.body, traffic: 0.5 });
    expect([grown.status, grown.body.code]).toEqual([422, 'gate-refused']);
    const same = await put(read.body);
    expect(same.status).toBe(200);
    expect((await put(read.body)).status).toBe(412);
  });

  it('a dry run has the refusal’s body, keeps nothing, and works on ideas', async () => {
    const { people, insightId } = await standardEvidence(app);
    const { rationale, ...rest } = experimentBody(insightId, people);
    const idea = await app.ok('post', '/v1/ideas', rest);
    const dry = await app.ok('post', '/v1/experiments/check?gate=create', { idea: idea.body.id });
    expect(dry.body.outcome).toBe('refused');
    expect(codesOf(dry.body)).toContain('RATIONALE_MISSING');
    const complete = await app.ok('post', '/v1/experiments/check', {
      idea: idea.body.id,
      rationale: rationale as object,
    });
    expect(complete.body).toMatchObject({ outcome: 'pass', unmet: [] });
    const kept = await app.sql<{ count: number }>(
      'SELECT count(*)::int AS count FROM gate_decision',
    );
    expect(kept[0]?.count).toBe(0);
    const created = await app.ok('post', '/v1/experiments', {
      ...rest,
      rationale,
      fromIdea: idea.body.id,
    });
    expect(created.status).toBe(201);
  });

  it('an A/A test needs no because', async () => {
    const { people, insightId } = await standardEvidence(app);
    const { rationale: _, ...body } = experimentBody(insightId, people, { kind: 'aa' });
    const created = await app.ok('post', '/v1/experiments', body);
    expect(created.body.kind).toBe('aa');
    expect((await app.ok('post', '/v1/experiments/total-first/launch')).body.status).toBe(
      'running',
    );
  });

  it('the database itself refuses an A/B experiment without its own passed decision', async () => {
    const { people, insightId } = await standardEvidence(app);
    await app.ok('post', '/v1/experiments', experimentBody(insightId, people));
    const insert = (decision: string) => `
      INSERT INTO experiment (project_id, id, key, kind, status, definition, create_decision_id,
        version, created_by, created_at)
      SELECT project_id, gen_random_uuid(), 'smuggled', 'ab', 'draft', definition, ${decision}, 1,
        created_by, created_at FROM experiment LIMIT 1`;
    await expect(app.sql(insert('NULL'))).rejects.toMatchObject({ driverError: { code: '23514' } });
    // Another experiment's decision does not open the gate for this one.
    await expect(app.sql(insert('create_decision_id'))).rejects.toMatchObject({
      driverError: { code: '23503' },
    });
    await expect(app.sql(`UPDATE experiment SET create_decision_id = NULL`)).rejects.toMatchObject({
      driverError: { code: '23514' },
    });
  });
});
