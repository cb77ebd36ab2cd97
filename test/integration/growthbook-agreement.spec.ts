import { GrowthBookClient } from '@growthbook/growthbook';
import { createAssigner } from '../../src/domain/assignment/assign-variant.js';
import type { AnalysisPlan } from '../../src/domain/experiments/plan.js';
import { launchedExperiment } from '../support/launched-experiment.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const UNITS = 50_000;

/** Characters of one, two and three bytes in UTF-8, beyond 16 bits, and two ways to write one. */
const WRITTEN = [
  'user',
  'użytkownik',
  'пользователь',
  'χρήστης',
  'مستخدم',
  '用户',
  '사용자',
  '🙂',
  '🏳️‍🌈',
  'ñandú',
  'e\u0301',
  '\u00e9',
  ' ',
  '"\\',
];

const unitIds = Array.from(
  { length: UNITS },
  (_, index) => `${WRITTEN[index % WRITTEN.length]}-${index.toString(36)}`,
);

describe('the GrowthBook SDK and the service', () => {
  let it_: TestApp;
  let client: GrowthBookClient;
  const plans = new Map<string, AnalysisPlan>();

  beforeAll(async () => {
    it_ = await startTestApp();
    const variants = [
      { key: 'control', name: 'Control', weight: 50, control: true },
      { key: 'short', name: 'Short', weight: 30 },
      { key: 'long', name: 'Long', weight: 20 },
    ];
    const launch = async (key: string, changes: object) => {
      const { plan } = await launchedExperiment(it_, { key, variants, ...changes });
      plans.set(key, plan);
    };
    await launch('some-traffic', { traffic: 0.337 });
    await launch('in-a-layer', {
      seed: 'größe-🙂',
      layer: {
        key: 'checkout',
        ranges: [
          [1_000, 4_500],
          [9_000, 10_000],
        ],
      },
      holdouts: [
        { key: 'q1', seed: 'holdout-q1', points: 500 },
        { key: 'q2', seed: 'holdout-q2', points: 50 },
      ],
    });
    const key = await it_.ok('post', '/v1/keys', { kind: 'public', name: 'page' });
    client = new GrowthBookClient({
      apiHost: await it_.app.getUrl(),
      clientKey: (key.body as { secret: string }).secret,
    });
    const { success, source } = await client.init({ streaming: false });
    expect({ success, source }).toEqual({ success: true, source: 'network' });
  });
  afterAll(async () => {
    client.destroy();
    await it_.close();
  });

  it.each(['some-traffic', 'in-a-layer'])(
    'E38: give 50,000 units the same variant, whatever their ids are written in: %s',
    (key) => {
      const plan = plans.get(key);
      if (plan === undefined) throw new Error('not launched');
      const assign = createAssigner(plan);
      const unlike: unknown[] = [];
      const counts = new Map<string | null, number>();
      for (const id of unitIds) {
        const { variantKey, bucket } = assign(id);
        const { value, experimentResult } = client.evalFeature(key, { attributes: { id } });
        const isIn = experimentResult?.key === variantKey && value === variantKey;
        const isOut = experimentResult === undefined && value === 'control';
        const isSame = variantKey === null ? isOut : isIn;
        const isSameBucket = !isIn || experimentResult?.bucket === bucket / 10_000;
        if (!isSame || !isSameBucket) unlike.push({ id, variantKey, value, experimentResult });
        counts.set(variantKey, (counts.get(variantKey) ?? 0) + 1);
      }
      expect(unlike).toEqual([]);
      expect(new Set(unitIds).size).toBe(UNITS);
      // Every answer there is was given often.
      expect([...counts.keys()].map(String).toSorted()).toEqual([
        'control',
        'long',
        'null',
        'short',
      ]);
      expect(Math.min(...counts.values())).toBeGreaterThan(1_000);
    },
  );

  it('and OpenFeature gives them the same', async () => {
    const flags = '/ofrep/v1/evaluate/flags';
    for (const id of unitIds.filter((_, index) => index % 1_000 === 0)) {
      const answer = await it_.ok('post', flags, { context: { targetingKey: id } });
      const { flags: evaluated } = answer.body as {
        flags: { key: string; value: string; variant?: string }[];
      };
      for (const { key, value, variant } of evaluated) {
        const result = client.evalFeature(key, { attributes: { id } });
        expect([id, key, result.value, result.experimentResult?.key]).toEqual([
          id,
          key,
          value,
          variant,
        ]);
      }
    }
  });
});
