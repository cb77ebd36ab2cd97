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

  it('an idea that is not complete yet is told what is missing', async () => {
    const idea = await app.ok('post', '/v1/ideas', { name: 'A thought' });
    const dry = await app.send('post', '/v1/experiments/check', { idea: idea.body.id });
    expect(dry.status).toBe(422);
    expect(dry.body.errors).toEqual(
      ['key', 'variants', 'audience', 'metrics'].map((name) => ({
        pointer: `/${name}`,
        code: 'missing',
      })),
    );
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
