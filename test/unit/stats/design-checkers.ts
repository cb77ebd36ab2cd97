import { betaBinomial } from '../../../src/stats/beta-binomial.js';
import { normal, studentT } from '../../../src/stats/distributions.js';
import { dunnettCriticalZ } from '../../../src/stats/dunnett.js';
import { learnPrior } from '../../../src/stats/learned-prior.js';
import {
  benjaminiHochberg,
  benjaminiYekutieli,
  bonferroni,
  holm,
  hommel,
} from '../../../src/stats/multiplicity.js';
import { noncentralTSurvival } from '../../../src/stats/noncentral-t.js';
import { normalNormal } from '../../../src/stats/normal-normal.js';
import { arcsineUnitsPerArm } from '../../../src/stats/planning/arcsine.js';
import type { PlanWithoutPower } from '../../../src/stats/planning/plan-input.js';
import { powerAt, unitsNeeded } from '../../../src/stats/planning/plan-test.js';
import { lognormalMean } from '../../../src/stats/rows/lognormal.js';
import { perTestLevels } from '../../../src/stats/ship-rule.js';
import { jamesStein } from '../../../src/stats/shrinkage.js';
import { winnersCurse } from '../../../src/stats/winners-curse.js';
import {
  ratioMetric,
  singleProportion,
  summaryStatistics,
  twoProportions,
  welchOfRows,
} from './comparison-checkers.js';
import type { Computed } from './design-entry.js';
import { computed, ends } from './require-computed.js';
import { rowLevel } from './row-checkers.js';
import {
  alwaysValid,
  groupSequentialBounds,
  groupSequentialInference,
  groupSequentialPower,
  sampleRatioOf,
} from './sequential-checkers.js';

/** What our functions say to the examples of each family. */
export const CHECKERS: Readonly<Record<string, (input: never) => Computed>> = {
  'group-sequential-bounds': groupSequentialBounds,
  'group-sequential-power': groupSequentialPower,
  'group-sequential-inference': groupSequentialInference,
  'always-valid': alwaysValid,
  'sample-ratio': sampleRatioOf,
  power,
  'two-proportions': twoProportions,
  'single-proportion': singleProportion,
  welch: welchOfRows,
  'multiple-testing': multipleTesting,
  shrinkage,
  'summary-statistics': summaryStatistics,
  'ratio-metric': ratioMetric,
  'row-level': rowLevel,
  bayes,
  'prior-learning': priorLearning,
  'winners-curse': winnersCurseOf,
  'heavy-tail': heavyTail,
};

interface PowerInput {
  test?: string;
  power?: number;
  alphaTwoSided?: number;
  alphaOneSided?: number;
  p0?: number;
  p1?: number;
  d?: number;
  nPerArm?: number;
  n0?: number;
  n1?: number;
  controlMean?: number;
  sd?: number;
  margin?: number;
  trueLift?: number;
  guardrails?: number;
  overallPower?: number;
}

/** Two arms of one size, read once. */
const EVEN_PLAN = {
  test: { kind: 'fixed_horizon' },
  arms: 1,
  allocation: [1, 1],
  adjustment: 'none',
  varianceReduction: 0,
  guardrails: 0,
  goal: 'difference',
} as const;

const PLANS: Readonly<Record<string, (input: PowerInput, alpha: number) => Computed>> = {
  'two-proportion z': (input, alpha) => {
    const { p0 = NaN, p1 = NaN } = input;
    const outcome = { kind: 'rate', controlRate: p0 } as const;
    return perArm(input, { outcome, goal: 'difference', alpha, effect: p1 - p0 });
  },
  'two-proportion arcsine': ({ p0 = NaN, p1 = NaN, power: wanted = NaN }, alpha) => {
    const rates = { controlRate: p0, treatmentRate: p1, alpha, power: wanted };
    return { nPerArm: computed(arcsineUnitsPerArm(rates)).units };
  },
  'relative non-inferiority z': (input, alpha) => {
    const { controlMean = NaN, sd = NaN, margin = NaN, trueLift = NaN } = input;
    const goal = { kind: 'non_inferiority', margin, scale: 'relative' } as const;
    const outcome = { kind: 'mean', controlMean, sd } as const;
    return perArm(input, { outcome, goal, alpha, effect: trueLift * controlMean });
  },
  'two-sample t': (input, alpha) => {
    if (input.n0 !== undefined) return pooledT(input, alpha);
    const outcome = { kind: 'mean', controlMean: 1, sd: 1 } as const;
    const plan = { outcome, goal: 'difference', alpha, effect: input.d ?? NaN } as const;
    if (input.nPerArm === undefined) return perArm(input, plan);
    return { power: computed(powerAt({ ...EVEN_PLAN, ...plan, units: 2 * input.nPerArm })).power };
  },
};

function power(input: PowerInput): Computed {
  if (input.test === undefined) return ofShipRule(input);
  const plan = PLANS[input.test];
  if (plan === undefined) throw new Error(`no plan is called ${input.test}`);
  return plan(input, input.alphaTwoSided ?? 2 * (input.alphaOneSided ?? NaN));
}

