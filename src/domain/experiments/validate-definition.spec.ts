import { aMetric } from '../../../test/support/metric-builder.js';
import { type Condition, CONDITIONS_MAX } from '../assignment/conditions.js';
import type { ExperimentDefinition, Variant } from './definition.js';
import { validateDefinition } from './validate-definition.js';

const METRICS = [
  aMetric('signup'),
  aMetric('profit', { kind: 'money', class: 'revenue' }),
  aMetric('tickets', { role: 'guardrail', margin: { value: 0.1, scale: 'relative' } }),
  aMetric('no_margin', { role: 'guardrail' }),
  aMetric('zero_margin', { role: 'guardrail', margin: { value: 0, scale: 'relative' } }),
  aMetric('visits'),
];
const VARIANTS: Variant[] = [
  { key: 'control', name: 'Long form', weight: 1 },
  { key: 'short', name: 'Short form', weight: 1 },
];

type Change = Omit<Partial<ExperimentDefinition>, 'metrics' | 'analysis'> & {
  metrics?: Partial<ExperimentDefinition['metrics']>;
  analysis?: Partial<ExperimentDefinition['analysis']>;
};
const anExperiment = (change: Change = {}): ExperimentDefinition => ({
  key: 'short-form',
  name: 'Short form',
  kind: 'ab',
  touches: [],
  unit: 'user',
  assignment: 'internal',
  variants: VARIANTS,
  audience: { populations: ['lead'] },
  traffic: 1,
  ...change,
  metrics: {
    leading: 'signup',
    deciding: 'profit',
    guardrails: ['tickets'],
    secondary: [],
    ...change.metrics,
  },
  analysis: {
    alpha: 0.05,
    test: 'always_valid',
    adjustment: 'dunnett',
    relativeQuantile: 'test',
    ...change.analysis,
  },
});
const faultsOf = (change: Change) =>
  validateDefinition(anExperiment(change), { metrics: METRICS }).map(
    ({ pointer, code }) => `${pointer} ${code}`,
  );
const variants = (...changes: Partial<Variant>[]): Change => ({
  variants: changes.map((change, n) => ({ key: `v${n}`, name: 'V', weight: 1, ...change })),
});

const PRO: Condition = { property: 'plan', operator: 'eq', value: 'pro' };
const conditions = (...given: Condition[]): ExperimentDefinition['audience'] => ({
  populations: ['lead'],
  conditions: given,
});

