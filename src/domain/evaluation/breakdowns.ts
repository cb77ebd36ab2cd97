import { looksOf } from '../experiments/definition.js';
import { metricUnit } from '../metrics/metric-unit.js';
import type { LeadingBasis } from '../verdict/verdict.js';
import { compareArms, watchArms } from './compare-arms.js';
import { noteOf } from './effects.js';
import {
  armReports,
  type MetricCase,
  namesOf,
  pairOf,
  sumOf,
  treatmentsOf,
} from './metric-report.js';
import type { DimensionMoments, DimensionValue, StratumMoments } from './moments.js';
import type { NotComputedNote } from './not-computed.js';
import type { LookNow } from './planned-looks.js';
import type {
  AbsoluteEffect,
  Breakdown,
  BreakdownComparison,
  BreakdownMetric,
  BreakdownValue,
  MetricReport,
} from './result.js';

const NOTE =
  'For exploring only: whoever looks at many values of many metrics finds differences that are ' +
  'chance. The intervals are not corrected for that, there are no p-values, and no verdict is drawn ' +
  'from them. A difference that matters deserves a test of its own.';

/** Results by attributes of the first exposure. `reports` are those of the cases, in their order. */
export function breakdownsOf(
  dimensions: readonly DimensionMoments[],
  cases: readonly MetricCase[],
  reports: readonly MetricReport[],
): Breakdown[] {
  return dimensions.map(({ attribute, values }) => ({
    attribute,
    note: NOTE,
    values: values.map((value) => valueOf(value, cases, reports)),
  }));
}

function valueOf(
  { value, isOther, units, metrics }: DimensionValue,
  cases: readonly MetricCase[],
  reports: readonly MetricReport[],
): BreakdownValue {
  if (metrics.length !== cases.length) {
    throw new RangeError('a value has moments of each metric of the plan');
  }
  const variants = cases[0]?.plan.variants ?? [];
  return {
    value,
    ...(isOther === undefined ? {} : { isOther }),
    units: variants.map(({ key }, index) => ({ variant: key, n: units[index] ?? 0 })),
    metrics: cases.flatMap((one, index) => {
      const [among, report] = [metrics[index], reports[index]];
      return among === undefined || report === undefined ? [] : metricOf(one, among, report);
    }),
  };
}

function metricOf(one: MetricCase, among: StratumMoments, report: MetricReport): BreakdownMetric {
  const { strata: _strata, ...moments } = one.moments;
  const within: MetricCase = { ...one, moments: { ...moments, ...among } };
  const { definition } = one.planned;
  const why = notKept(within);
  return {
    key: definition.key,
    unit: metricUnit(definition.kind),
    arms: armReports(within, among.matured).map(({ variant, n, mean }) =>
      mean === undefined || why !== null ? { variant, n } : { variant, n, mean },
    ),
    comparisons: treatmentsOf(one.plan).map((index): BreakdownComparison => {
      const names = namesOf(one.plan, index);
      if (why !== null) return { ...names, notComputed: why };
      if (sumOf(among.matured) === 0) {
        const detail = 'No such unit has had its whole window and settling time yet.';
        return { ...names, notComputed: { reason: 'not-matured', detail } };
      }
      return { ...names, ...effectOf(within, index, readOnceAt(one, report)) };
    }),
  };
}

/** Only sums are kept of each value, and a quantile is none. */
function notKept({ planned, moments }: MetricCase): NotComputedNote | null {
  if (planned.definition.kind !== 'quantile') return null;
  const isKept = moments.matured.every(({ n, quantile }) => n === 0 || quantile !== undefined);
  const detail = 'Quantiles are not kept for the values of an attribute.';
  return isKept ? null : { reason: 'not-kept', detail };
}

/**
 * The one planned look of the metric, once its whole cohort has matured. In any other plan these
 * numbers have been looked at before, so only the always-valid interval holds.
 */
function readOnceAt({ plan }: MetricCase, { look }: MetricReport): LookNow {
  if (look?.final !== true || looksOf(plan.analysis) !== 1) return { is: 'open' };
  const { looks: _looks, final, ...taken } = look;
  return { is: 'planned', taken, past: [], final };
}

function effectOf(
  within: MetricCase,
  index: number,
  look: LookNow,
): { absolute: AbsoluteEffect; by: LeadingBasis } | { notComputed: NotComputedNote } {
  const pair = pairOf(within, 'matured', index, look);
  const answer = look.is === 'planned' ? compareArms(pair) : watchArms(pair);
  if (!answer.ok) return { notComputed: noteOf(answer) };
  return {
    absolute: answer.absolute,
    by: look.is === 'planned' ? 'planned_look' : 'always_valid',
  };
}
