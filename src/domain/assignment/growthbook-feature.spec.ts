import { type FeatureApiResponse, GrowthBookClient } from '@growthbook/growthbook';
import fc from 'fast-check';
import type { Decision } from '../experiments/decision.js';
import { UNIT_KINDS, type UnitKind } from '../experiments/definition.js';
import { EXPERIMENT_STATES } from '../experiments/lifecycle.js';
import { compileFlag, type ServableExperiment, type ServedOutcome } from './compile-flag.js';
import type { Condition } from './conditions.js';
import { growthBookFeature, isByUnit } from './growthbook-feature.js';
import { bucketOf } from './hash.js';

const KEY = 'annual-plan-first';

interface Changes extends Partial<Omit<ServableExperiment, 'plan'>> {
  plan?: Partial<ServableExperiment['plan']>;
}

function experiment({ plan, ...changes }: Changes = {}): ServableExperiment {
  return {
    status: 'running',
    decision: null,
    ...changes,
    plan: {
      seed: 'seed',
      variants: [
        { key: 'short', weight: 3_000, control: false, value: { steps: 2 }, killed: false },
        { key: 'control', weight: 5_000, control: true, value: { steps: 3 }, killed: false },
        { key: 'long', weight: 2_000, control: false, value: { steps: 5 }, killed: false },
      ],
      traffic: 1,
      assignment: 'internal',
      unit: 'user',
      audience: {},
      ...plan,
    },
  };
}

const killed = (plan: ServableExperiment['plan']) =>
  plan.variants.map((variant) => ({ ...variant, killed: variant.key === 'short' }));
const decided = (decision: Partial<Decision>): Changes => ({
  status: 'decided',
  decision: { action: 'ship', variant: 'short', holdBack: null, ...decision },
});
const PRO: Condition[] = [{ property: 'plan', operator: 'in', values: ['pro', 'team'] }];
const LAYER = {
  key: 'checkout',
  ranges: [
    [0, 2_500],
    [6_000, 7_001],
  ] as [number, number][],
};
const HOLDOUTS = [
  { key: 'q1', seed: 'holdout-1', points: 1_000 },
  { key: 'q2', seed: 'holdout-2', points: 333 },
];

/** As an SDK has it: through JSON. */
function sdkWith(subject: ServableExperiment): GrowthBookClient {
  const feature = growthBookFeature(KEY, subject);
  const payload = { features: feature === null ? {} : { [KEY]: feature } };
  return new GrowthBookClient().initSync({
    payload: JSON.parse(JSON.stringify(payload)) as FeatureApiResponse,
  });
}

function sdkAnswer(client: GrowthBookClient, attributes: Record<string, unknown>) {
  const { value, experimentResult } = client.evalFeature(KEY, { attributes });
  return { value, variant: experimentResult?.key ?? null, bucket: experimentResult?.bucket };
}

/** What the SDK should say, in its words. */
function expectedOf({ value, inExperiment, variationId }: ServedOutcome, bucket: number) {
  return inExperiment
    ? { value, variant: variationId, bucket: bucket / 10_000 }
    : { value, variant: null, bucket: undefined };
}

/** Those at the edges of ranges are rare, and where mistakes are. */
const EDGES = [0, 1, 2_999, 3_000, 7_999, 8_000, 9_998, 9_999].map((bucket) => {
  for (let n = 0; ; n += 1) if (bucketOf('seed', `edge-${n}`) === bucket) return `edge-${n}`;
});
const UNITS = [...EDGES, ...Array.from({ length: 500 }, (_, index) => `unit-${index}`)];

