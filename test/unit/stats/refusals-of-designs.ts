import {
  classicalBounds,
  efficacyBounds,
  nextCriticalZ,
} from '../../../src/stats/group-sequential/bounds.js';
import { crossingProbabilities } from '../../../src/stats/group-sequential/crossing.js';
import { futilityBounds } from '../../../src/stats/group-sequential/futility.js';
import {
  designDrift,
  powerOfDesign,
  sizeOfDesign,
} from '../../../src/stats/group-sequential/power.js';
import { spentAlpha } from '../../../src/stats/group-sequential/spending.js';
import { stageWise } from '../../../src/stats/group-sequential/stage-wise.js';
import { noncentralTSurvival } from '../../../src/stats/noncentral-t.js';
import { arcsinePower, arcsineUnitsPerArm } from '../../../src/stats/planning/arcsine.js';
import type { ExpectedOutcome } from '../../../src/stats/planning/plan-input.js';
import {
  daysFor,
  powerAt,
  smallestEffect,
  unitsNeeded,
} from '../../../src/stats/planning/plan-test.js';
import { perTestLevels } from '../../../src/stats/ship-rule.js';
import { BAD_NUMBERS, type Refusal, type Refusals } from './refusal.js';

const spending = { kind: 'obrien_fleming' } as const;
const alphaOneSided = 0.025;

/** Information that no sequence of looks can have. */
function ofLooks(call: (fractions: readonly number[]) => unknown): Refusal[] {
  const bad: [string, number[]][] = [
    ['no looks', []],
    ['a look at 0', [0, 1]],
    ['information that falls', [0.5, 0.4]],
    ['the same look twice', [0.5, 0.5]],
    ['a look at NaN', [0.5, NaN]],
    ['a look at Infinity', [0.5, Infinity]],
  ];
  return bad.map(([what, fractions]) => {
    return { what, call: () => call(fractions), answer: 'range-error' };
  });
}

interface Bounds {
  criticalZ: readonly number[];
  fractions: readonly number[];
  sides: 1;
}

const design: Bounds = { criticalZ: [3, 2], fractions: [0.5, 1], sides: 1 };

/** Bounds that do not fit the looks. */
function ofDesign(call: (given: Bounds) => unknown): Refusal[] {
  return [
    ...ofLooks((fractions) => call({ ...design, fractions })),
    {
      what: 'a bound too few',
      call: () => call({ ...design, criticalZ: [2] }),
      answer: 'range-error',
    },
    {
      what: 'a bound NaN',
      call: () => call({ ...design, criticalZ: [NaN, 2] }),
      answer: 'range-error',
    },
  ];
}

const stopped = {
  past: [{ information: 0.5, criticalZ: 3 }],
  information: 1,
  z: 2.5,
  fullInformation: 1,
  level: 0.95,
};

const plan = {
  test: { kind: 'fixed_horizon' },
  alpha: 0.05,
  power: 0.8,
  arms: 1,
  allocation: [1, 1],
  adjustment: 'none',
  varianceReduction: 0,
  guardrails: 0,
  goal: 'difference',
} as const;
const mean = { kind: 'mean', controlMean: 10, sd: 5 } as const;

/** What every plan must refuse of the metric. */
function ofOutcome(call: (outcome: ExpectedOutcome) => unknown): Refusal[] {
  return [
    {
      what: 'a metric that never varies',
      call: () => call({ ...mean, sd: 0 }),
      answer: 'no-variance',
    },
    ...BAD_NUMBERS.flatMap((bad): Refusal[] => [
      { what: `sd ${bad}`, call: () => call({ ...mean, sd: bad }), answer: 'bad-input' },
      {
        what: `control mean ${bad}`,
        call: () => call({ ...mean, controlMean: bad }),
        answer: 'bad-input',
      },
    ]),
    ...[-0.1, 1.1, NaN].map((controlRate): Refusal => {
      const call_ = (): unknown => call({ kind: 'rate', controlRate });
      return { what: `a rate of ${controlRate}`, call: call_, answer: 'bad-input' };
    }),
  ];
}

function ofUnits(call: (units: number) => unknown): Refusal[] {
  return [
    ...[0, 1, 3, -10].map((units): Refusal => {
      return { what: `${units} units`, call: () => call(units), answer: 'too-few' };
    }),
    ...BAD_NUMBERS.map((units): Refusal => {
      return { what: `${units} units`, call: () => call(units), answer: 'bad-input' };
    }),
  ];
}

function ofEffect(call: (effect: number) => unknown): Refusal[] {
  return BAD_NUMBERS.map((effect) => {
    return { what: `effect ${effect}`, call: () => call(effect), answer: 'bad-input' };
  });
}

const rates = { controlRate: 0.1, treatmentRate: 0.12, alpha: 0.05 };