describe('what is wrong with a definition', () => {
  it.each<[string, Change, string[]]>([
    ['nothing', {}, []],
    ['a bad key', { key: '-x' }, ['/key invalid-key']],
    ['one arm', variants({}), ['/variants invalid-weights']],
    ['no arm', { variants: [] }, ['/variants invalid-weights']],
    [
      'two controls',
      variants({ control: true }, { control: true }),
      ['/variants control-not-unique'],
    ],
    ['one control', variants({}, { control: true }), []],
    ['zero weight', variants({}, { weight: 0 }), ['/variants/1/weight invalid-weights']],
    ['negative weight', variants({ weight: -1 }, {}), ['/variants/0/weight invalid-weights']],
    ['no weight', variants({ weight: Number.NaN }, {}), ['/variants/0/weight invalid-weights']],
    [
      'a weight below a basis point',
      variants({ weight: 1e6 }, { weight: 1 }),
      ['/variants/1/weight invalid-weights'],
    ],
    ['uneven weights', variants({ weight: 90 }, { weight: 10 }), []],
    ['the same key twice', variants({ key: 'a' }, { key: 'a' }), ['/variants/1/key duplicate-key']],
    ['keys apart by case', variants({ key: 'a' }, { key: 'A' }), []],
    ['a bad variant key', variants({ key: 'a b' }, {}), ['/variants/0/key invalid-key']],
    ['values of one type', variants({ value: true }, { value: false }), []],
    ['objects as values', variants({ value: { a: 1 } }, { value: { b: 2 } }), []],
    [
      'mixed values',
      variants({ value: 1 }, { value: '1' }),
      ['/variants/1/value value-type-mixed'],
    ],
    ['a missing value', variants({ value: 1 }, {}), ['/variants/1/value value-type-mixed']],
    ['a value too many', variants({}, { value: 1 }), ['/variants/1/value value-type-mixed']],
    ['nobody in traffic', { traffic: 0 }, ['/traffic invalid-traffic']],
    ['traffic in percent', { traffic: 50 }, ['/traffic invalid-traffic']],
    ['no traffic', { traffic: Number.NaN }, ['/traffic invalid-traffic']],
    ['a little traffic', { traffic: 0.0001 }, []],
    ['a layer', { layer: 'checkout' }, []],
    ['a layer that is no key', { layer: '../x' }, ['/layer invalid-key']],
    [
      'a layer of units that are assigned elsewhere',
      { layer: 'checkout', assignment: 'external' },
      ['/layer not-with-external'],
    ],
    [
      'conditions',
      { audience: conditions(PRO, { property: 'seats', operator: 'gte', value: 3 }) },
      [],
    ],
    [
      'conditions with faults',
      {
        audience: conditions(PRO, { property: 'a.b', operator: 'eq' }, { ...PRO, values: ['x'] }),
      },
      [
        '/audience/conditions/1/property invalid-property',
        '/audience/conditions/1/value invalid-value',
        '/audience/conditions/2/values not-for-operator',
      ],
    ],
    [
      'as many conditions as may be',
      { audience: conditions(...Array<Condition>(CONDITIONS_MAX).fill(PRO)) },
      [],
    ],
    [
      'one condition more',
      { audience: conditions(...Array<Condition>(CONDITIONS_MAX + 1).fill(PRO)) },
      ['/audience/conditions too-many-conditions'],
    ],
    [
      'conditions on units that are assigned elsewhere',
      { audience: conditions(PRO), assignment: 'external' },
      ['/audience/conditions not-with-external'],
    ],
    [
      'no conditions on units that are assigned elsewhere',
      { audience: conditions(), assignment: 'external' },
      [],
    ],
    [
      'an unknown leading metric',
      { metrics: { leading: 'x' } },
      ['/metrics/leading unknown-metric'],
    ],
    [
      'an unknown deciding metric',
      { metrics: { deciding: 'x' } },
      ['/metrics/deciding unknown-metric'],
    ],
    [
      'an unknown guardrail',
      { metrics: { guardrails: ['tickets', 'x'] } },
      ['/metrics/guardrails/1 unknown-metric'],
    ],
    [
      'an unknown secondary',
      { metrics: { secondary: ['x'] } },
      ['/metrics/secondary/0 unknown-metric'],
    ],
    [
      'a click that decides',
      { metrics: { deciding: 'visits' } },
      ['/metrics/deciding deciding-not-money'],
    ],
    [
      'money that leads and decides',
      { metrics: { leading: 'profit' } },
      ['/metrics/deciding metric-in-two-roles'],
    ],
    ['the same in an A/A test', { kind: 'aa', metrics: { leading: 'profit' } }, []],
    [
      'a guardrail without margin',
      { metrics: { guardrails: ['no_margin'] } },
      ['/metrics/guardrails/0 guardrail-without-margin'],
    ],
    [
      'a margin of nothing',
      { metrics: { guardrails: ['zero_margin'] } },
      ['/metrics/guardrails/0 guardrail-without-margin'],
    ],
    ['no guardrail', { metrics: { guardrails: [] } }, []],
    [
      'a guardrail that leads',
      { metrics: { leading: 'tickets' } },
      ['/metrics/guardrails/0 metric-in-two-roles'],
    ],
    [
      'a metric twice',
      { metrics: { secondary: ['visits', 'visits'] } },
      ['/metrics/secondary/1 metric-in-two-roles'],
    ],
    ['no audience', { audience: { populations: [] } }, ['/audience/populations audience-missing']],
    ['no audience in an A/A test', { kind: 'aa', audience: { populations: [] } }, []],
    [
      'an unknown population',
      { audience: { populations: ['lead', 'everyone'] } },
      ['/audience/populations/1 unknown-population'],
    ],
    ['strata', { analysis: { stratifyBy: 'device' } }, []],
    ['breakdowns', { analysis: { dimensions: ['device', 'country'], stratifyBy: 'device' } }, []],
    [
      'a breakdown twice',
      { analysis: { dimensions: ['device', 'country', 'device'] } },
      ['/analysis/dimensions/2 duplicate-dimension'],
    ],
    [
      'many breakdowns',
      { analysis: { dimensions: ['a', 'b', 'c', 'd', 'e', 'f'] } },
      ['/analysis/dimensions too-many-dimensions'],
    ],
    [
      'feeds to wait for',
      { schedule: { cron: '0 6 * * *', waitFor: ['orders', 'refunds.daily'] } },
      [],
    ],
    [
      'a feed without a name, and one twice',
      { schedule: { cron: '0 6 * * *', waitFor: ['orders', '../orders', 'orders'] } },
      ['/schedule/waitFor/1 invalid-key', '/schedule/waitFor/2 duplicate-key'],
    ],
    [
      'too many feeds',
      { schedule: { cron: '0 6 * * *', waitFor: [...Array(21).keys()].map((n) => `feed-${n}`) } },
      ['/schedule/waitFor too-many-feeds'],
    ],
    [
      'strata beside CUPED',
      { analysis: { stratifyBy: 'device', cuped: { days: 14 } } },
      ['/analysis/stratifyBy not-with-cuped'],
    ],
    ['alpha of zero', { analysis: { alpha: 0 } }, ['/analysis/alpha invalid-alpha']],
    ['alpha too large', { analysis: { alpha: 0.21 } }, ['/analysis/alpha invalid-alpha']],
    ['the largest alpha', { analysis: { alpha: 0.2 } }, []],
    ['no days', { analysis: { plannedDays: 0 } }, ['/analysis/plannedDays invalid-planned-days']],
    [
      'half a day',
      { analysis: { plannedDays: 1.5 } },
      ['/analysis/plannedDays invalid-planned-days'],
    ],
    ['a day', { analysis: { plannedDays: 1 } }, []],
    [
      'no units',
      { analysis: { plannedUnits: 0 } },
      ['/analysis/plannedUnits invalid-planned-units'],
    ],
    [
      'no look',
      { analysis: { test: 'group_sequential', plannedUnits: 9, plannedLooks: 0 } },
      ['/analysis/plannedLooks invalid-planned-looks'],
    ],
    [
      'five looks',
      { analysis: { test: 'group_sequential', plannedUnits: 9, plannedLooks: 5 } },
      [],
    ],
    [
      'more looks than are of use',
      { analysis: { test: 'group_sequential', plannedUnits: 9, plannedLooks: 61 } },
      ['/analysis/plannedLooks invalid-planned-looks'],
    ],
    [
      'looks with nothing to measure them by',
      { analysis: { test: 'group_sequential', plannedLooks: 5 } },
      ['/analysis/plannedUnits looks-need-planned-units'],
    ],
    [
      'several looks at a fixed horizon',
      { analysis: { test: 'fixed_horizon', plannedLooks: 2 } },
      ['/analysis/plannedLooks one-look-only'],
    ],
    [
      'futility without looks',
      { analysis: { futility: true } },
      ['/analysis/futility futility-needs-looks'],
    ],
    ['no days before', { analysis: { cuped: { days: 0 } } }, ['/analysis/cuped/days invalid-days']],
    [
      'a prior without width',
      { analysis: { prior: { kind: 'normal_relative', mean: 0, sd: 0 } } },
      ['/analysis/prior invalid-prior'],
    ],
    [
      'an improper Beta prior',
      { analysis: { prior: { kind: 'beta', alpha: 1, beta: 0 } } },
      ['/analysis/prior invalid-prior'],
    ],
    ['a Beta prior', { analysis: { prior: { kind: 'beta', alpha: 1, beta: 1 } } }, []],
    [
      'no smallest effect',
      { analysis: { smallestEffectThatMatters: { value: 0, scale: 'relative' } } },
      ['/analysis/smallestEffectThatMatters/value invalid-smallest-effect'],
    ],
    [
      'a strange loss cap',
      { analysis: { provisionalLossCap: { amountMinor: 0, currency: 'eur' } } },
      [
        '/analysis/provisionalLossCap/amountMinor invalid-amount',
        '/analysis/provisionalLossCap/currency unknown-currency',
      ],
    ],
    ['a loss cap', { analysis: { provisionalLossCap: { amountMinor: 1, currency: 'EUR' } } }, []],
    [
      'several faults at once',
      { key: '..', traffic: 2, metrics: { leading: 'x' } },
      ['/key invalid-key', '/traffic invalid-traffic', '/metrics/leading unknown-metric'],
    ],
  ])('%s', (_name, change, faults) => {
    expect(faultsOf(change)).toEqual(faults);
  });
});
