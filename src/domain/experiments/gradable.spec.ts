import { POPULATIONS } from '../evidence/dossier.js';
import type { GateReport } from '../evidence/gate-report.js';
import { gradableFrom, sortFaults } from './gradable.js';
import { incompleteReport } from './incomplete-report.js';
import type { PartialExperiment } from './partial-experiment.js';
import { chainNodesOf, quoteIdsOf } from './rationale-references.js';
import { directContext, isUngatedChange } from './ungated.js';

const link = { sign: '+', lagDays: 0, basis: 'assumption' } as const;
const CHAIN = [
  { from: 'change', to: 'experience:total', ...link, support: ['q1', 'q2'] },
  { from: 'experience:total', to: 'metric:checkout', ...link, support: ['q1'] },
  { from: 'metric:checkout', to: 'metric:profit', ...link },
];

describe('gradableFrom', () => {
  it.each<[string, PartialExperiment, string[], string]>([
    ['nothing', {}, ['/key', '/name', '/variants', '/audience', '/metrics'], 'profit'],
    [
      'a reason that predicts',
      {
        key: 'k',
        name: 'n',
        rationale: {
          chain: CHAIN,
          prediction: { metric: 'clicks', direction: 'increase', scale: 'relative' },
        },
      },
      ['/variants', '/audience', '/metrics'],
      'clicks',
    ],
    [
      'a reason with a way to the money',
      { rationale: { chain: CHAIN } },
      ['/key', '/name', '/variants', '/audience', '/metrics'],
      'checkout',
    ],
    [
      'metrics that do not lead, and no variants',
      { key: 'k', name: 'n', audience: { populations: [] }, variants: [], metrics: {} },
      ['/variants', '/metrics/leading'],
      'profit',
    ],
  ])('of %s', (_name, body, missing, leading) => {
    const gradable = gradableFrom(body);
    expect(gradable.missing).toEqual(missing);
    expect(gradable.body.metrics.leading).toBe(leading);
    expect(gradable.body.variants.length).toBeGreaterThan(1);
    if (body.audience === undefined) {
      expect(gradable.body.audience.populations).toEqual(POPULATIONS);
    }
  });
});

describe('sortFaults', () => {
  it('leaves out what a placeholder brought, and parts the missing from the wrong', () => {
    const faults = [
      { pointer: '/metrics/leading', code: 'unknown-metric' },
      { pointer: '/metrics/guardrails/0', code: 'unknown-metric' },
      { pointer: '/variants/0/weight', code: 'invalid-weights' },
      { pointer: '/traffic', code: 'invalid-traffic' },
    ];
    expect(sortFaults(faults, ['/variants', '/metrics/leading'])).toEqual({
      missing: ['/variants', '/metrics/leading', '/metrics/guardrails/0'],
      wrong: [{ pointer: '/traffic', code: 'invalid-traffic' }],
    });
  });
});

describe('incompleteReport', () => {
  const passed = { outcome: 'pass', unmet: [], nextBest: null } as unknown as GateReport;

  it('never passes, and says what to complete once nothing else is left', () => {
    expect(incompleteReport(passed, [])).toBe(passed);
    expect(incompleteReport(passed, ['/key'])).toMatchObject({
      outcome: 'refused',
      nextBest: { code: 'BODY_INCOMPLETE', remedy: { needs: '/key' } },
    });
    const nextBest = { code: 'STALE', why: 'old', remedy: null };
    expect(incompleteReport({ ...passed, nextBest }, ['/key']).nextBest).toBe(nextBest);
  });
});

describe('what a rationale names', () => {
  it('is each quote once, and each place on the way but the change', () => {
    const rationale = {
      because: { who: { text: 'w', quoteIds: ['q3', 'q1'] } },
      chain: CHAIN,
      otherExplanations: [
        {
          explanation: 'e',
          tests: [
            {
              sign: 's',
              mustSeeIfTrue: true,
              couldSeeIfFalse: false,
              seen: true,
              quoteIds: ['q4'],
            },
          ],
        },
      ],
    };
    expect(quoteIdsOf(rationale)).toEqual(['q3', 'q1', 'q2', 'q4']);
    expect(chainNodesOf(rationale)).toEqual([
      'experience:total',
      'metric:checkout',
      'metric:profit',
    ]);
    expect([quoteIdsOf({}), chainNodesOf({})]).toEqual([[], []]);
  });
});

describe('isUngatedChange', () => {
  const arms = (...values: (string | undefined)[]) =>
    values.map((value, index) => ({
      key: `v${index}`,
      name: 'V',
      weight: 1,
      ...(value === undefined ? {} : { value }),
    }));
  it.each([
    ['aa', arms('old', 'new'), true],
    ['aa', arms('same', 'same'), false],
    ['aa', arms(undefined, undefined), false],
    ['ab', arms('old', 'new'), false],
  ] as const)('of %s %j is %s', (kind, variants, is) => {
    expect(isUngatedChange({ kind, variants })).toBe(is);
  });
});

describe('directContext', () => {
  it('is the share of experiments somebody was heard live for, and nothing of none', () => {
    expect(directContext([]).share).toBeNull();
    const heard = [
      { liveFirstHand: 2 },
      { liveFirstHand: 0 },
      { liveFirstHand: 1 },
      { liveFirstHand: 0 },
    ];
    expect(directContext(heard)).toEqual({ experiments: 4, withDirectContext: 2, share: 0.5 });
  });
});
