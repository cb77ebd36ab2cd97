import { confidenceSequence } from '../../../src/stats/confidence-sequence.js';
import { confidenceSequenceMultiplier } from '../../../src/stats/confidence-sequence.js';
import { fiellerRatioSet } from '../../../src/stats/fieller.js';
import {
  classicalBounds,
  efficacyBounds,
  type EfficacyBounds,
} from '../../../src/stats/group-sequential/bounds.js';
import { futilityBounds } from '../../../src/stats/group-sequential/futility.js';
import { sizeOfDesign } from '../../../src/stats/group-sequential/power.js';
import type { Spending } from '../../../src/stats/group-sequential/spending.js';
import { stageWise } from '../../../src/stats/group-sequential/stage-wise.js';
import { normalNormal } from '../../../src/stats/normal-normal.js';
import { sampleRatio } from '../../../src/stats/sample-ratio.js';
import { contrastOfMeans } from '../../../src/stats/welch.js';
import type { Computed } from './design-entry.js';
import { computed, ends } from './require-computed.js';

interface SequentialDesign {
  design: string;
  alphaOneSided: number;
  phi?: number;
  gamma?: number;
}

function spendingOf(name: string, { phi = NaN, gamma = NaN }: Partial<SequentialDesign>): Spending {
  switch (name) {
    case 'lan-demets-obf':
      return { kind: 'obrien_fleming' };
    case 'lan-demets-pocock':
      return { kind: 'pocock' };
    case 'kim-demets':
      return { kind: 'kim_demets', phi };
    case 'hwang-shih-decani':
      return { kind: 'hwang_shih_decani', gamma };
    default:
      throw new Error(`no spending function is called ${name}`);
  }
}

function boundsOf(input: SequentialDesign, fractions: readonly number[]): EfficacyBounds {
  const { design, alphaOneSided } = input;
  if (design === 'obrien-fleming') {
    return classicalBounds({ shape: 'obrien_fleming', alphaOneSided, fractions });
  }
  if (design === 'pocock') return classicalBounds({ shape: 'pocock', alphaOneSided, fractions });
  return efficacyBounds({ spending: spendingOf(design, input), alphaOneSided, fractions });
}

export function groupSequentialBounds(
  input: SequentialDesign & {
    informationFractions: number[];
    betaSpending?: string;
    beta?: number;
  },
): Computed {
  const { alphaOneSided, informationFractions: fractions, betaSpending, beta } = input;
  const { criticalZ, cumulativeAlpha } = boundsOf(input, fractions);
  if (betaSpending === undefined || beta === undefined) {
    return { criticalZ, cumulativeAlphaOneSided: cumulativeAlpha };
  }
  const spending = spendingOf(betaSpending, input);
  const { futilityZ, drift } = futilityBounds({ criticalZ, fractions, spending, beta });
  const design = { criticalZ, fractions, sides: 1, futilityZ, alphaOneSided } as const;
  const { inflationFactor } = sizeOfDesign({ ...design, power: 1 - beta });
  return { criticalZ, futilityZ, inflationFactor, shift: drift ** 2 };
}

export function groupSequentialPower(
  input: SequentialDesign & { looks: number; power: number },
): Computed {
  const { looks, alphaOneSided, power } = input;
  const fractions = Array.from({ length: looks }, (_value, k) => (k + 1) / looks);
  const { criticalZ } = boundsOf(input, fractions);
  const size = sizeOfDesign({ criticalZ, fractions, sides: 1, alphaOneSided, power });
  return { ...size, shift: size.drift ** 2 };
}

export function groupSequentialInference(
  input: SequentialDesign & { informationFractions: number[]; stoppedAtLook: number; z: number },
): Computed {
  const { informationFractions: fractions, stoppedAtLook, z } = input;
  const { criticalZ } = boundsOf(input, fractions);
  const past = fractions
    .slice(0, stoppedAtLook - 1)
    .map((information, k) => ({ information, criticalZ: criticalZ[k] ?? NaN }));
  const information = fractions[stoppedAtLook - 1] ?? NaN;
  const result = computed(stageWise({ past, information, z, fullInformation: 1, level: 0.95 }));
  return { ...result, driftCi95: [result.driftLow, result.driftHigh] };
}

