import { startTestApp, type TestApp } from '../support/test-app.js';

describe('bodies that are not whole', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  const whole = {
    key: 'a',
    name: 'A',
    variants: [{ key: 'x', name: 'X', weight: 1 }],
    audience: { populations: ['lead'] },
    metrics: { leading: 'profit' },
  };

  it.each(['key', 'name', 'variants', 'audience', 'metrics', 'traffic', 'schedule', 'rationale'])(
    'a null %s is refused: absent means not yet, null means nothing',
    async (name) => {
      for (const path of ['/v1/ideas', '/v1/experiments/check']) {
        const refused = await app.send('post', path, { ...whole, [name]: null });
        expect([refused.status, refused.body.code]).toEqual([422, 'validation-failed']);
        const pointers = (refused.body.errors as { pointer: string }[]).map(
          ({ pointer }) => pointer,
        );
        expect(pointers).toContain(`/${name}`);
      }
    },
  );

  it('an idea that is not complete yet is told what is missing, and what its reason lacks', async () => {
    const missing = ['/key', '/variants', '/audience', '/metrics'];
    const idea = await app.ok('post', '/v1/ideas', {
      name: 'A thought',
      rationale: { wrongIf: 'Nothing moves' },
    });
    expect(idea.body.check).toMatchObject({ outcome: 'refused', missing, errors: [] });
    const codes = (idea.body.check.unmet as { code: string }[]).map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['RATIONALE_MISSING', 'EXPERIENCE_MISSING']));
    expect(idea.body.check.nextBest.code).toBe('RATIONALE_MISSING');
    const shown = await app.ok('get', `/v1/ideas/${idea.body.id}`);
    expect(shown.body).toEqual(idea.body);
    const dry = await app.ok('post', '/v1/experiments/check', { idea: idea.body.id });
    expect(dry.body).toMatchObject({ gate: 'create', outcome: 'refused', missing });
  });

  it('nothing at all can be asked about, and never passes', async () => {
    for (const body of [{}, { kind: 'aa' }]) {
      const dry = await app.ok('post', '/v1/experiments/check', body);
      expect(dry.body.outcome).toBe('refused');
      expect(dry.body.missing).toEqual(['/key', '/name', '/variants', '/audience', '/metrics']);
    }
    const aa = await app.ok('post', '/v1/experiments/check', { kind: 'aa' });
    expect([aa.body.unmet, aa.body.nextBest.code]).toEqual([[], 'BODY_INCOMPLETE']);
  });

  it('a metric that is still to be made is missing, not wrong, until the experiment is created', async () => {
    const body = {
      ...whole,
      key: 'with-a-new-metric',
      kind: 'aa',
      variants: [
        { key: 'x', name: 'X', weight: 1 },
        { key: 'y', name: 'Y', weight: 1 },
      ],
      metrics: { leading: 'not-made-yet' },
    };
    const dry = await app.ok('post', '/v1/experiments/check', body);
    expect([dry.body.outcome, dry.body.missing]).toEqual(['refused', ['/metrics/leading']]);
    const created = await app.send('post', '/v1/experiments', body);
    expect(created.body.errors).toEqual([{ pointer: '/metrics/leading', code: 'unknown-metric' }]);
  });

  it('what is wrong in an idea is said beside it, and refused in a check', async () => {
    const idea = await app.ok('post', '/v1/ideas', { name: 'One arm', variants: whole.variants });
    expect(idea.body.check.errors).toMatchObject([
      { pointer: '/variants', code: 'invalid-weights' },
    ]);
    const dry = await app.send('post', '/v1/experiments/check', { variants: whole.variants });
    expect([dry.status, dry.body.errors[0].pointer]).toEqual([422, '/variants']);
  });

  it('what was read may be sent back, with its ETag', async () => {
    const { default: request } = await import('supertest');
    const { ADMIN_KEY } = await import('../support/test-config.js');
    const idea = await app.ok('post', '/v1/ideas', { name: 'Before' });
    const put = (body: object) =>
      request(app.app.getHttpServer())
        .put(`/v1/ideas/${idea.body.id}`)
        .set('authorization', `Bearer ${ADMIN_KEY}`)
        .set('if-match', '"1"')
        .send(body);
    const forged = await put({ ...idea.body, createdAt: '2020-01-01T00:00:00Z' });
    expect([forged.status, forged.body.errors[0].pointer]).toEqual([422, '/createdAt']);
    const replaced = await put({ ...idea.body, name: 'After', kind: 'aa' });
    expect([replaced.status, replaced.body.name]).toEqual([200, 'After']);
    expect(replaced.body.check.unmet).toEqual([]);
  });

  describe('the analysis of a whole body', () => {
    const body = (analysis: object) => ({
      ...whole,
      variants: [
        { key: 'x', name: 'X', weight: 1, control: true },
        { key: 'y', name: 'Y', weight: 1 },
      ],
      metrics: { leading: 'clicks' },
      analysis,
    });
    beforeAll(async () => {
      await app.ok('post', '/v1/metrics', {
        key: 'clicks',
        name: 'Clicks',
        role: 'proxy',
        kind: 'proportion',
        class: 'engagement',
        direction: 'increase',
        event: 'click',
        windowDays: 7,
      });
    });

    it.each<[string, object]>([
      [
        'looks',
        {
          test: 'group_sequential',
          plannedUnits: 5000,
          plannedLooks: 5,
          spending: 'pocock',
          futility: true,
        },
      ],
      ['looks, without naming the test', { plannedUnits: 5000, plannedLooks: 5 }],
      ['the past of the units', { cuped: { days: 14, estimator: 'interacted' } }],
      ['strata', { stratifyBy: 'device' }],
    ])('may plan %s', async (_name, analysis) => {
      const dry = await app.send('post', '/v1/experiments/check', body(analysis));
      expect([dry.status, dry.body.outcome]).toEqual([200, 'refused']);
      expect(dry.body.couldShow).toHaveLength(2);
    });

    it.each<[string, object, string]>([
      ['looks without units', { plannedLooks: 5 }, '/analysis/plannedUnits'],
      ['too many looks', { plannedLooks: 61, plannedUnits: 9 }, '/analysis/plannedLooks'],
      ['futility without looks', { futility: true }, '/analysis/futility'],
      ['no days before', { cuped: { days: 0 } }, '/analysis/cuped/days'],
      ['an unknown spending', { spending: 'all' }, '/analysis/spending'],
      ['words for days', { cuped: { days: 'many' } }, '/analysis/cuped/days'],
    ])('may not plan %s', async (_name, analysis, pointer) => {
      const dry = await app.send('post', '/v1/experiments/check', body(analysis));
      expect(dry.status).toBe(422);
      const pointers = (dry.body.errors as { pointer: string }[]).map((error) => error.pointer);
      expect(pointers).toContain(pointer);
    });
  });
});
