import { normal } from '../../../src/stats/distributions.js';
import {
  fiellerRatioSet,
  type MeanWithVariance,
  relativeLift,
} from '../../../src/stats/fieller.js';
import { armSummary, momentsOfRows } from '../../../src/stats/moments.js';
import { nonInferiority } from '../../../src/stats/non-inferiority.js';
import type { ArmSummary } from '../../../src/stats/outcome.js';
import { clopperPearson } from '../../../src/stats/proportions/clopper-pearson.js';
import { compareProportions } from '../../../src/stats/proportions/compare-proportions.js';
import { fisherExact } from '../../../src/stats/proportions/fisher-exact.js';
import { miettinenNurminen } from '../../../src/stats/proportions/miettinen-nurminen.js';
import { newcombe } from '../../../src/stats/proportions/newcombe.js';
import { scoreRatio } from '../../../src/stats/proportions/score-ratio.js';
import { wilson } from '../../../src/stats/proportions/wilson.js';
import { ratioSummary } from '../../../src/stats/ratio-metric.js';
import { welch } from '../../../src/stats/welch.js';
import type { Computed } from './design-entry.js';
import { armOf } from './rate-arm.js';
import { computed, ends } from './require-computed.js';

const z = normal.quantile(0.975);

interface Arms<Arm> {
  treatment: Arm;
  control: Arm;
}

interface Count {
  x: number;
  n: number;
}

/** Welch's test under the names of the shared file. */
export function welchNumbers({ treatment, control }: Arms<ArmSummary>): Computed {
  const test = computed(welch({ treatment, control, alpha: 0.05 }));
  const { estimate, se, df, statistic, pValue, interval } = test;
  return { difference: estimate, se, df, t: statistic, p: pValue, ci: ends(interval) };
}

/** The set of ratios under the names of the shared file. */
export function fiellerNumbers(
  arms: Arms<MeanWithVariance> & { covariance?: number },
  criticalValue: number,
): Computed {
  const { g } = computed(relativeLift({ ...arms, criticalValue, canBeNegative: false }));
  const set = fiellerRatioSet({ ...arms, criticalValue });
  return { g, shape: set.shape, ratioSet: ends(set) };
}

export function meanOf({ n, mean, variance }: ArmSummary): MeanWithVariance {
  return { mean, varianceOfMean: (variance ?? NaN) / n };
}

interface PublishedRates {
  x1: number;
  n1: number;
  x2: number;
  n2: number;
}

export function twoProportions(input: PublishedRates | Arms<Count>): Computed {
  return 'x1' in input ? publishedIntervals(input) : ratesCompared(input);
}

function publishedIntervals({ x1, n1, x2, n2 }: PublishedRates): Computed {
  const arms = { treatment: { successes: x1, n: n1 }, control: { successes: x2, n: n2 } };
  const score = { ...arms, criticalValue: z };
  return {
    newcombeHybridScore: ends(computed(newcombe({ ...arms, alpha: 0.05 })).interval),
    miettinenNurminen: ends(computed(miettinenNurminen(score)).interval),
    mee: ends(computed(miettinenNurminen({ ...score, correction: false })).interval),
  };
}

function ratesCompared({ treatment, control }: Arms<Count>): Computed {
  const arms = {
    treatment: { successes: treatment.x, n: treatment.n },
    control: { successes: control.x, n: control.n },
  };
  const score = { ...arms, criticalValue: z };
  const comparison = computed(compareProportions({ ...arms, criticalZ: z }));
  const fisher = computed(fisherExact(arms));
  const total = treatment.n + control.n;
  // The file's pooled z is the one of the textbooks; ours has the factor of the score interval.
  const pooledZ = comparison.statistic / Math.sqrt((total - 1) / total);
  const means = {
    treatment: armOf(treatment.x, treatment.n),
    control: armOf(control.x, control.n),
  };
  return {
    difference: comparison.estimate,
    pooledZ,
    pooledP: 2 * normal.survival(Math.abs(pooledZ)),
    welch: welchNumbers(means),
    newcombeCi: ends(computed(newcombe({ ...arms, alpha: 0.05 })).interval),
    miettinenNurminenCi: ends(computed(miettinenNurminen(score)).interval),
    fisherP: fisher.pValue,
    fisherMidP: fisher.midP.pValue,
    scoreRatioCi: ends(computed(scoreRatio(score)).interval),
    ...(control.x === 0
      ? {}
      : {
          fiellerRatioZ: fiellerNumbers(
            { treatment: meanOf(means.treatment), control: meanOf(means.control) },
            z,
          ),
        }),
  };
}

export function singleProportion({ x, n }: Count): Computed {
  const arm = { successes: x, n };
  return {
    wilson: ends(computed(wilson(arm, 0.05)).interval),
    clopperPearson: ends(computed(clopperPearson(arm, 0.05)).interval),
  };
}

export function welchOfRows({ treatment, control }: Arms<number[]>): Computed {
  const summary = (values: readonly number[]): ArmSummary =>
    armSummary(momentsOfRows(values.map((value) => [value])), 0);
  return welchNumbers({ treatment: summary(treatment), control: summary(control) });
}

export function summaryStatistics(
  input: Arms<{ n: number; mean: number; sd: number }> & { nonInferiorityMargin: number },
): Computed {
  const summary = ({ n, mean, sd }: { n: number; mean: number; sd: number }): ArmSummary => ({
    n,
    mean,
    variance: sd * sd,
  });
  const arms = { treatment: summary(input.treatment), control: summary(input.control) };
  const means = { treatment: meanOf(arms.treatment), control: meanOf(arms.control) };
  const { criticalValue } = computed(welch({ ...arms, alpha: 0.05 }));
  const margin = { value: input.nonInferiorityMargin, scale: 'relative' } as const;
  const held = computed(nonInferiority({ ...arms, margin, direction: 'increase' }));
  return {
    welch: welchNumbers(arms),
    fiellerRatioZ: fiellerNumbers(means, z),
    fiellerRatioT: fiellerNumbers(means, criticalValue),
    nonInferiority: { z: held.statistic, pOneSided: held.pValue },
  };
}

interface RatioArm {
  n: number;
  mean: number[];
  centredCrossProducts: number[][];
}

export function ratioMetric(input: Arms<RatioArm>): Computed {
  const summary = ({ n, mean, centredCrossProducts }: RatioArm): ArmSummary =>
    computed(
      ratioSummary(
        {
          n,
          mean,
          comoment: centredCrossProducts.flatMap((row, i) => row.slice(i)),
          third: mean.map(() => 0),
        },
        0,
        1,
      ),
    );
  const arms = { treatment: summary(input.treatment), control: summary(input.control) };
  const { estimate, se, statistic } = computed(welch({ ...arms, alpha: 0.05 }));
  return {
    ratioControl: arms.control.mean,
    varControl: meanOf(arms.control).varianceOfMean,
    ratioTreatment: arms.treatment.mean,
    varTreatment: meanOf(arms.treatment).varianceOfMean,
    difference: estimate,
    se,
    z: statistic,
    // The file takes a normal tail; Welch's has degrees of freedom.
    p: 2 * normal.survival(Math.abs(statistic)),
  };
}
