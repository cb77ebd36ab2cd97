import { explainAgreement } from '../../../src/stats/agreement.js';
import {
  confidenceSequence,
  confidenceSequenceMultiplier,
} from '../../../src/stats/confidence-sequence.js';
import { dunnettAdjustedP, dunnettCriticalZ } from '../../../src/stats/dunnett.js';
import type { EstimatedEffect } from '../../../src/stats/estimated-effect.js';
import {
  fiellerRatioSet,
  type MeanWithVariance,
  relativeLift,
} from '../../../src/stats/fieller.js';
import { learnPrior } from '../../../src/stats/learned-prior.js';
import {
  benjaminiHochberg,
  benjaminiYekutieli,
  bonferroni,
  holm,
  hommel,
} from '../../../src/stats/multiplicity.js';
import { normalNormal } from '../../../src/stats/normal-normal.js';
import { priorSensitivity } from '../../../src/stats/prior-sensitivity.js';
import { shipRule } from '../../../src/stats/ship-rule.js';
import { jamesStein } from '../../../src/stats/shrinkage.js';
import { winnersCurse } from '../../../src/stats/winners-curse.js';
import { BAD_NUMBERS, type Refusal, type Refusals } from './refusal.js';

const GOOD: EstimatedEffect = { estimate: 1, se: 0.5 };

/** What everything that takes an estimate with its standard error must refuse. */
function ofEffect(call: (effect: EstimatedEffect) => unknown): Refusal[] {
  return [
    { what: 'no standard error', call: () => call({ ...GOOD, se: 0 }), answer: 'no-variance' },
    {
      what: 'a standard error below 0',
      call: () => call({ ...GOOD, se: -1 }),
      answer: 'bad-input',
    },
    ...BAD_NUMBERS.flatMap((bad): Refusal[] => [
      {
        what: `estimate ${bad}`,
        call: () => call({ ...GOOD, estimate: bad }),
        answer: 'bad-input',
      },
      { what: `se ${bad}`, call: () => call({ ...GOOD, se: bad }), answer: 'bad-input' },
    ]),
  ];
}

const prior = { mean: 0, sd: 1 };
const direction = 'increase';
const nonZero = { treatment: 30, control: 30 };

function ofPrior(call: (prior: { mean: number; sd: number }) => unknown): Refusal[] {
  return [
    { what: 'a prior SD of 0', call: () => call({ mean: 0, sd: 0 }), answer: 'range-error' },
    { what: 'a prior SD NaN', call: () => call({ mean: 0, sd: NaN }), answer: 'range-error' },
    { what: 'a prior mean NaN', call: () => call({ mean: NaN, sd: 1 }), answer: 'range-error' },
  ];
}

const MEAN: MeanWithVariance = { mean: 2, varianceOfMean: 0.1 };

function lift(
  treatment: MeanWithVariance,
  control: MeanWithVariance,
  canBeNegative = false,
): unknown {
  return relativeLift({ treatment, control, criticalValue: 2, canBeNegative });
}

function ofMean(call: (mean: MeanWithVariance) => unknown, answer: Refusal['answer']): Refusal[] {
  return [
    ...BAD_NUMBERS.flatMap((bad): Refusal[] => [
      { what: `mean ${bad}`, call: () => call({ ...MEAN, mean: bad }), answer },
      { what: `variance ${bad}`, call: () => call({ ...MEAN, varianceOfMean: bad }), answer },
    ]),
    { what: 'a variance below 0', call: () => call({ ...MEAN, varianceOfMean: -1 }), answer },
  ];
}

function ofPValues(adjust: (pValues: readonly number[]) => number[]): Refusal[] {
  return [-0.1, 1.1, ...BAD_NUMBERS].map((bad) => {
    return { what: `a p of ${bad}`, call: () => adjust([0.01, bad]), answer: 'range-error' };
  });
}

function ofSizes(
  call: (sizes: { control: number; treatments: readonly number[] }) => unknown,
): Refusal[] {
  return [
    ...[0, -1, ...BAD_NUMBERS].flatMap((bad): Refusal[] => [
      {
        what: `${bad} units in control`,
        call: () => call({ control: bad, treatments: [10, 10] }),
        answer: 'range-error',
      },
      {
        what: `${bad} units in a treatment`,
        call: () => call({ control: 10, treatments: [10, bad] }),
        answer: 'range-error',
      },
    ]),
    {
      what: 'no treatments',
      call: () => call({ control: 10, treatments: [] }),
      answer: 'range-error',
    },
  ];
}

const looks = { n: 1000, nStar: 5000, alpha: 0.05, nonZero };