const NON_ZERO = { treatment: 100, control: 100 };

interface Msprt {
  meanControl: number;
  meanTreatment: number;
  varControl: number;
  varTreatment: number;
  nControl: number;
  nTreatment: number;
  tau2: number;
}

interface PlainSequence {
  estimate: number;
  standardError: number;
  nTotal: number;
  nStar: number;
  alpha: number;
}

interface LiftSequence {
  treatmentMean: number;
  treatmentVarOfMean: number;
  controlMean: number;
  controlVarOfMean: number;
  nTotal: number;
  nStar: number;
  alpha: number;
}

export function alwaysValid(input: PlainSequence | Msprt | LiftSequence): Computed {
  if ('tau2' in input) return msprt(input);
  if ('treatmentMean' in input) return liftSequence(input);
  const { estimate, standardError: se, nTotal: n, nStar, alpha } = input;
  const result = computed(confidenceSequence({ estimate, se, n, nStar, alpha, nonZero: NON_ZERO }));
  return { ...result, pAlwaysValid: result.pValue };
}

/**
 * The mixture's likelihood ratio is the Bayes factor of a normal prior around 0 with variance tau2,
 * and 1/p of the confidence sequence whose tuning gives that variance: both are asked.
 */
function msprt(input: Msprt): Computed {
  const { nControl, nTreatment, tau2 } = input;
  const { estimate, se } = computed(
    contrastOfMeans(
      { n: nTreatment, mean: input.meanTreatment, variance: input.varTreatment },
      { n: nControl, mean: input.meanControl, variance: input.varControl },
    ),
  );
  const prior = { mean: 0, sd: Math.sqrt(tau2) };
  const { bayesFactor10 } = computed(normalNormal({ estimate, se, prior, direction: 'increase' }));
  const n = nControl + nTreatment;
  const at = { estimate, se, n, alpha: 0.05, nonZero: NON_ZERO };
  const { rho } = computed(confidenceSequence({ ...at, nStar: 1 }));
  const nStar = (rho * rho * se * se * n) / tau2;
  const { pValue } = computed(confidenceSequence({ ...at, nStar }));
  expect(1 / pValue / bayesFactor10).toBeCloseTo(1, 10);
  return { likelihoodRatio: bayesFactor10 };
}

function liftSequence(input: LiftSequence): Computed {
  const { nTotal: n, nStar, alpha } = input;
  const treatment = { mean: input.treatmentMean, varianceOfMean: input.treatmentVarOfMean };
  const control = { mean: input.controlMean, varianceOfMean: input.controlVarOfMean };
  const multiplier = confidenceSequenceMultiplier({ n, nStar, alpha });
  const { pValue } = computed(
    confidenceSequence({
      estimate: treatment.mean - control.mean,
      se: Math.sqrt(treatment.varianceOfMean + control.varianceOfMean),
      n,
      nStar,
      alpha,
      nonZero: NON_ZERO,
    }),
  );
  const ratioSet = ends(fiellerRatioSet({ treatment, control, criticalValue: multiplier }));
  return { multiplier, ratioSet, pAlwaysValidAbsolute: pValue };
}

export function sampleRatioOf(input: { counts: number[]; weights: number[] }): Computed {
  const { chiSquare, df, pValue } = computed(sampleRatio(input));
  const logBayesFactor = Object.fromEntries(
    [1, 100, 1000, 10_000].map((concentration) => [
      concentration,
      computed(sampleRatio({ ...input, concentration })).logBayesFactor,
    ]),
  );
  return { chi2: chiSquare, df, p: pValue, logBayesFactor };
}
