import { startTestApp, type TestApp } from '../support/test-app.js';

/** A parent that needs no gate: what an iteration takes over does not depend on its kind. */
const PARENT = {
  key: 'first-try',
  name: 'First try',
  kind: 'aa',
  owner: 'Owner',
  variants: [
    { key: 'control', name: 'As it is', weight: 1, control: true },
    { key: 'total', name: 'Total first', weight: 1 },
  ],
  audience: { populations: ['lead'], stages: ['pricing'] },
  traffic: 0.05,
  metrics: { leading: 'profit' },
  analysis: { plannedDays: 14 },
  schedule: { cron: '0 6 * * 1' },
  rationale: {
    insightIds: ['01a20000-0000-7000-8000-000000000001'],
    because: {
      who: { text: 'People who budget', quoteIds: ['01a20000-0000-7000-8000-000000000002'] },
      change: { text: 'We show the total', assumption: true },
    },
    wrongIf: 'Nothing moves',
  },
};

describe('going on from an experiment', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    await app.ok('post', '/v1/experiments', PARENT);
    await app.ok('post', '/v1/experiments', { ...PARENT, key: 'still-a-draft' });
    await app.ok('post', '/v1/experiments/first-try/launch');
  });
  afterAll(() => app.close());

  it('takes a key, a name and what changed: the rest is inherited and said to be', async () => {
    const created = await app.ok('post', '/v1/experiments', {
      key: 'second-try',
      name: 'Second try',
      iterationOf: 'first-try',
      rationale: { because: { change: { text: 'We show the total earlier', assumption: true } } },
    });
    expect(created.body).toMatchObject({
      key: 'second-try',
      name: 'Second try',
      iterationOf: 'first-try',
      kind: 'aa',
      owner: 'Owner',
      traffic: 0.05,
      schedule: PARENT.schedule,
      rationale: {
        insightIds: PARENT.rationale.insightIds,
        because: {
          who: PARENT.rationale.because.who,
          change: { text: 'We show the total earlier', assumption: true },
        },
        wrongIf: 'Nothing moves',
      },
    });
    expect(created.body.inherited).toEqual(
      expect.arrayContaining([
        '/kind',
        '/variants',
        '/audience',
        '/rationale/insightIds',
        '/rationale/because/who',
        '/rationale/wrongIf',
      ]),
    );
    expect(created.body.inherited).not.toEqual(
      expect.arrayContaining(['/rationale/because/change']),
    );
    const timeline = await app.ok('get', '/v1/experiments/second-try/timeline');
    expect(timeline.body.data[0].facts).toMatchObject({
      iterationOf: 'first-try',
      inherited: created.body.inherited,
    });
    const shown = await app.ok('get', '/v1/experiments/second-try');
    expect(shown.body.inherited).toBeUndefined();
  });

  it('is one check and one create away, also from an idea', async () => {
    const body = { key: 'third-try', name: 'Third try', iterationOf: 'first-try' };
    const dry = await app.ok('post', '/v1/experiments/check', body);
    expect([dry.body.outcome, dry.body.missing]).toEqual(['pass', []]);
    expect(dry.body.inherited).toContain('/rationale');
    const idea = await app.ok('post', '/v1/ideas', body);
    expect(idea.body.check).toMatchObject({ outcome: 'pass', missing: [], errors: [] });
    expect(idea.body.variants).toBeUndefined();
    const created = await app.ok('post', '/v1/experiments', { fromIdea: idea.body.id });
    expect(created.body).toMatchObject({ key: 'third-try', variants: PARENT.variants });
  });

  it('replaces a draft with exactly what is sent: nothing comes back by itself', async () => {
    const { default: request } = await import('supertest');
    const { ADMIN_KEY } = await import('../support/test-config.js');
    await app.ok('post', '/v1/experiments', {
      key: 'to-edit',
      name: 'To edit',
      iterationOf: 'first-try',
    });
    const read = await app.ok('get', '/v1/experiments/to-edit');
    const { schedule: _, ...edited } = read.body as Record<string, unknown>;
    const replaced = await request(app.app.getHttpServer())
      .put('/v1/experiments/to-edit')
      .set('authorization', `Bearer ${ADMIN_KEY}`)
      .set('if-match', String(read.headers['etag']))
      .send(edited);
    expect([replaced.status, replaced.body.schedule]).toEqual([200, undefined]);
  });

  it.each([
    ['a key nobody has', 'nobody'],
    ['a draft', 'still-a-draft'],
  ])('refuses to go on from %s', async (_name, iterationOf) => {
    const body = { key: 'lost', name: 'Lost', iterationOf };
    for (const path of ['/v1/experiments', '/v1/experiments/check']) {
      const refused = await app.send('post', path, body);
      expect([refused.status, refused.body.errors]).toEqual([
        422,
        [{ pointer: '/iterationOf', code: 'unknown-experiment' }],
      ]);
    }
    const idea = await app.ok('post', '/v1/ideas', body);
    expect(idea.body.check).toMatchObject({
      outcome: 'refused',
      errors: [{ pointer: '/iterationOf', code: 'unknown-experiment' }],
    });
  });

  it('still names what no parent can bring', async () => {
    const refused = await app.send('post', '/v1/experiments', { iterationOf: 'first-try' });
    expect([refused.status, refused.body.errors]).toEqual([
      422,
      ['/key', '/name'].map((pointer) => ({ pointer, code: 'missing' })),
    ]);
  });
});
