import { ancova } from '../../../src/stats/adjustment/ancova.js';
import { cuped } from '../../../src/stats/adjustment/cuped.js';
import { hc2 } from '../../../src/stats/adjustment/hc2.js';
import { linInteracted } from '../../../src/stats/adjustment/lin-interacted.js';
import { postStratified } from '../../../src/stats/adjustment/post-stratified.js';
import { covariateBalance } from '../../../src/stats/covariate-balance.js';
import {
  armSummary,
  covariance,
  emptyMoments,
  mergeMoments,
  type Moments,
  momentsFromSums,
  momentsOfRows,
  variance,
} from '../../../src/stats/moments.js';
import { nonInferiority } from '../../../src/stats/non-inferiority.js';
import type { ArmSummary, NotComputedReason } from '../../../src/stats/outcome.js';
import { ratioSummary } from '../../../src/stats/ratio-metric.js';
import { skewnessOfDifference, skewnessOfMean } from '../../../src/stats/skewness.js';
import { contrastOfMeans, welch } from '../../../src/stats/welch.js';
import { BAD_NUMBERS, type Refusal, type Refusals } from './refusal.js';

const GOOD: ArmSummary = { n: 10, mean: 2, variance: 1 };

const BAD_ARMS: readonly [string, ArmSummary, NotComputedReason][] = [
  ['no units', { n: 0, mean: 0, variance: null }, 'empty-arm'],
  ['one unit', { n: 1, mean: 2, variance: null }, 'too-few'],
  ['n below 0', { ...GOOD, n: -3 }, 'bad-input'],
  ['no variance given', { ...GOOD, variance: null }, 'bad-input'],
  ['a variance below 0', { ...GOOD, variance: -1 }, 'bad-input'],
  ...BAD_NUMBERS.flatMap((bad): [string, ArmSummary, NotComputedReason][] => [
    [`n ${bad}`, { ...GOOD, n: bad }, 'bad-input'],
    [`mean ${bad}`, { ...GOOD, mean: bad }, 'bad-input'],
    [`variance ${bad}`, { ...GOOD, variance: bad }, 'bad-input'],
  ]),
];

type OfArms = (treatment: ArmSummary, control: ArmSummary) => unknown;

/** What every comparison of two means must refuse. */
function ofArms(call: OfArms): Refusal[] {
  const constant = { ...GOOD, variance: 0 };
  return [
    ...BAD_ARMS.flatMap(([what, arm, answer]): Refusal[] => [
      { what: `${what} in treatment`, call: () => call(arm, GOOD), answer },
      { what: `${what} in control`, call: () => call(GOOD, arm), answer },
    ]),
    {
      what: 'no variance in both arms',
      call: () => call(constant, constant),
      answer: 'no-variance',
    },
  ];
}

/** Rows of outcome, denominator and covariate. */
const ROWS = [
  [1, 2, 1],
  [2, 1, 3],
  [4, 3, 2],
  [3, 2, 5],
  [6, 1, 4],
  [5, 2, 7],
];
const USABLE = momentsOfRows(ROWS);
const CONSTANT = momentsOfRows(ROWS.map(() => [1, 2, 3]));
const NARROW = momentsOfRows(ROWS.map((row) => row.slice(0, 2)));

function withOutcome(bad: number): Moments {
  return { ...USABLE, mean: [bad, ...USABLE.mean.slice(1)] };
}

function withSquares(bad: number): Moments {
  return { ...USABLE, comoment: [bad, ...USABLE.comoment.slice(1)] };
}

type OfMoments = (moments: Moments) => unknown;

/** What every reading of one arm's moments must refuse. */
function ofMoments(call: OfMoments): Refusal[] {
  return [
    { what: 'no units', call: () => call(emptyMoments(3)), answer: 'empty-arm' },
    { what: 'one unit', call: () => call(momentsOfRows([[1, 2, 3]])), answer: 'too-few' },
    { what: 'squares below 0', call: () => call(withSquares(-1)), answer: 'bad-input' },
    ...BAD_NUMBERS.map((bad): Refusal => {
      return { what: `squares ${bad}`, call: () => call(withSquares(bad)), answer: 'bad-input' };
    }),
    { what: 'n NaN', call: () => call({ ...USABLE, n: NaN }), answer: 'bad-input' },
    { what: 'n Infinity', call: () => call({ ...USABLE, n: Infinity }), answer: 'bad-input' },
    { what: 'no such column', call: () => call(momentsOfRows([[], []])), answer: 'range-error' },
  ];
}