/** Functions of effects, beliefs and families of tests. */
export const REFUSALS_OF_BELIEFS: Refusals = {
  normalNormal: [
    ...ofEffect((effect) => normalNormal({ ...effect, prior, direction })),
    ...ofPrior((bad) => normalNormal({ ...GOOD, prior: bad, direction })),
  ],
  priorSensitivity: [
    ...ofEffect((effect) => priorSensitivity({ ...effect, prior, direction, threshold: 0.95 })),
    ...ofPrior((bad) => priorSensitivity({ ...GOOD, prior: bad, direction, threshold: 0.95 })),
  ],
  confidenceSequence: [
    ...ofEffect((effect) => confidenceSequence({ ...effect, ...looks })),
    {
      what: 'no units',
      call: () => confidenceSequence({ ...GOOD, ...looks, n: 0 }),
      answer: 'empty-arm',
    },
    ...[-1, ...BAD_NUMBERS].map((n): Refusal => {
      const call = (): unknown => confidenceSequence({ ...GOOD, ...looks, n });
      return { what: `${n} units`, call, answer: 'bad-input' };
    }),
    ...[-1, 2, NaN].map((previousPValue): Refusal => {
      const call = (): unknown => confidenceSequence({ ...GOOD, ...looks, previousPValue });
      return { what: `an earlier p of ${previousPValue}`, call, answer: 'range-error' };
    }),
  ],
  confidenceSequenceMultiplier: [0, -1, ...BAD_NUMBERS].map((n) => {
    const call = (): unknown => confidenceSequenceMultiplier({ n, nStar: 5000, alpha: 0.05 });
    return { what: `${n} units`, call, answer: 'range-error' };
  }),
  learnPrior: [
    ...ofEffect((effect) => learnPrior([GOOD, effect])),
    { what: 'no experiment', call: () => learnPrior([]), answer: 'too-few' },
    { what: 'one experiment', call: () => learnPrior([GOOD]), answer: 'too-few' },
  ],
  winnersCurse: [
    ...ofEffect((effect) => winnersCurse({ experiments: [GOOD, effect], selectionZ: 1.6 })),
    {
      what: 'no experiment',
      call: () => winnersCurse({ experiments: [], selectionZ: 1.6 }),
      answer: 'too-few',
    },
    {
      what: 'a bound NaN',
      call: () => winnersCurse({ experiments: [GOOD], selectionZ: NaN }),
      answer: 'range-error',
    },
  ],
  jamesStein: [
    {
      what: 'three means',
      call: () => jamesStein({ means: [1, 2, 3], variance: 1 }),
      answer: 'too-few',
    },
    {
      what: 'no variance',
      call: () => jamesStein({ means: [1, 2, 3, 4], variance: 0 }),
      answer: 'no-variance',
    },
    ...BAD_NUMBERS.flatMap((bad): Refusal[] => [
      {
        what: `a mean ${bad}`,
        call: () => jamesStein({ means: [1, 2, 3, bad], variance: 1 }),
        answer: 'bad-input',
      },
      {
        what: `a variance ${bad}`,
        call: () => jamesStein({ means: [1, 2, 3, 4], variance: bad }),
        answer: 'bad-input',
      },
    ]),
  ],
  relativeLift: [
    ...ofMean((mean) => lift(mean, MEAN), 'bad-input'),
    ...ofMean((mean) => lift(MEAN, mean), 'bad-input'),
    {
      what: 'a control without events',
      call: () => lift(MEAN, { mean: 0, varianceOfMean: 0 }),
      answer: 'no-control-events',
    },
    {
      what: 'a profit of 0 in control',
      call: () => lift(MEAN, { ...MEAN, mean: 0 }, true),
      answer: 'not-identified',
    },
    {
      what: 'a profit below 0 in control',
      call: () => lift(MEAN, { ...MEAN, mean: -3 }, true),
      answer: 'not-identified',
    },
    {
      what: 'a negative mean of a metric that has none',
      call: () => lift({ ...MEAN, mean: -1 }, MEAN),
      answer: 'bad-input',
    },
    {
      what: 'means beyond double precision',
      call: () => lift({ ...MEAN, mean: 1e200 }, { ...MEAN, mean: 1e200 }),
      answer: 'bad-input',
    },
    {
      what: 'a critical value of 0',
      call: () =>
        relativeLift({ treatment: MEAN, control: MEAN, criticalValue: 0, canBeNegative: false }),
      answer: 'range-error',
    },
  ],
  fiellerRatioSet: [
    ...ofMean(
      (treatment) => fiellerRatioSet({ treatment, control: MEAN, criticalValue: 2 }),
      'range-error',
    ),
    ...ofMean(
      (control) => fiellerRatioSet({ treatment: MEAN, control, criticalValue: 2 }),
      'range-error',
    ),
  ],
  dunnettCriticalZ: ofSizes((sizes) => dunnettCriticalZ(sizes, 0.05)),
  dunnettAdjustedP: [
    ...ofSizes((sizes) => dunnettAdjustedP(2, sizes)),
    ...BAD_NUMBERS.map((z): Refusal => {
      const call = (): unknown => dunnettAdjustedP(z, { control: 10, treatments: [10, 10] });
      return { what: `z ${z}`, call, answer: 'range-error' };
    }),
  ],
  bonferroni: ofPValues(bonferroni),
  holm: ofPValues(holm),
  hommel: ofPValues(hommel),
  benjaminiHochberg: ofPValues(benjaminiHochberg),
  benjaminiYekutieli: ofPValues(benjaminiYekutieli),
  shipRule: [-0.1, 1.1, NaN].map((pValue) => {
    const outcomes = [{ metric: 'profit', pValue, improved: true }];
    const call = (): unknown =>
      shipRule({
        success: { alpha: 0.05, pValues: 'raw', outcomes },
        guardrails: [],
        significantlyWorse: [],
        qualityPassed: true,
      });
    return { what: `a p of ${pValue}`, call, answer: 'range-error' };
  }),
  explainAgreement: [-0.1, 1.1, NaN].map((chanceToWin) => {
    const call = (): unknown =>
      explainAgreement({
        frequentist: {
          ...GOOD,
          interval: { shape: 'interval', low: 0, high: 2 },
          alpha: 0.05,
          look: 'final',
        },
        bayesian: { chanceToWin, prior: { kind: 'normal', ...prior } },
        direction,
        units: 100,
      });
    return { what: `a chance of ${chanceToWin}`, call, answer: 'range-error' };
  }),
};