/** Functions of designs and plans, whose arguments a program chooses but for the metric's numbers. */
export const REFUSALS_OF_DESIGNS: Refusals = {
  efficacyBounds: ofLooks((fractions) => efficacyBounds({ spending, alphaOneSided, fractions })),
  classicalBounds: ofLooks((fractions) =>
    classicalBounds({ shape: 'pocock', alphaOneSided, fractions }),
  ),
  nextCriticalZ: [
    ...[NaN, 0, 0.5, Infinity].map((information): Refusal => {
      const past = [{ information: 0.5, criticalZ: 3 }];
      const call = (): unknown => nextCriticalZ({ past, information, alphaToSpend: 0.01 });
      return { what: `information ${information}`, call, answer: 'range-error' };
    }),
    ...[NaN, 1, 2].map((alphaToSpend): Refusal => {
      const call = (): unknown => nextCriticalZ({ past: [], information: 1, alphaToSpend });
      return { what: `alpha ${alphaToSpend} to spend`, call, answer: 'range-error' };
    }),
  ],
  crossingProbabilities: ofDesign(({ criticalZ, fractions }) =>
    crossingProbabilities({ upper: criticalZ, information: fractions, drift: 0 }),
  ),
  futilityBounds: ofDesign(({ criticalZ, fractions }) =>
    futilityBounds({ criticalZ, fractions, spending, beta: 0.2 }),
  ),
  powerOfDesign: [
    ...ofDesign((given) => powerOfDesign({ ...given, drift: 3 })),
    ...BAD_NUMBERS.map((drift): Refusal => {
      return {
        what: `drift ${drift}`,
        call: () => powerOfDesign({ ...design, drift }),
        answer: 'range-error',
      };
    }),
  ],
  designDrift: ofDesign((given) => designDrift({ ...given, power: 0.8 })),
  sizeOfDesign: ofDesign((given) => sizeOfDesign({ ...given, power: 0.8, alphaOneSided })),
  spentAlpha: [-0.1, NaN].map((fraction) => {
    const call = (): unknown => spentAlpha(spending, alphaOneSided, fraction);
    return { what: `fraction ${fraction}`, call, answer: 'range-error' };
  }),
  stageWise: [
    ...BAD_NUMBERS.flatMap((bad): Refusal[] => [
      { what: `z ${bad}`, call: () => stageWise({ ...stopped, z: bad }), answer: 'bad-input' },
      {
        what: `information ${bad}`,
        call: () => stageWise({ ...stopped, information: bad }),
        answer: 'bad-input',
      },
      {
        what: `full information ${bad}`,
        call: () => stageWise({ ...stopped, fullInformation: bad }),
        answer: 'bad-input',
      },
    ]),
    {
      what: 'an earlier bound NaN',
      call: () => stageWise({ ...stopped, past: [{ information: 0.5, criticalZ: NaN }] }),
      answer: 'bad-input',
    },
    {
      what: 'information that falls',
      call: () => stageWise({ ...stopped, information: 0.4 }),
      answer: 'bad-input',
    },
    {
      what: 'a level of 1',
      call: () => stageWise({ ...stopped, level: 1 }),
      answer: 'range-error',
    },
  ],
  noncentralTSurvival: [
    ...BAD_NUMBERS.flatMap((bad): Refusal[] => [
      { what: `t ${bad}`, call: () => noncentralTSurvival(bad, 5, 1), answer: 'range-error' },
      { what: `df ${bad}`, call: () => noncentralTSurvival(1, bad, 1), answer: 'range-error' },
      { what: `ncp ${bad}`, call: () => noncentralTSurvival(1, 5, bad), answer: 'range-error' },
    ]),
    { what: 'df 0', call: () => noncentralTSurvival(1, 0, 1), answer: 'range-error' },
  ],
  powerAt: [
    ...ofOutcome((outcome) => powerAt({ ...plan, outcome, units: 100, effect: 1 })),
    ...ofUnits((units) => powerAt({ ...plan, outcome: mean, units, effect: 1 })),
    ...ofEffect((effect) => powerAt({ ...plan, outcome: mean, units: 100, effect })),
    {
      what: 'an effect that a rate has no room for',
      call: () =>
        powerAt({
          ...plan,
          outcome: { kind: 'rate', controlRate: 0.9 },
          units: 100,
          effect: 0.2,
        }),
      answer: 'bad-input',
    },
    {
      what: 'weights for another number of arms',
      call: () => powerAt({ ...plan, allocation: [1], outcome: mean, units: 100, effect: 1 }),
      answer: 'range-error',
    },
  ],
  unitsNeeded: [
    ...ofOutcome((outcome) => unitsNeeded({ ...plan, outcome, effect: 1 })),
    ...ofEffect((effect) => unitsNeeded({ ...plan, outcome: mean, effect })),
    {
      what: 'no effect',
      call: () => unitsNeeded({ ...plan, outcome: mean, effect: 0 }),
      answer: 'not-identified',
    },
  ],
  smallestEffect: [
    ...ofOutcome((outcome) => smallestEffect({ ...plan, outcome, units: 100 })),
    ...ofUnits((units) => smallestEffect({ ...plan, outcome: mean, units })),
  ],
  daysFor: [
    { what: 'no units a day', call: () => daysFor(100, 0), answer: 'too-few' },
    { what: 'no units at all', call: () => daysFor(0, 10), answer: 'bad-input' },
    ...BAD_NUMBERS.flatMap((bad): Refusal[] => [
      { what: `${bad} units`, call: () => daysFor(bad, 10), answer: 'bad-input' },
      { what: `${bad} units a day`, call: () => daysFor(100, bad), answer: 'bad-input' },
    ]),
  ],
  arcsinePower: [NaN, -0.1, 1.1].map((controlRate) => {
    const call = (): unknown => arcsinePower({ ...rates, controlRate, n0: 10, n1: 10 });
    return { what: `a rate of ${controlRate}`, call, answer: 'range-error' };
  }),
  arcsineUnitsPerArm: [
    {
      what: 'two equal rates',
      call: () => arcsineUnitsPerArm({ ...rates, treatmentRate: 0.1, power: 0.8 }),
      answer: 'not-identified',
    },
    {
      what: 'a power below alpha',
      call: () => arcsineUnitsPerArm({ ...rates, power: 0.01 }),
      answer: 'range-error',
    },
  ],
  perTestLevels: [0, 1, NaN].map((beta) => {
    const call = (): unknown =>
      perTestLevels({ alpha: 0.05, beta, successMetrics: 1, guardrails: 1 });
    return { what: `beta ${beta}`, call, answer: 'range-error' };
  }),
};
