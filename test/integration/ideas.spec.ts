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
});
