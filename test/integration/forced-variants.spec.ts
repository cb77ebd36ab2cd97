import { anotherProject } from '../support/another-project.js';
import { aaBody, launchedOverApi, served, serveNow } from '../support/live-tests.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('forced variants', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  const path = (key: string) => `/v1/experiments/${key}/forced-variants`;
  const force = (key: string, units: object) => app.send('put', path(key), { units });

  it('are served to their units while the test is live, paused too, and count nobody', async () => {
    await launchedOverApi(app, 'live');
    expect((await app.ok('get', path('live'))).body).toEqual({ units: {} });
    // Of two units of which each is forced into both arms one by one, no bucket can explain it.
    for (const variant of ['total', 'control']) {
      const units = { 'designer 1': variant, 'tester/2~': variant };
      const put = await force('live', units);
      expect([put.status, put.body]).toEqual([200, { units }]);
      expect((await app.ok('get', path('live'))).body).toEqual({ units });
      await serveNow(app);
      for (const targetingKey of Object.keys(units)) {
        const answer = await served(app, 'live', { targetingKey });
        expect(answer).toMatchObject({
          value: variant,
          reason: 'TARGETING_MATCH',
          metadata: { variationId: variant, inExperiment: false },
        });
        expect(answer).not.toHaveProperty('variant');
      }
    }
    await force('live', { 'designer 1': 'total' });
    await app.ok('post', '/v1/experiments/live/pause');
    await serveNow(app);
    expect((await served(app, 'live', { targetingKey: 'designer 1' })).value).toBe('total');
    expect(await served(app, 'live', { targetingKey: 'tester/2~' })).toMatchObject({
      value: 'control',
      reason: 'DISABLED',
    });
    await force('live', {});
    await serveNow(app);
    expect((await served(app, 'live', { targetingKey: 'designer 1' })).value).toBe('control');
  });

  it('are of launched tests that are not over and whose units are assigned here', async () => {
    await app.ok('post', '/v1/experiments', aaBody('draft'));
    await launchedOverApi(app, 'theirs', { assignment: 'external' });
    await launchedOverApi(app, 'over');
    expect((await force('over', { unit: 'total' })).status).toBe(200);
    await app.ok('post', '/v1/experiments/over/stop');
    for (const [key, status, code] of [
      ['draft', 409, 'not-launched'],
      ['theirs', 409, 'assigned-elsewhere'],
      ['over', 409, 'invalid-state-transition'],
      ['nothing', 404, 'not-found'],
    ] as const) {
      const { status: answered, body } = await force(key, { unit: 'total' });
      expect([key, answered, body.code]).toEqual([key, status, code]);
    }
    // What is over has nobody to force; ids that were left there can be taken away.
    expect((await force('over', {})).body).toEqual({ units: {} });
    expect((await app.send('get', path('draft'))).body.code).toBe('not-launched');
    const { secret } = await anotherProject(app, 'other');
    expect((await app.send('get', path('over'), undefined, secret)).status).toBe(404);
    expect((await app.send('put', path('over'), { units: {} }, secret)).status).toBe(404);
  });

  it('that are wrong are pointed at, all of them, and change nothing', async () => {
    await launchedOverApi(app, 'strict');
    await force('strict', { 'designer-1': 'total' });
    const wrong = await force('strict', { a: 'long', 'b@c.example': 'total', '': 'total', d: 4 });
    expect([wrong.status, wrong.body.code]).toEqual([422, 'validation-failed']);
    expect(wrong.body.errors).toEqual([
      { pointer: '/units/a', code: 'unknown-variant' },
      { pointer: '/units/b@c.example', code: 'unit-id-looks-personal' },
      { pointer: '/units/', code: 'invalid-unit-id' },
      { pointer: '/units/d', code: 'unknown-variant' },
    ]);
    const many = Object.fromEntries(
      Array.from({ length: 101 }, (_, index) => [`unit-${index}`, 'total']),
    );
    expect((await force('strict', many)).body.errors).toMatchObject([
      { pointer: '/units', code: 'too-many-units' },
    ]);
    for (const units of [[], 'x', null]) {
      expect((await app.send('put', path('strict'), { units })).status).toBe(422);
    }
    expect((await app.ok('get', path('strict'))).body).toEqual({
      units: { 'designer-1': 'total' },
    });
  });

  it('leave their number in the audit log, and go when their unit is erased', async () => {
    await launchedOverApi(app, 'erased');
    await launchedOverApi(app, 'of-users', { unit: 'user' });
    const units = { 'canary-4711': 'total', other: 'control' };
    await force('erased', units);
    await force('of-users', units);
    const audited = await app.sql(
      `SELECT audit_entry.object_type AS "objectType", audit_entry::text LIKE '%canary%' AS named
       FROM audit_entry WHERE audit_entry.action = 'experiment.force_variants'
       ORDER BY audit_entry.seq DESC LIMIT 2`,
    );
    expect(audited).toEqual(Array(2).fill({ objectType: 'experiment', named: false }));
    await app.ok('post', '/v1/units/erasure', { unit: { kind: 'visitor', id: 'canary-4711' } });
    expect((await app.ok('get', path('erased'))).body).toEqual({ units: { other: 'control' } });
    // A user of that name is somebody else.
    expect((await app.ok('get', path('of-users'))).body).toEqual({ units });
  });

  it('of two who write at the same moment are those of one of them', async () => {
    await launchedOverApi(app, 'raced');
    const bodies = Array.from({ length: 6 }, (_, index) => ({
      [`only-${index}`]: 'total',
      both: index % 2 === 0 ? 'total' : 'control',
    }));
    const answers = await Promise.all(bodies.map((units) => force('raced', units)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    const { units } = (await app.ok('get', path('raced'))).body as { units: object };
    expect(bodies).toContainEqual(units);
  });
});
