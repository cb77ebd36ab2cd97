import request from 'supertest';
import { countBuckets } from '../../src/domain/assignment/allocate-layer.js';
import type { GateItem } from '../../src/domain/evidence/gate-report.js';
import {
  aaBody,
  launchedOverApi,
  planOf,
  served,
  servedAll,
  serveNow,
} from '../support/live-tests.js';
import { declareMetrics, experimentBody } from '../support/story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';

const PRO = { property: 'plan', operator: 'eq', value: 'pro' };

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

describe('a mutual-exclusion layer', () => {
  const launch = (key: string) => app.send('post', `/v1/experiments/${key}/launch`);
  const draft = (key: string, changes: object) =>
    app.ok('post', '/v1/experiments', aaBody(key, changes));
  const grow = (key: string, traffic: number) =>
    app.send('post', `/v1/experiments/${key}/amendments`, { traffic, reason: 'Too slow' });
  const codesOf = (items: GateItem[]) => items.map(({ code }) => code);
  const heldIn = async (keys: readonly string[]): Promise<[number, number][]> => {
    const plans = await Promise.all(keys.map((key) => planOf(app, key)));
    return plans
      .flatMap(({ layer }) => layer?.ranges ?? [])
      .map(([from, to]): [number, number] => [from, to])
      .toSorted(([one], [other]) => one - other);
  };
  const areDisjoint = (ranges: readonly [number, number][]) =>
    ranges.every(([from], index) => from >= (ranges[index - 1]?.[1] ?? 0));

  it('puts no unit into two of its tests, and every unit into one when all of it is held', async () => {
    await launchedOverApi(app, 'form', { layer: 'signup', traffic: 0.4 });
    await launchedOverApi(app, 'button', { layer: 'signup', traffic: 0.6 });
    await launchedOverApi(app, 'elsewhere');
    await serveNow(app);
    const seen = { form: 0, button: 0, elsewhere: 0 };
    for (let index = 0; index < 150; index += 1) {
      const flags = await servedAll(app, { targetingKey: `unit-${index}` });
      const isIn = (key: string) => flags.get(key)?.metadata.inExperiment === true;
      expect(isIn('form')).toBe(!isIn('button'));
      for (const key of ['form', 'button', 'elsewhere'] as const) {
        seen[key] += isIn(key) ? 1 : 0;
      }
    }
    expect(seen.elsewhere).toBe(150);
    // 150 units at 0.4: six standard errors are 36.
    expect(Math.abs(seen.form - 60)).toBeLessThan(36);
  });

  it('that is full refuses a launch, says who holds it, and has room again when a test has ended', async () => {
    await launchedOverApi(app, 'pricing', { layer: 'checkout', traffic: 0.7 });
    await draft('shipping', { layer: 'checkout', traffic: 0.5 });
    const dry = await app.ok('post', '/v1/experiments/check?gate=launch', {
      experiment: 'shipping',
    });
    const refused = await launch('shipping');
    expect([refused.status, refused.body.code]).toEqual([422, 'gate-refused']);
    expect(refused.body.unmet).toEqual(dry.body.unmet);
    expect(refused.body.unmet).toMatchObject([
      {
        code: 'LAYER_FULL',
        severity: 'blocks',
        pointer: '/traffic',
        expected: 0.5,
        actual: 0.3,
        subjects: ['pricing'],
        why: 'The layer checkout has 30% for it, and it asks for 50%: pricing holds 70%.',
      },
    ]);
    // Paused it may go on, so it holds its units; the same key in another layer is another matter.
    await app.ok('post', '/v1/experiments/pricing/pause');
    expect((await launch('shipping')).status).toBe(422);
    await launchedOverApi(app, 'other', { layer: 'search', traffic: 1 });
    await app.ok('post', '/v1/experiments/pricing/stop');
    expect((await launch('shipping')).status).toBe(200);
    expect((await planOf(app, 'shipping')).layer).toEqual({
      key: 'checkout',
      ranges: [[0, 5_000]],
    });
  });

  it('holds one kind of unit', async () => {
    await launchedOverApi(app, 'invoice', { layer: 'invoices', traffic: 0.1 });
    await draft('accounts', { layer: 'invoices', traffic: 0.1, unit: 'account' });
    const { body } = await launch('accounts');
    expect(body.unmet).toMatchObject([
      { code: 'LAYER_UNIT_MISMATCH', pointer: '/unit', expected: 'visitor', actual: 'account' },
    ]);
    expect(body.nextBest.remedy).toMatchObject({ needs: 'unit visitor, or another layer' });
  });

  it('grows by buckets that nobody holds, and moves none', async () => {
    await launchedOverApi(app, 'photos', { layer: 'product', traffic: 0.1 });
    await launchedOverApi(app, 'reviews', { layer: 'product', traffic: 0.3 });
    await serveNow(app);
    const units = Array.from({ length: 150 }, (_, index) => ({ targetingKey: `unit-${index}` }));
    const variants = async () =>
      await Promise.all(units.map(async (unit) => (await served(app, 'photos', unit)).variant));
    const before = await variants();
    expect((await grow('photos', 0.6)).status).toBe(200);
    await serveNow(app);
    const after = await variants();
    expect(before.filter((variant) => variant !== undefined).length).toBeGreaterThan(0);
    for (const [index, variant] of before.entries()) {
      if (variant !== undefined) expect(after[index]).toBe(variant);
    }
    const joined = after.filter((variant) => variant !== undefined).length;
    expect(joined).toBeGreaterThan(before.filter((variant) => variant !== undefined).length);
    expect((await planOf(app, 'photos')).layer?.ranges).toEqual([
      [0, 1_000],
      [4_000, 9_000],
    ]);

    const refused = await grow('photos', 0.8);
    expect([refused.status, refused.body.code]).toEqual([409, 'layer-full']);
    expect(refused.body).toMatchObject({
      layer: 'product',
      asked: 0.8,
      available: 0.7,
      held: [{ experiment: 'reviews', share: 0.3 }],
    });
    expect((await planOf(app, 'photos')).traffic).toBe(0.6);
  });

  it('shares no bucket among launches and amendments at the same moment, on two replicas', async () => {
    const replica = await startTestApp({}, app.databaseUrl);
    try {
      await launchedOverApi(app, 'first', { layer: 'race', traffic: 0.1 });
      const keys = Array.from({ length: 10 }, (_, index) => `race-${index}`);
      for (const key of keys) await draft(key, { layer: 'race', traffic: 0.15 });
      const [amended, ...launches] = await Promise.all([
        grow('first', 0.2),
        ...keys.map((key, index) =>
          (index % 2 === 0 ? app : replica).send('post', `/v1/experiments/${key}/launch`),
        ),
      ]);
      const won = keys.filter((_, index) => launches[index]?.status === 200);
      const lost = launches.filter(({ status }) => status !== 200);
      const isGrown = amended?.status === 200;
      expect(isGrown || amended?.body.code === 'layer-full').toBe(true);
      // 10% were held before; 15% fit six times into 90%, or five times beside 20%.
      expect(won).toHaveLength(isGrown ? 5 : 6);
      for (const { status, body } of lost) {
        expect([status, codesOf(body.unmet as GateItem[])]).toEqual([422, ['LAYER_FULL']]);
      }
      const held = await heldIn(['first', ...won]);
      expect(areDisjoint(held)).toBe(true);
      expect(countBuckets(held)).toBe(isGrown ? 9_500 : 10_000);
    } finally {
      await replica.close();
    }
  });

  it('keeps its tests from colliding at one place on the way', async () => {
    await declareMetrics(app);
    const { rationale, audience } = experimentBody('01a20000-0000-7000-8000-000000000001', []);
    await launchedOverApi(app, 'places-a', { layer: 'places', traffic: 0.1, rationale, audience });
    // Only tests that may change something collide; this one is made to look like one of them.
    await app.sql(
      `ALTER TABLE experiment DROP CONSTRAINT experiment_because_ck;
       UPDATE experiment SET kind = 'ab'`,
    );
    const warned = async (layer?: string) => {
      const body = experimentBody('01a20000-0000-7000-8000-000000000001', [], {
        key: 'another',
        ...(layer === undefined ? {} : { layer }),
      });
      const answer = await app.ok('post', '/v1/experiments/check?gate=launch', body);
      return codesOf(answer.body.warnings as GateItem[]).includes('ECOLOGY_COLLISION');
    };
    expect([await warned(), await warned('search'), await warned('places')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('the conditions of an audience', () => {
  const audience = (...conditions: object[]) => ({ populations: ['lead'], conditions });

  it('are kept as written, frozen, and decide who is in the test', async () => {
    const seats = { property: 'seats', operator: 'gte', value: 3 };
    const country = { property: 'country', operator: 'in', values: ['DE', 'AT'] };
    const given = audience(PRO, seats, country);
    const plan = await launchedOverApi(app, 'for-teams', { audience: given });
    expect(plan.audience).toEqual(given);
    const { body } = await app.ok('get', '/v1/experiments/for-teams');
    expect(body.audience).toEqual(given);
    await serveNow(app);
    const attributes = { targetingKey: 'unit-1', plan: 'pro', seats: 5, country: 'DE' };
    const isIn = async (changes: object) =>
      (await served(app, 'for-teams', { ...attributes, ...changes })).metadata.inExperiment;
    expect(await isIn({})).toBe(true);
    for (const changes of [{ plan: 'free' }, { seats: 2 }, { country: 'FR' }, { seats: '5' }]) {
      expect([changes, await isIn(changes)]).toEqual([changes, false]);
    }
    expect(await served(app, 'for-teams', { targetingKey: 'unit-1' })).toMatchObject({
      value: 'control',
      reason: 'STATIC',
    });
  });

  it('and the layer are inherited by an iteration, and read back as they were written', async () => {
    const body = aaBody('parent', { audience: audience(PRO), layer: 'family', traffic: 0.2 });
    await app.ok('post', '/v1/experiments', body);
    await app.ok('post', '/v1/experiments/parent/launch');
    const child = await app.ok('post', '/v1/experiments', {
      key: 'child',
      name: 'Child',
      iterationOf: 'parent',
    });
    expect(child.body).toMatchObject({ audience: audience(PRO), layer: 'family', traffic: 0.2 });
    expect(child.body.inherited).toEqual(expect.arrayContaining(['/audience', '/layer']));
    const { inherited: _, ...draft } = child.body as Record<string, unknown>;
    const { layer: __, ...moved } = draft;
    const replaced = await request(app.app.getHttpServer())
      .put('/v1/experiments/child')
      .set('authorization', `Bearer ${ADMIN_KEY}`)
      .set('if-match', String(child.headers['etag']))
      .send({ ...moved, audience: audience() });
    expect(replaced.status).toBe(200);
    expect(replaced.body).not.toHaveProperty('layer');
    expect(replaced.body).toMatchObject({ audience: audience() });
  });

  it.each<[string, object, string, string]>([
    [
      'a path for a name',
      { audience: audience({ property: 'a.b', operator: 'exists' }) },
      '/audience/conditions/0/property',
      'invalid-property',
    ],
    [
      'no value',
      { audience: audience(PRO, { property: 'plan', operator: 'eq' }) },
      '/audience/conditions/1/value',
      'invalid-value',
    ],
    [
      'another operator',
      { audience: audience({ ...PRO, operator: 'like' }) },
      '/audience/conditions/0/operator',
      'not-in-set',
    ],
    [
      'one too many',
      { audience: audience(...Array<object>(11).fill(PRO)) },
      '/audience/conditions',
      'array-max-size',
    ],
    ['a layer that is no key', { layer: 'a b' }, '/layer', 'invalid-format'],
    [
      'conditions where another system assigns',
      { audience: audience(PRO), assignment: 'external' },
      '/audience/conditions',
      'not-with-external',
    ],
    [
      'a layer where another system assigns',
      { layer: 'checkout', assignment: 'external' },
      '/layer',
      'not-with-external',
    ],
  ])('with %s are refused where they are wrong', async (_name, changes, pointer, code) => {
    for (const path of ['/v1/experiments', '/v1/experiments/check']) {
      const { status, body } = await app.send('post', path, aaBody('faulty', changes));
      expect([status, body.code]).toEqual([422, 'validation-failed']);
      expect(body.errors).toEqual([expect.objectContaining({ pointer, code })]);
    }
  });
});
