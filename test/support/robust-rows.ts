import { evaluate as recompute } from '../../src/domain/evaluation/evaluate.js';
import type { EvaluationHistory } from '../../src/domain/evaluation/history.js';
import type { PlanMoments } from '../../src/domain/evaluation/moments.js';
import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import type { AnalysisPlan } from '../../src/domain/experiments/plan.js';
import { log, type LoggedRow } from './evaluated-experiment.js';
import type { TestApp } from './test-app.js';
import { readFixture } from '../fixtures/stats/read-golden.js';

/** Units with outliers, with several rows each and in strata, and what an evaluation must say. */

export interface Tested {
  estimate: number;
  statistic: number;
  df: number;
  pValue: number;
  lower: number;
  upper: number;
  standardError: number;
}
export interface Spenders {
  before: number[];
  spend: number[];
}
export interface People {
  device: (string | null)[];
  views: number[];
}
export const ROWS = readFixture<{
  spend: {
    control: Spenders;
    treatment: Spenders;
    low: number;
    high: number;
    means: number[];
    variances: number[];
    rawMeans: number[];
    test: Tested;
    raw: Tested;
    theta: number;
    adjusted: Tested;
  };
  baskets: {
    control: number[];
    treatment: number[];
    low: number;
    high: number;
    means: number[];
    test: Tested;
  };
  loads: {
    control: number[][];
    treatment: number[][];
    quantile: number;
    arms: { estimate: number; se: number; rows: number; units: number }[];
    test: Tested;
  };
  strata: {
    control: People;
    treatment: People;
    strata: number;
    means: number[];
    test: Tested;
    plain: Tested;
  };
}>('robust.json', 'evaluations');

export const near = (value: number | undefined): number =>
  expect.closeTo(value ?? NaN, 9) as number;
export const absolutelyNear = ({ estimate, lower, upper, standardError }: Tested) => ({
  estimate: near(estimate),
  lower: near(lower),
  upper: near(upper),
  standardError: near(standardError),
});
export const testedAs = ({ statistic, df, pValue }: Tested) => ({
  test: 'welch',
  statistic: near(statistic),
  degreesOfFreedom: expect.closeTo(df, 6) as number,
  pValue: near(pValue),
});

/** Logs many rows; autovacuum would have analysed a log of that size long ago. */
export async function logMany(
  app: TestApp,
  experiment: { id: string; projectId: string },
  rows: readonly LoggedRow[],
): Promise<void> {
  await log(app, experiment, rows);
  await app.sql('ANALYZE event');
}

/** What the newest evaluation was computed from, and its result computed again from that. */
export async function storedAgain(app: TestApp) {
  const [stored] = await app.sql<{
    id: string;
    moments: PlanMoments;
    history: EvaluationHistory;
    result: EvaluationResult;
    body: AnalysisPlan;
  }>(
    `SELECT evaluation.id, evaluation.moments, evaluation.history, evaluation.result, plan.body
     FROM evaluation JOIN plan ON plan.experiment_id = evaluation.experiment_id
     ORDER BY evaluation.as_of DESC, evaluation.id DESC LIMIT 1`,
  );
  if (stored === undefined) throw new Error('nothing stored');
  const { id, body: plan, moments, history } = stored;
  const { codeVersion } = stored.result;
  return { ...stored, again: recompute({ id, plan, moments, history, slot: null, codeVersion }) };
}
