import { ancova } from '../../../src/stats/adjustment/ancova.js';
import { cuped } from '../../../src/stats/adjustment/cuped.js';
import { hc2 } from '../../../src/stats/adjustment/hc2.js';
import { linInteracted } from '../../../src/stats/adjustment/lin-interacted.js';
import { postStratified } from '../../../src/stats/adjustment/post-stratified.js';
import { normal } from '../../../src/stats/distributions.js';
import { relativeLift } from '../../../src/stats/fieller.js';
import {
  armSummary,
  at,
  mergeMoments,
  type Moments,
  momentsOfRows,
  packedIndex,
} from '../../../src/stats/moments.js';
import { mannWhitney } from '../../../src/stats/rows/mann-whitney.js';
import { pooledCap, winsorise } from '../../../src/stats/rows/winsorise.js';
import { fiellerNumbers, welchNumbers } from './comparison-checkers.js';
import type { Computed } from './design-entry.js';
import { computed } from './require-computed.js';

/** Columns of a row of the file. */
const ARM = 0;
const STRATUM = 4;
/** Columns of the moments: the outcome and two covariates. */
const COLUMNS = [1, 2, 3];
const Y = 0;
const X1 = 1;
const X2 = 2;

const z = normal.quantile(0.975);

type Row = readonly number[];

/** Everything that one file of rows with two covariates and strata is good for. */
export function rowLevel({ rows }: { rows: Row[] }): Computed {
  const arms = { treatment: momentsOf(rows, 1), control: momentsOf(rows, 0) };
  const one = computed(cuped({ ...arms, outcome: Y, covariates: [X1] }));
  const two = computed(cuped({ ...arms, outcome: Y, covariates: [X1, X2] }));
  const relative = { ...one.relative, criticalValue: z, canBeNegative: false };
  return {
    welch: welchNumbers(summaries(arms)),
    cupedOneCovariate: {
      theta: at(one.theta, 0),
      correlation: one.correlation,
      adjustedMeans: [one.control.mean, one.treatment.mean],
      ...welchNumbers(one),
    },
    cupedTwoCovariates: { theta: two.theta, ...welchNumbers(two) },
    cupedRelative: {
      varControl: one.relative.control.varianceOfMean,
      varTreatment: one.relative.treatment.varianceOfMean,
      covariance: one.relative.covariance,
      lift: computed(relativeLift(relative)).estimate,
      fiellerRatioZ: fiellerNumbers(one.relative, z),
    },
    ...regressions(rows, arms),
    postStratified: stratified(rows),
    winsorisedUpper90: winsorised(rows),
    mannWhitney: ranks(rows),
    moments: {
      control: momentNumbers(arms.control),
      treatment: momentNumbers(arms.treatment),
      merged: momentNumbers(mergeMoments(arms.control, arms.treatment)),
    },
  };
}

function inArm(rows: readonly Row[], arm: number): Row[] {
  return rows.filter((row) => row[ARM] === arm);
}

function momentsOf(rows: readonly Row[], arm: number): Moments {
  return momentsOfRows(inArm(rows, arm).map((row) => COLUMNS.map((column) => at(row, column))));
}

function summaries({ treatment, control }: { treatment: Moments; control: Moments }) {
  return { treatment: armSummary(treatment, Y), control: armSummary(control, Y) };
}

function outcomes(rows: readonly Row[], arm: number): number[] {
  return inArm(rows, arm).map((row) => at(row, 1));
}

/** The robust standard errors need rows; the estimates must be those of the moments. */
function regressions(
  rows: readonly Row[],
  arms: { treatment: Moments; control: Moments },
): Computed {
  const lin = computed(linInteracted({ ...arms, outcome: Y, covariates: [X1] }));
  const common = computed(ancova({ ...arms, outcome: Y, covariates: [X1] }));
  const grandMean = at(mergeMoments(arms.control, arms.treatment).mean, X1);
  const y = rows.map((row) => at(row, 1));
  const constant = rows.map(() => 1);
  const treated = rows.map((row) => at(row, ARM));
  const x = rows.map((row) => at(row, 2) - grandMean);
  const crossed = rows.map((row, i) => at(row, ARM) * at(x, i));
  const interacted = computed(hc2([constant, treated, x, crossed], y));
  const parallel = computed(hc2([constant, treated, x], y));
  expect(at(interacted.coefficients, 1) / lin.estimate).toBeCloseTo(1, 10);
  expect(at(parallel.coefficients, 1) / common.estimate).toBeCloseTo(1, 10);
  return {
    linInteracted: {
      estimate: lin.estimate,
      seHc2: at(interacted.standardErrors, 1),
      seFromMoments: lin.se,
    },
    ancova: { estimate: common.estimate, seHc2: at(parallel.standardErrors, 1) },
  };
}

function stratified(rows: readonly Row[]): Computed {
  const strata = [...new Set(rows.map((row) => at(row, STRATUM)))].map((stratum) => {
    const own = rows.filter((row) => row[STRATUM] === stratum);
    return summaries({ treatment: momentsOf(own, 1), control: momentsOf(own, 0) });
  });
  const { estimate, se } = computed(postStratified(strata));
  return { estimate, se };
}

function winsorised(rows: readonly Row[]): Computed {
  const values = [outcomes(rows, 0), outcomes(rows, 1)];
  const { cap } = computed(pooledCap({ arms: values, quantile: 0.9, sides: 'upper' }));
  const [control, treatment] = values.map((own) =>
    armSummary(momentsOfRows(winsorise(own, cap).map((value) => [value])), 0),
  );
  if (control === undefined || treatment === undefined) throw new Error('two arms went in');
  return { cap: cap.high, ...welchNumbers({ treatment, control }) };
}

function ranks(rows: readonly Row[]): Computed {
  const { u, pValue } = computed(
    mannWhitney({ treatment: outcomes(rows, 1), control: outcomes(rows, 0) }),
  );
  return { u, pContinuityCorrected: pValue };
}

function momentNumbers({ n, mean, comoment, third }: Moments): Computed {
  const k = mean.length;
  const centredCrossProducts = mean.map((_row, i) =>
    mean.map((_column, j) => at(comoment, packedIndex(k, i, j))),
  );
  return { n, mean, centredCrossProducts, thirdCentralSums: third };
}