function perArm(
  { power: wanted = NaN }: PowerInput,
  plan: Pick<PlanWithoutPower, 'outcome' | 'goal' | 'alpha'> & { effect: number },
): Computed {
  return { nPerArm: computed(unitsNeeded({ ...EVEN_PLAN, ...plan, power: wanted })).units / 2 };
}

function ofShipRule({ guardrails = NaN, overallPower = NaN }: PowerInput): Computed {
  const levels = perTestLevels({
    alpha: 0.05,
    beta: 1 - overallPower,
    successMetrics: 1,
    guardrails,
  });
  return { perTestBeta: levels.betaPerTest, perTestPower: levels.powerPerTest };
}

/**
 * The file pools the variance and counts both tails. Our plans use Welch's degrees of freedom and the
 * tail of the effect, so here the noncentral t itself is what is checked.
 */
function pooledT({ d = NaN, n0 = NaN, n1 = NaN }: PowerInput, alpha: number): Computed {
  const df = n0 + n1 - 2;
  const shift = d / Math.sqrt(1 / n0 + 1 / n1);
  const critical = -studentT.quantile(alpha / 2, df);
  return {
    power: noncentralTSurvival(critical, df, shift) + noncentralTSurvival(critical, df, -shift),
  };
}

interface DunnettInput {
  comparisonsWithControl: number;
  nControl: number;
  nTreatmentEach: number;
  alphaTwoSided: number;
}

function multipleTesting(input: { p: number[]; level?: number } | DunnettInput): Computed {
  if (!('p' in input)) {
    const { comparisonsWithControl: length, nControl: control, nTreatmentEach } = input;
    const treatments = Array.from({ length }, () => nTreatmentEach);
    return { criticalZ: dunnettCriticalZ({ control, treatments }, input.alphaTwoSided) };
  }
  const { p, level } = input;
  const adjusted = {
    Bonferroni: bonferroni(p),
    Holm: holm(p),
    Hommel: hommel(p),
    Bh: benjaminiHochberg(p),
    By: benjaminiYekutieli(p),
  };
  return Object.fromEntries(
    Object.entries(adjusted).flatMap(([name, values]) => [
      [`adjusted${name}`, values],
      ...(level === undefined
        ? []
        : [[`rejected${name}`, values.filter((value) => value <= level).length]]),
    ]),
  );
}

function shrinkage({ means, nPerMean }: { means: number[]; nPerMean: number }): Computed {
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  const result = computed(jamesStein({ means, variance: (mean * (1 - mean)) / nPerMean }));
  return {
    grandMean: result.grandMean,
    shrinkageFactor: result.factor,
    jamesStein: result.means,
  };
}

interface Count {
  x: number;
  n: number;
}

interface BetaInput {
  priorAlpha: number;
  priorBeta: number;
  control: Count;
  treatment: Count;
}

interface NormalInput {
  estimate: number;
  standardError: number;
  priorMean: number;
  priorSd: number;
  ropeHalfWidth: number;
}

function bayes(input: BetaInput | NormalInput): Computed {
  if ('priorAlpha' in input) {
    const { control, treatment } = input;
    const { posteriorMeans, ...result } = computed(
      betaBinomial({
        treatment: { successes: treatment.x, n: treatment.n },
        control: { successes: control.x, n: control.n },
        prior: { alpha: input.priorAlpha, beta: input.priorBeta },
        direction: 'increase',
      }),
    );
    return {
      ...result,
      probTreatmentBetter: result.chanceToWin,
      posteriorMeans: [posteriorMeans.control, posteriorMeans.treatment],
    };
  }
  const result = computed(
    normalNormal({
      estimate: input.estimate,
      se: input.standardError,
      prior: { mean: input.priorMean, sd: input.priorSd },
      direction: 'increase',
      rope: input.ropeHalfWidth,
    }),
  );
  return { ...result, probPositive: result.chanceToWin, ci95: ends(result.interval) };
}

interface PastExperiments {
  standardErrors: number[];
}

function priorLearning({
  effects,
  standardErrors,
}: PastExperiments & { effects: number[] }): Computed {
  return {
    ...computed(
      learnPrior(effects.map((estimate, i) => ({ estimate, se: standardErrors[i] ?? NaN }))),
    ),
  };
}

function winnersCurseOf({
  estimates,
  standardErrors,
}: PastExperiments & { estimates: number[] }): Computed {
  const experiments = estimates.map((estimate, i) => ({
    estimate,
    se: standardErrors[i] ?? NaN,
  }));
  const result = computed(winnersCurse({ experiments, selectionZ: normal.quantile(0.95) }));
  return { ...result, plugInBias: result.bias };
}

function heavyTail({ positiveValues }: { positiveValues: number[] }): Computed {
  const result = computed(lognormalMean(positiveValues, 0.05));
  return {
    mean: result.mean,
    logMean: result.logMean,
    logVar: result.logVariance,
    ci95: ends(result.interval),
  };
}
