import type { EvaluationCase } from '../../src/domain/evaluation/evaluate.js';
import { NO_HISTORY } from '../../src/domain/evaluation/history.js';
import type {
  ArmMoments,
  DimensionMoments,
  MetricMoments,
  PlanMoments,
} from '../../src/domain/evaluation/moments.js';
import { columnParts } from '../../src/domain/evaluation/counted-columns.js';
import type { Analysis } from '../../src/domain/experiments/definition.js';
import { type AnalysisPlan, freezePlan } from '../../src/domain/experiments/plan.js';
import type { Metric } from '../../src/domain/metrics/metric.js';
import { UNDECLARED_COSTS } from '../../src/domain/money/costs.js';
import { momentsOfRows } from '../../src/stats/moments.js';
import { aMetric } from './metric-builder.js';

/** An evaluation from rows, without a database: what `evaluate` takes. */

export const PROFIT = aMetric('profit', { kind: 'money', class: 'revenue' });
export const CLICKS = aMetric('clicks');

/** Rows of one metric, per variant; one row is one unit's numbers in the columns of the metric. */
export type Rows = readonly (readonly (readonly number[])[])[];

export interface CaseChanges {
  metrics?: readonly Metric[];
  variants?: readonly string[];
  analysis?: Partial<Analysis>;
  /** By metric. */
  rows: Readonly<Record<string, Rows>>;
  dimensions?: readonly { attribute: string; values: readonly ValueRows[] }[];
  moments?: Partial<PlanMoments>;
  codeVersion?: string;
  /** Enrolment goes on. */
  isOpen?: boolean;
}

export interface ValueRows {
  value: string | null;
  isOther?: true;
  /** By metric. */
  rows: Readonly<Record<string, Rows>>;
}

export function armOf(rows: readonly (readonly number[])[], columns = 1): ArmMoments {
  return {
    ...momentsOfRows(rows, columns),
    nonZero: rows.filter(([value]) => value !== 0).length,
  };
}

/** One column of numbers as rows. */
export const single = (values: readonly number[]): number[][] => values.map((value) => [value]);

export function anEvaluationCase(changes: CaseChanges): EvaluationCase {
  const plan = aPlan(changes);
  const metrics = plan.metrics.map(({ definition }): MetricMoments => {
    const arms = armsOf(plan, definition, changes.rows);
    return {
      key: definition.key,
      columns: columnParts(definition, plan),
      matured: arms,
      running: arms,
    };
  });
  const { dimensions } = changes;
  return {
    id: '018f0000-0000-7000-8000-000000000000',
    plan,
    history: NO_HISTORY,
    slot: null,
    codeVersion: changes.codeVersion ?? '1.2.3',
    moments: {
      cutoff: '1:1:',
      asOf: '2026-04-01T00:00:00.000Z',
      enrolmentEndedAt: changes.isOpen === true ? null : '2026-01-10T00:00:00.000Z',
      units: unitsOf(metrics[0]?.running),
      unitsByPeriod: [unitsOf(metrics[0]?.running)],
      crossovers: 0,
      lateEvents: 0,
      outsideCohort: 0,
      lastExposureAt: '2026-01-09T00:00:00.000Z',
      metrics,
      comoments: [],
      ...(dimensions === undefined
        ? {}
        : {
            dimensions: dimensions.map(({ attribute, values }): DimensionMoments => ({
              attribute,
              values: values.map(({ rows, ...value }) => {
                const within = plan.metrics.map(({ definition }) => armsOf(plan, definition, rows));
                return {
                  ...value,
                  units: unitsOf(within[0]),
                  metrics: within.map((arms) => ({ matured: arms, running: arms })),
                };
              }),
            })),
          }),
      ...changes.moments,
    },
  };
}

function aPlan({ metrics = [CLICKS], variants, analysis }: CaseChanges): AnalysisPlan {
  const known = [...metrics, PROFIT];
  return freezePlan({
    definition: {
      key: 'checkout',
      name: 'A shorter checkout',
      kind: 'ab',
      touches: [],
      unit: 'visitor',
      assignment: 'external',
      variants: (variants ?? ['control', 'short']).map((key) => ({ key, name: key, weight: 1 })),
      audience: { populations: ['visitors'] },
      traffic: 1,
      metrics: {
        leading: metrics[0]?.key ?? 'clicks',
        deciding: 'profit',
        guardrails: [],
        secondary: metrics.slice(1).map(({ key }) => key),
      },
      analysis: {
        alpha: 0.05,
        test: 'fixed_horizon',
        adjustment: 'dunnett',
        relativeQuantile: 'test',
        ...analysis,
      },
    },
    metrics: known,
    seed: 'seed',
    launchedAt: new Date('2026-01-01T00:00:00Z'),
    costs: UNDECLARED_COSTS,
    currency: 'USD',
    timezone: 'UTC',
    policy: { profile: 'standard', version: 1 },
  });
}

/** A metric without rows has 0 for each unit of the first that has some. */
function armsOf(plan: AnalysisPlan, metric: Metric, rows: CaseChanges['rows']): ArmMoments[] {
  const columns = columnParts(metric, plan).length;
  const [known = []] = Object.values(rows);
  return plan.variants.map((_, index) => {
    const own = rows[metric.key]?.[index];
    const silent = () => (known[index] ?? []).map(() => Array<number>(columns).fill(0));
    return armOf(own ?? silent(), columns);
  });
}

function unitsOf(arms: readonly ArmMoments[] = []): number[] {
  return arms.map(({ n }) => n);
}
