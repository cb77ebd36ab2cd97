import {
  betaBinomial,
  betaBinomialChances,
  type Conversions,
} from '../../../src/stats/beta-binomial.js';
import type { NotComputedReason } from '../../../src/stats/outcome.js';
import { clopperPearson } from '../../../src/stats/proportions/clopper-pearson.js';
import { compareProportions } from '../../../src/stats/proportions/compare-proportions.js';
import { fisherExact } from '../../../src/stats/proportions/fisher-exact.js';
import { miettinenNurminen } from '../../../src/stats/proportions/miettinen-nurminen.js';
import { newcombe } from '../../../src/stats/proportions/newcombe.js';
import type { TwoArms } from '../../../src/stats/proportions/rate-interval.js';
import { scoreRatio } from '../../../src/stats/proportions/score-ratio.js';
import { wilson } from '../../../src/stats/proportions/wilson.js';
import { lognormalMean } from '../../../src/stats/rows/lognormal.js';
import { mannWhitney } from '../../../src/stats/rows/mann-whitney.js';
import {
  orderProbabilities,
  probabilitiesAround,
  quantileSummary,
} from '../../../src/stats/rows/clustered-quantile.js';
import { quantileDifference } from '../../../src/stats/rows/quantile-difference.js';
import { pooledCap, winsorise } from '../../../src/stats/rows/winsorise.js';
import { sampleRatio } from '../../../src/stats/sample-ratio.js';
import { BAD_NUMBERS, type Refusal, type Refusals } from './refusal.js';

const GOOD: Conversions = { successes: 3, n: 10 };

const BAD_COUNTS: readonly [string, Conversions, NotComputedReason][] = [
  ['more conversions than units', { successes: 11, n: 10 }, 'bad-input'],
  ['conversions below 0', { successes: -1, n: 10 }, 'bad-input'],
  ['half a conversion', { successes: 0.5, n: 10 }, 'bad-input'],
  ['half a unit', { successes: 3, n: 10.5 }, 'bad-input'],
  ...BAD_NUMBERS.flatMap((bad): [string, Conversions, NotComputedReason][] => [
    [`conversions ${bad}`, { successes: bad, n: 10 }, 'bad-input'],
    [`units ${bad}`, { successes: 3, n: bad }, 'bad-input'],
  ]),
];
const NO_UNITS: [string, Conversions, NotComputedReason] = [
  'no units',
  { successes: 0, n: 0 },
  'empty-arm',
];

function ofCount(call: (arm: Conversions) => unknown): Refusal[] {
  return [...BAD_COUNTS, NO_UNITS].map(([what, arm, answer]) => {
    return { what, call: () => call(arm), answer };
  });
}

function ofCounts(
  call: (arms: TwoArms) => unknown,
  bad: readonly [string, Conversions, NotComputedReason][] = [...BAD_COUNTS, NO_UNITS],
): Refusal[] {
  return bad.flatMap(([what, arm, answer]): Refusal[] => [
    { what: `${what} in treatment`, call: () => call({ treatment: arm, control: GOOD }), answer },
    { what: `${what} in control`, call: () => call({ treatment: GOOD, control: arm }), answer },
  ]);
}

/** A test, unlike an interval, has nothing to say when no unit or every unit converted. */
function ofTest(call: (arms: TwoArms) => unknown): Refusal[] {
  return [0, 10].map((successes) => {
    const arm = { successes, n: 10 };
    return {
      what: `${successes} of 10 in both arms`,
      call: () => call({ treatment: arm, control: arm }),
      answer: 'no-variance',
    };
  });
}

/** With no units the belief is the prior, so an empty arm is no reason to refuse. */
function ofBelief(call: (arms: TwoArms, alpha: number) => unknown): Refusal[] {
  return [
    ...ofCounts((arms) => call(arms, 1), BAD_COUNTS),
    ...[0, NaN, Infinity].map((alpha): Refusal => {
      const arms = { treatment: GOOD, control: GOOD };
      return { what: `a prior of ${alpha}`, call: () => call(arms, alpha), answer: 'range-error' };
    }),
  ];
}

type Values = readonly number[];

const VALUES = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4];

function ofRows(call: (treatment: Values, control: Values) => unknown): Refusal[] {
  return [
    { what: 'an empty treatment', call: () => call([], VALUES), answer: 'empty-arm' },
    { what: 'an empty control', call: () => call(VALUES, []), answer: 'empty-arm' },
    {
      what: 'one value everywhere',
      call: () =>
        call(
          VALUES.map(() => 2),
          VALUES.map(() => 2),
        ),
      answer: 'no-variance',
    },
    ...BAD_NUMBERS.flatMap((bad): Refusal[] => [
      {
        what: `a treatment value ${bad}`,
        call: () => call([...VALUES, bad], VALUES),
        answer: 'bad-input',
      },
      {
        what: `a control value ${bad}`,
        call: () => call(VALUES, [...VALUES, bad]),
        answer: 'bad-input',
      },
    ]),
  ];
}

function medians(treatment: Values, control: Values): unknown {
  const arms = { treatment: { values: treatment }, control: { values: control } };
  return quantileDifference({ ...arms, quantile: 0.5, alpha: 0.05 });
}

const direction = 'increase';

/** Functions of counts and of rows. */
const CLUSTERS = { quantile: 0.5, z: 2, rows: 100, units: 50, squares: 25 };