describe('an experiment as a feature of GrowthBook SDKs', () => {
  it.each<[why: string, changes: Changes]>([
    ['running', {}],
    ['maturing', { status: 'maturing' }],
    ['paused', { status: 'paused' }],
    ['stopped', { status: 'stopped' }],
    ['rolled back', decided({ action: 'roll_back', variant: null })],
    ['decided without a decision', { status: 'decided' }],
    ['shipped', decided({})],
    ['shipped with a hold-back', decided({ holdBack: 0.07 })],
    ['shipped with a hold-back up to the last bucket', decided({ holdBack: 0.7 })],
    ['shipped with a hold-back beyond the last bucket', decided({ holdBack: 0.7001 })],
    ['shipped with a hold-back beyond the control', decided({ holdBack: 0.9 })],
    ['shipped with everybody held back', decided({ holdBack: 1 })],
    ['the control shipped', decided({ variant: 'control', holdBack: 0.1 })],
    ['shipped what is no variant', decided({ variant: 'gone' })],
    [
      'shipped to an audience',
      { ...decided({ holdBack: 0.1 }), plan: { audience: { conditions: PRO } } },
    ],
    ['shipped with holdouts', { ...decided({}), plan: { holdouts: HOLDOUTS } }],
    [
      'shipped with a holdout that has ended, and a hold-back',
      {
        ...decided({ holdBack: 0.1 }),
        endedHoldouts: new Set(['q1']),
        plan: { holdouts: HOLDOUTS },
      },
    ],
    [
      'shipped with holdouts that have all ended',
      { ...decided({}), endedHoldouts: new Set(['q1', 'q2']), plan: { holdouts: HOLDOUTS } },
    ],
    ['a killed arm', { plan: { variants: killed(experiment().plan) } }],
    ['part of the traffic', { plan: { traffic: 0.137 } }],
    ['no traffic', { plan: { traffic: 0 } }],
    ['conditions', { plan: { audience: { conditions: PRO } } }],
    ['a layer', { plan: { layer: LAYER, traffic: 0.35 } }],
    ['a layer without room', { plan: { layer: { key: 'full', ranges: [] } } }],
    ['holdouts', { plan: { holdouts: HOLDOUTS } }],
    [
      'holdouts of nobody and of everybody',
      {
        plan: {
          holdouts: [
            { key: 'none', seed: 'h', points: 0 },
            { key: 'all', seed: 'i', points: 10_000 },
          ],
        },
      },
    ],
    [
      'all of it',
      {
        plan: {
          layer: LAYER,
          holdouts: HOLDOUTS,
          audience: { conditions: PRO },
          variants: killed(experiment().plan),
          unit: 'account',
        },
      },
    ],
  ])('agrees with the service: %s', (_why, changes) => {
    const subject = experiment(changes);
    const flag = compileFlag(subject);
    const client = sdkWith(subject);
    const said = { plan: 'pro' };
    const answers = UNITS.map((id) => [
      sdkAnswer(client, { id, ...said }),
      sdkAnswer(client, { id: 'somebody', [subject.plan.unit]: id, plan: 'free' }),
    ]);
    const expected = UNITS.map((id) =>
      [said, { plan: 'free' }].map((attributes) => {
        const served = flag?.serve(id, attributes);
        return served === undefined ? null : expectedOf(served.outcome, served.bucket);
      }),
    );
    expect(answers).toEqual(expected);
  });

  it.each<[why: string, changes: Changes]>([
    ['a draft', { status: 'draft' }],
    ['archived', { status: 'archived' }],
    ['assigned elsewhere', { plan: { assignment: 'external' } }],
  ])('is none: %s', (_why, changes) => {
    expect(growthBookFeature(KEY, experiment(changes))).toBeNull();
    expect(compileFlag(experiment(changes))).toBeNull();
  });

  it('agrees with the service whatever the plan and the unit', () => {
    const ranges = fc
      .uniqueArray(fc.integer({ min: 0, max: 10_000 }), { maxLength: 6 })
      .map((cuts) => cuts.toSorted((a, b) => a - b))
      .map((cuts) =>
        Array.from({ length: Math.floor(cuts.length / 2) }, (_, index): [number, number] => [
          cuts[2 * index] ?? 0,
          cuts[2 * index + 1] ?? 0,
        ]),
      );
    fc.assert(
      fc.property(
        fc.record({
          status: fc.constantFrom(...EXPERIMENT_STATES),
          weights: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 5 }),
          dead: fc.nat(5),
          traffic: fc.double({ min: 0, max: 1, noNaN: true }),
          holdBack: fc.double({ min: 0, max: 1, noNaN: true }),
          ships: fc.boolean(),
          unit: fc.constantFrom(...UNIT_KINDS),
          conditions: fc.constantFrom<Condition[]>([], PRO),
          seed: fc.string({ minLength: 1, maxLength: 8 }),
          layer: fc.option(ranges, { nil: undefined }),
          points: fc.array(fc.nat(10_000), { maxLength: 2 }),
          ended: fc.boolean(),
        }),
        fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 20 }),
        fc.constantFrom('pro', 'free', ['pro']),
        (drawn, ids, plan) => {
          const total = drawn.weights.reduce((sum, weight) => sum + weight, 0);
          const points = drawn.weights.map((weight) => Math.floor((weight / total) * 10_000));
          points[0] = 10_000 - points.slice(1).reduce((sum, one) => sum + one, 0);
          const subject = experiment({
            status: drawn.status,
            decision: drawn.ships
              ? { action: 'ship', variant: 'v1', holdBack: drawn.holdBack }
              : null,
            endedHoldouts: new Set(drawn.ended ? ['h0'] : []),
            plan: {
              seed: drawn.seed,
              unit: drawn.unit,
              traffic: drawn.traffic,
              audience: { conditions: drawn.conditions },
              variants: points.map((weight, index) => ({
                key: `v${index}`,
                weight,
                control: index === 0,
                value: index,
                killed: index === drawn.dead,
              })),
              ...(drawn.layer === undefined ? {} : { layer: { key: 'l', ranges: drawn.layer } }),
              holdouts: drawn.points.map((held, index) => ({
                key: `h${index}`,
                seed: `${drawn.seed}/${index}`,
                points: held,
              })),
            },
          });
          const flag = compileFlag(subject);
          const client = sdkWith(subject);
          for (const id of ids) {
            const served = flag?.serve(id, { plan });
            const expected =
              served === undefined
                ? { value: null, variant: null, bucket: undefined }
                : expectedOf(served.outcome, served.bucket);
            expect(sdkAnswer(client, { id, plan })).toEqual(expected);
            expect(sdkAnswer(client, { id: 'x', [drawn.unit]: id, plan })).toEqual(expected);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  describe('the unit', () => {
    const everybodyIn = (unit: UnitKind) => sdkWith(experiment({ plan: { unit } }));
    const expectedFor = (id: string) => {
      const served = compileFlag(experiment())?.serve(id, {});
      if (served === undefined) throw new Error('a running test serves');
      return expectedOf(served.outcome, served.bucket);
    };
    const nobody = { value: { steps: 3 }, variant: null, bucket: undefined };

    it.each<[why: string, unit: UnitKind, attributes: Record<string, unknown>, id: string | null]>([
      ['is the attribute of its kind', 'user', { user: 'u-1', id: 'd-1' }, 'u-1'],
      ['is id where there is none', 'user', { id: 'd-1', visitor: 'v-1' }, 'd-1'],
      ['is id where it is null', 'user', { user: null, id: 'd-1' }, 'd-1'],
      ['is of the kind of the experiment', 'account', { user: 'u-1', account: 'a-1' }, 'a-1'],
      ['is nobody without an id', 'user', { visitor: 'v-1' }, null],
      ['is nobody where its attribute is no text', 'user', { user: 42, id: 'd-1' }, null],
      ['is nobody where its attribute is empty', 'user', { user: '', id: 'd-1' }, null],
      ['is nobody where id is no text', 'user', { id: 42 }, null],
      ['is nobody where id is a list', 'user', { id: ['d-1'] }, null],
    ])('%s', (_why, unit, attributes, id) => {
      const expected = id === null ? nobody : expectedFor(id);
      expect(sdkAnswer(everybodyIn(unit), attributes)).toEqual(expected);
    });

    it('is no matter to a value that everybody gets', () => {
      const subject = experiment(decided({}));
      expect(sdkAnswer(sdkWith(subject), {}).value).toEqual({ steps: 2 });
      const feature = (changes: Changes) => growthBookFeature(KEY, experiment(changes));
      const byUnit = [{}, decided({}), decided({ holdBack: 0.1 }), { status: 'paused' as const }];
      expect(byUnit.map((changes) => isByUnit(feature(changes) ?? { defaultValue: 0 }))).toEqual([
        true,
        false,
        true,
        false,
      ]);
    });
  });

  it('an SDK that remembers assignments still drops a killed arm', () => {
    const documents = UNITS.slice(0, 50).map((id) => ({
      attributeName: 'id',
      attributeValue: id,
      assignments: { [`${KEY}__0`]: 'short' },
    }));
    const subject = experiment({ plan: { variants: killed(experiment().plan) } });
    const client = sdkWith(subject);
    for (const document of documents) {
      const { attributeName, attributeValue: id } = document;
      const { value } = client.evalFeature(KEY, {
        attributes: { id },
        stickyBucketAssignmentDocs: { [`${attributeName}||${id}`]: document },
        saveStickyBucketAssignmentDoc: () => Promise.resolve(),
      });
      expect(value).not.toEqual({ steps: 2 });
    }
  });

  it('E39: says keys, values and numbers, and nothing of why', () => {
    const subject = experiment({
      forced: new Map([['the-boss', 'long']]),
      plan: { layer: LAYER, holdouts: HOLDOUTS, audience: { conditions: PRO } },
    });
    const feature = growthBookFeature(KEY, subject);
    expect(feature?.defaultValue).toEqual({ steps: 3 });
    expect(feature?.rules?.map((rule) => Object.keys(rule).toSorted())).toEqual(
      [1, 2].map(() => [
        'condition',
        'disableStickyBucketing',
        'filters',
        'hashAttribute',
        'hashVersion',
        'key',
        'meta',
        'phase',
        'ranges',
        'seed',
        'variations',
      ]),
    );
    expect(feature?.rules?.[0]).toMatchObject({
      meta: [{ key: 'short' }, { key: 'control' }, { key: 'long' }],
      phase: 'running',
      ranges: [
        [0, 0.3],
        [0.3, 0.8],
        [0.8, 1],
      ],
    });
    expect(JSON.stringify(feature)).not.toContain('the-boss');
  });
});
