import { anEvaluationCase } from '../../../test/support/evaluation-case.js';
import { matureAt } from '../metrics/maturity.js';
import { decidingMetric, rereadAlpha, rereadPlan, rereadWindowDays } from './reread-plan.js';

const day = (n: number): Date => new Date(Date.parse('2026-01-01T00:00:00Z') + n * 86_400_000);
const PROFIT = { windowDays: 30, delayHours: 0, settlingDays: 14 };

describe('the window of a re-read', () => {
  it.each<[string, number, number, Partial<typeof PROFIT>, number]>([
    ['grows with the horizon', 10, 84, {}, 60],
    ['whole days only', 10.5, 84, {}, 59],
    ['without settling it is longer', 10, 84, { settlingDays: 0 }, 74],
    ['a later start leaves less', 10, 84, { delayHours: 24 }, 59],
    ['a part of a day of delay costs a day', 10, 84, { delayHours: 1 }, 59],
    ['exactly the plan', 10, 54, {}, 30],
    ['never shorter than the plan: then not everybody has matured', 10, 40, {}, 30],
    ['a year', 10, 375, {}, 351],
  ])('%s', (_name, endedAt, dueAt, changes, days) => {
    const timing = { ...PROFIT, ...changes };
    const dates = { enrolmentEndedAt: day(endedAt), dueAt: day(dueAt) };
    const windowDays = rereadWindowDays(timing, dates);
    expect(windowDays).toBe(days);
    // The last possible unit has matured, and one more day would be too much.
    const last = (windowDays: number) => matureAt(day(endedAt), { ...timing, windowDays });
    if (days > 30) expect(last(days) <= day(dueAt)).toBe(true);
    expect(last(days + 1) > day(dueAt)).toBe(true);
  });
});

describe('the plan of a re-read', () => {
  const { plan } = anEvaluationCase({
    rows: {},
    analysis: {
      test: 'group_sequential',
      plannedLooks: 3,
      plannedUnits: 900,
      spending: 'pocock',
      futility: true,
      dimensions: ['country'],
      stratifyBy: 'country',
    },
  });
  const derived = rereadPlan(plan, { windowDays: 60, alpha: 0.0125 });

  it('is one look, at its own share of alpha', () => {
    const { plannedLooks, spending, futility, dimensions, ...rest } = plan.analysis;
    expect([plannedLooks, spending, futility, dimensions]).not.toContain(undefined);
    expect(derived.analysis).toEqual({ ...rest, test: 'fixed_horizon', alpha: 0.0125 });
  });

  it('sums the money that decides for longer, and nothing else', () => {
    expect(decidingMetric(derived)).toEqual({ ...decidingMetric(plan), windowDays: 60 });
    const others = (metrics: typeof plan.metrics) =>
      metrics.filter(({ inExperiment }) => inExperiment !== 'deciding');
    expect(others(derived.metrics)).toEqual(others(plan.metrics));
    expect({ ...derived, analysis: null, metrics: null }).toEqual({
      ...plan,
      analysis: null,
      metrics: null,
    });
  });

  it('leaves the frozen one as it was', () => {
    expect(plan.analysis.plannedLooks).toBe(3);
    expect(decidingMetric(plan).windowDays).not.toBe(60);
  });

  it('four horizons share alpha; a promised look has all of it', () => {
    expect(rereadAlpha('horizon', 0.05)).toBe(0.0125);
    expect(rereadAlpha('provisional', 0.05)).toBe(0.05);
  });
});