export const REFUSALS_OF_COUNTS: Refusals = {
  wilson: ofCount((arm) => wilson(arm, 0.05)),
  clopperPearson: ofCount((arm) => clopperPearson(arm, 0.05)),
  newcombe: ofCounts((arms) => newcombe({ ...arms, alpha: 0.05 })),
  miettinenNurminen: ofCounts((arms) => miettinenNurminen({ ...arms, criticalValue: 2 })),
  scoreRatio: ofCounts((arms) => scoreRatio({ ...arms, criticalValue: 2 })),
  fisherExact: [...ofCounts(fisherExact), ...ofTest(fisherExact)],
  compareProportions: [
    ...ofCounts((arms) => compareProportions({ ...arms, criticalZ: 2 })),
    ...ofTest((arms) => compareProportions({ ...arms, criticalZ: 2 })),
    {
      what: 'a critical value of 0',
      call: () => compareProportions({ treatment: GOOD, control: GOOD, criticalZ: 0 }),
      answer: 'range-error',
    },
  ],
  betaBinomial: ofBelief((arms, alpha) =>
    betaBinomial({ ...arms, prior: { alpha, beta: 1 }, direction }),
  ),
  betaBinomialChances: ofBelief((arms, alpha) =>
    betaBinomialChances({ ...arms, prior: { alpha, beta: 1 }, direction }),
  ),
  sampleRatio: [
    ...[-1, 0.5, ...BAD_NUMBERS].map((bad): Refusal => {
      const call = (): unknown => sampleRatio({ counts: [bad, 10], weights: [1, 1] });
      return { what: `a count of ${bad}`, call, answer: 'bad-input' };
    }),
    {
      what: 'no units',
      call: () => sampleRatio({ counts: [0, 0], weights: [1, 1] }),
      answer: 'too-few',
    },
    {
      what: 'one arm with a weight',
      call: () => sampleRatio({ counts: [5, 0], weights: [1, 0] }),
      answer: 'not-identified',
    },
    {
      what: 'units in an arm without a weight',
      call: () => sampleRatio({ counts: [5, 5, 1], weights: [1, 1, 0] }),
      answer: 'bad-input',
    },
    {
      what: 'fewer weights than arms',
      call: () => sampleRatio({ counts: [5, 5], weights: [1] }),
      answer: 'range-error',
    },
    {
      what: 'a weight NaN',
      call: () => sampleRatio({ counts: [5, 5], weights: [1, NaN] }),
      answer: 'range-error',
    },
    {
      what: 'no arms',
      call: () => sampleRatio({ counts: [], weights: [] }),
      answer: 'range-error',
    },
  ],
  mannWhitney: ofRows((treatment, control) => mannWhitney({ treatment, control })),
  quantileDifference: [
    ...ofRows(medians),
    { what: 'one row', call: () => medians([1], VALUES), answer: 'too-few' },
    {
      what: 'a unit for some rows only',
      call: () =>
        quantileDifference({
          treatment: { values: VALUES, units: [1, 2] },
          control: { values: VALUES },
          quantile: 0.5,
          alpha: 0.05,
        }),
      answer: 'bad-input',
    },
  ],
  orderProbabilities: [
    ...BAD_NUMBERS.flatMap((bad): Refusal[] =>
      (['rows', 'units', 'squares'] as const).map((member) => ({
        what: `${member} of ${bad}`,
        call: () => orderProbabilities('a', { ...CLUSTERS, [member]: bad }),
        answer: member === 'units' && bad === -Infinity ? 'too-few' : 'bad-input',
      })),
    ),
    {
      what: 'no rows',
      call: () => orderProbabilities('a', { ...CLUSTERS, rows: 0 }),
      answer: 'empty-arm',
    },
    {
      what: 'one unit',
      call: () => orderProbabilities('a', { ...CLUSTERS, units: 1 }),
      answer: 'too-few',
    },
  ],
  probabilitiesAround: BAD_NUMBERS.flatMap((bad): Refusal[] =>
    (['rows', 'variance'] as const).map((member) => ({
      what: `${member} of ${bad}`,
      call: () =>
        probabilitiesAround('a', { quantile: 0.5, z: 2, rows: 9, variance: 0.25, [member]: bad }),
      answer: 'bad-input',
    })),
  ),
  quantileSummary: BAD_NUMBERS.flatMap((bad): Refusal[] =>
    (['estimate', 'lower', 'upper'] as const).map((member) => ({
      what: `${member} of ${bad}`,
      call: () =>
        quantileSummary('a', { ...CLUSTERS, estimate: 5, lower: 4, upper: 6, [member]: bad }),
      answer: 'bad-input',
    })),
  ),
  lognormalMean: [
    { what: 'no values', call: () => lognormalMean([], 0.05), answer: 'empty-arm' },
    { what: 'one value', call: () => lognormalMean([3], 0.05), answer: 'too-few' },
    { what: 'one value twice', call: () => lognormalMean([3, 3], 0.05), answer: 'no-variance' },
    ...[0, -1, ...BAD_NUMBERS].map((bad): Refusal => {
      return { what: `${bad}`, call: () => lognormalMean([1, 2, bad], 0.05), answer: 'bad-input' };
    }),
  ],
  pooledCap: [
    {
      what: 'no values',
      call: () => pooledCap({ arms: [[], []], quantile: 0.9, sides: 'upper' }),
      answer: 'too-few',
    },
    ...BAD_NUMBERS.map((bad): Refusal => {
      const call = (): unknown => pooledCap({ arms: [[1, bad]], quantile: 0.9, sides: 'upper' });
      return { what: `a value ${bad}`, call, answer: 'bad-input' };
    }),
  ],
  winsorise: BAD_NUMBERS.flatMap((bad): Refusal[] => [
    {
      what: `a value ${bad}`,
      call: () => winsorise([1, bad], { low: null, high: 5 }),
      answer: 'range-error',
    },
    {
      what: `a cap of ${bad}`,
      call: () => winsorise([1, 2], { low: null, high: bad }),
      answer: 'range-error',
    },
  ]),
};