function ofMean(call: OfMoments): Refusal[] {
  return BAD_NUMBERS.map((bad) => {
    return { what: `mean ${bad}`, call: () => call(withOutcome(bad)), answer: 'bad-input' };
  });
}

/** What every comparison of two arms by their moments must refuse. */
function ofMomentPairs(call: (treatment: Moments, control: Moments) => unknown): Refusal[] {
  return [
    ...ofMoments((moments) => call(moments, moments)),
    { what: 'an empty control', call: () => call(USABLE, emptyMoments(3)), answer: 'empty-arm' },
    { what: 'an empty treatment', call: () => call(emptyMoments(3), USABLE), answer: 'empty-arm' },
    {
      what: 'no variance in both arms',
      call: () => call(CONSTANT, CONSTANT),
      answer: 'no-variance',
    },
    { what: 'arms of other columns', call: () => call(USABLE, NARROW), answer: 'bad-input' },
  ];
}

function adjustment(
  call: (input: {
    treatment: Moments;
    control: Moments;
    outcome: number;
    covariates: readonly number[];
  }) => unknown,
): Refusal[] {
  const pair = (treatment: Moments, control: Moments): unknown =>
    call({ treatment, control, outcome: 0, covariates: [2] });
  const usable = { treatment: USABLE, control: USABLE };
  return [
    ...ofMomentPairs(pair),
    ...ofMean((moments) => pair(moments, USABLE)),
    {
      what: 'the outcome as its own covariate',
      call: () => call({ ...usable, outcome: 0, covariates: [0] }),
      answer: 'range-error',
    },
    {
      what: 'a covariate that does not exist',
      call: () => call({ ...usable, outcome: 0, covariates: [9] }),
      answer: 'range-error',
    },
  ];
}

const margin = { value: 0.1, scale: 'relative' } as const;
const sums = { n: 2, sums: [3n], products: [5n], cubes: [9n] };

