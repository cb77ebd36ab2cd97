import fc from 'fast-check';
import { ancova } from '../../../src/stats/adjustment/ancova.js';
import { cuped } from '../../../src/stats/adjustment/cuped.js';
import { hc2 } from '../../../src/stats/adjustment/hc2.js';
import { linInteracted } from '../../../src/stats/adjustment/lin-interacted.js';
import { postStratified } from '../../../src/stats/adjustment/post-stratified.js';
import { confidenceSequence } from '../../../src/stats/confidence-sequence.js';
import { relativeLift } from '../../../src/stats/fieller.js';
import { learnPrior } from '../../../src/stats/learned-prior.js';
import { momentsOfRows } from '../../../src/stats/moments.js';
import { nonInferiority } from '../../../src/stats/non-inferiority.js';
import { normalNormal } from '../../../src/stats/normal-normal.js';
import type { ArmSummary } from '../../../src/stats/outcome.js';
import { priorSensitivity } from '../../../src/stats/prior-sensitivity.js';
import { ratioSummary } from '../../../src/stats/ratio-metric.js';
import { mannWhitney } from '../../../src/stats/rows/mann-whitney.js';
import { quantileDifference } from '../../../src/stats/rows/quantile-difference.js';
import { jamesStein } from '../../../src/stats/shrinkage.js';
import { skewnessOfMean } from '../../../src/stats/skewness.js';
import { winnersCurse } from '../../../src/stats/winners-curse.js';
import { welch } from '../../../src/stats/welch.js';

/** Finite, and of any size that a double has: squares and quotients of these leave its range. */
const SIZES = [0, 1e-310, 1e-300, 1e-160, 1e-20, 1, 3, 1e20, 1e150, 1e160, 1e300];

type Draw = () => number;

interface Source {
  /** Any value, above or below 0. */
  value: Draw;
  /** 0 or above. */
  size: Draw;
  units: Draw;
}

const direction = 'increase';

function armOf({ value, size, units }: Source): ArmSummary {
  return { n: units(), mean: value(), variance: size() };
}

function meanOf({ value, size }: Source): { mean: number; varianceOfMean: number } {
  return { mean: value(), varianceOfMean: size() };
}

function effectOf({ value, size }: Source): { estimate: number; se: number } {
  return { estimate: value(), se: size() };
}

function list(length: number, draw: Draw): number[] {
  return Array.from({ length }, draw);
}

function rowsOf(count: number, { value }: Source): number[][] {
  return Array.from({ length: count }, () => [value(), value()]);
}

function adjusted(source: Source): Parameters<typeof cuped>[0] {
  return {
    treatment: momentsOfRows(rowsOf(4, source)),
    control: momentsOfRows(rowsOf(5, source)),
    outcome: 0,
    covariates: [1],
  };
}

const METHODS: Readonly<Record<string, (source: Source) => unknown>> = {
  welch: (s) => welch({ treatment: armOf(s), control: armOf(s), alpha: 0.05 }),
  relativeLift: (s) =>
    relativeLift({
      treatment: meanOf(s),
      control: meanOf(s),
      criticalValue: 2,
      canBeNegative: true,
    }),
  nonInferiority: (s) =>
    nonInferiority({
      treatment: armOf(s),
      control: armOf(s),
      margin: { value: 0.1, scale: 'absolute' },
      direction,
    }),
  confidenceSequence: (s) =>
    confidenceSequence({
      ...effectOf(s),
      n: s.units(),
      nStar: s.units(),
      alpha: 0.05,
      nonZero: { treatment: 30, control: 30 },
    }),
  normalNormal: (s) =>
    normalNormal({ ...effectOf(s), prior: { mean: s.value(), sd: s.size() + 1e-200 }, direction }),
  priorSensitivity: (s) =>
    priorSensitivity({ ...effectOf(s), prior: { mean: 0, sd: 0.05 }, direction, threshold: 0.95 }),
  learnPrior: (s) => learnPrior([effectOf(s), effectOf(s), effectOf(s)]),
  winnersCurse: (s) => winnersCurse({ experiments: [effectOf(s), effectOf(s)], selectionZ: 1.6 }),
  jamesStein: (s) => jamesStein({ means: list(5, s.value), variance: s.size() }),
  postStratified: (s) =>
    postStratified([
      { treatment: armOf(s), control: armOf(s) },
      { treatment: armOf(s), control: armOf(s) },
    ]),
  cuped: (s) => cuped(adjusted(s)),
  linInteracted: (s) => linInteracted(adjusted(s)),
  ancova: (s) => ancova(adjusted(s)),
  hc2: (s) => hc2([[1, 1, 1, 1, 1], list(5, s.value)], list(5, s.value)),
  ratioSummary: (s) => ratioSummary(momentsOfRows(rowsOf(5, s)), 0, 1),
  skewnessOfMean: (s) => skewnessOfMean(momentsOfRows(rowsOf(5, s)), 0),
  mannWhitney: (s) => mannWhitney({ treatment: list(9, s.value), control: list(9, s.value) }),
  quantileDifference: (s) =>
    quantileDifference({
      treatment: { values: list(20, s.value) },
      control: { values: list(20, s.value) },
      quantile: 0.5,
      alpha: 0.05,
    }),
};

/** Paths of the numbers in a result that are not finite. */
function holes(value: unknown, path: string): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${path} is ${value}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => holes(inner, `${path}.${key}`));
}

describe('finite values of any size', () => {
  it.each(Object.entries(METHODS))('%s answers with numbers or with a reason', (name, method) => {
    const picks = fc.infiniteStream(fc.constantFrom(...SIZES));
    const signs = fc.infiniteStream(fc.constantFrom(-1, 1));
    const units = fc.infiniteStream(fc.constantFrom(2, 3, 50, 1e6, 1e15));
    const next = <Value>(stream: fc.Stream<Value>): Value => stream.next().value as Value;
    fc.assert(
      fc.property(picks, signs, units, (size, sign, n) => {
        const result = method({
          value: () => next(sign) * next(size),
          size: () => next(size),
          units: () => next(n),
        });
        expect(holes(result, name)).toEqual([]);
      }),
      { seed: 11, numRuns: 150 },
    );
  });
});