/** Functions of means and moments. */
export const REFUSALS_OF_MEANS: Refusals = {
  welch: [
    ...ofArms((treatment, control) => welch({ treatment, control, alpha: 0.05 })),
    ...[0, 1, NaN].map((alpha): Refusal => {
      const call = (): unknown => welch({ treatment: GOOD, control: GOOD, alpha });
      return { what: `alpha ${alpha}`, call, answer: 'range-error' };
    }),
  ],
  contrastOfMeans: ofArms(contrastOfMeans),
  nonInferiority: [
    ...ofArms((treatment, control) =>
      nonInferiority({ treatment, control, margin, direction: 'increase' }),
    ),
    {
      what: 'a relative margin on a mean of 0',
      call: () =>
        nonInferiority({
          treatment: GOOD,
          control: { ...GOOD, mean: 0 },
          margin,
          direction: 'increase',
        }),
      answer: 'not-identified',
    },
    {
      what: 'a margin of 0',
      call: () =>
        nonInferiority({
          treatment: GOOD,
          control: GOOD,
          margin: { value: 0, scale: 'absolute' },
          direction: 'increase',
        }),
      answer: 'range-error',
    },
  ],
  postStratified: [
    { what: 'no strata', call: () => postStratified([]), answer: 'empty-arm' },
    ...ofArms((treatment, control) => postStratified([{ treatment, control }]))
      .map((refusal) =>
        // A stratum without one of the arms is too small; another one may hold its units.
        refusal.answer === 'empty-arm' ? { ...refusal, answer: 'too-few' as const } : refusal,
      )
      .map((refusal) =>
        refusal.what.startsWith('n below 0') || refusal.what.startsWith('n -Infinity')
          ? { ...refusal, answer: 'too-few' as const }
          : refusal,
      ),
  ],
  cuped: adjustment(cuped),
  linInteracted: adjustment(linInteracted),
  ancova: adjustment(ancova),
  hc2: [
    { what: 'a value NaN', call: () => hc2([[1, 1, 1]], [1, NaN, 2]), answer: 'bad-input' },
    {
      what: 'a column of another length',
      call: () => hc2([[1, 1]], [1, 2, 3]),
      answer: 'bad-input',
    },
    { what: 'no rows', call: () => hc2([[]], []), answer: 'too-few' },
    { what: 'as many rows as columns', call: () => hc2([[1]], [1]), answer: 'too-few' },
    {
      what: 'the same column twice',
      call: () =>
        hc2(
          [
            [1, 1, 1],
            [2, 2, 2],
          ],
          [1, 2, 4],
        ),
      answer: 'not-identified',
    },
  ],
  ratioSummary: [
    ...ofMoments((moments) => ratioSummary(moments, 0, 1)),
    ...ofMean((moments) => ratioSummary(moments, 0, 1)),
    {
      what: 'a mean denominator of 0',
      call: () => ratioSummary({ ...USABLE, mean: [1, 0, 1] }, 0, 1),
      answer: 'not-identified',
    },
  ],
  skewnessOfMean: [
    ...ofMoments((moments) => skewnessOfMean(moments, 0)),
    {
      what: 'two units',
      call: () => skewnessOfMean(momentsOfRows([[1], [2]]), 0),
      answer: 'too-few',
    },
    { what: 'no variance', call: () => skewnessOfMean(CONSTANT, 0), answer: 'no-variance' },
    {
      what: 'a third sum NaN',
      call: () => skewnessOfMean({ ...USABLE, third: [NaN, 0, 0] }, 0),
      answer: 'bad-input',
    },
  ],
  skewnessOfDifference: ofMomentPairs((treatment, control) =>
    skewnessOfDifference({ treatment, control, column: 0 }),
  ),
  covariateBalance: [
    ...ofMomentPairs((treatment, control) =>
      covariateBalance({ treatment, control, columns: [0] }),
    ),
    ...ofMean((moments) => covariateBalance({ treatment: moments, control: USABLE, columns: [0] })),
  ],
  emptyMoments: [
    { what: 'columns below 0', call: () => emptyMoments(-1), answer: 'range-error' },
    { what: 'half a column', call: () => emptyMoments(0.5), answer: 'range-error' },
  ],
  momentsOfRows: [
    ...BAD_NUMBERS.map((bad): Refusal => {
      return {
        what: `a value ${bad}`,
        call: () => momentsOfRows([[1], [bad]]),
        answer: 'range-error',
      };
    }),
    {
      what: 'rows of unequal length',
      call: () => momentsOfRows([[1], [1, 2]]),
      answer: 'range-error',
    },
  ],
  momentsFromSums: [
    { what: 'n NaN', call: () => momentsFromSums({ ...sums, n: NaN }), answer: 'range-error' },
    { what: 'n below 0', call: () => momentsFromSums({ ...sums, n: -1 }), answer: 'range-error' },
    {
      what: 'sums without rows',
      call: () => momentsFromSums({ ...sums, n: 0 }),
      answer: 'range-error',
    },
    {
      what: 'missing products',
      call: () => momentsFromSums({ ...sums, products: [] }),
      answer: 'range-error',
    },
    {
      what: 'squares that no rows have',
      call: () => momentsFromSums({ ...sums, products: [1n] }),
      answer: 'range-error',
    },
    {
      what: 'a scale of 0',
      call: () => momentsFromSums({ ...sums, scale: 0 }),
      answer: 'range-error',
    },
  ],
  mergeMoments: [
    { what: 'other columns', call: () => mergeMoments(USABLE, NARROW), answer: 'range-error' },
  ],
  variance: [{ what: 'no such column', call: () => variance(NARROW, 2), answer: 'range-error' }],
  covariance: [
    { what: 'no such column', call: () => covariance(NARROW, 0, 2), answer: 'range-error' },
  ],
  armSummary: [
    { what: 'no such column', call: () => armSummary(NARROW, 2), answer: 'range-error' },
  ],
};
