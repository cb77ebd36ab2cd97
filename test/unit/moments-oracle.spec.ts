import { exact, quotient, rounded, times } from '../support/exact-decimals.js';
import { expectedMoments, type OracleRequest } from '../support/moments-oracle.js';
import { RatesMissing } from '../support/moments-oracle-entries.js';
import type { HappenedLog, HappenedRow } from '../support/moments-oracle-units.js';
import { freezePlan, type AnalysisPlan } from '../../src/domain/experiments/plan.js';
import type { Analysis, UnitKind } from '../../src/domain/experiments/definition.js';
import type { Metric } from '../../src/domain/metrics/metric.js';

/** What the oracle says of logs small enough to be counted by hand. */

const DAY = 86_400_000;
const START = Date.parse('2026-01-01T00:00:00Z');
const at = (days: number): string => new Date(START + days * DAY).toISOString();

let count = 0;
const id = (): string => `00000000-0000-7000-8000-${String((count += 1)).padStart(12, '0')}`;
type Some = Partial<HappenedRow>;
const of = (unit: string): HappenedRow['unit'] => {
  const [kind, name = ''] = unit.includes('/') ? unit.split('/') : ['visitor', unit];
  return { kind: kind as UnitKind, id: name };
};
const met = (unit: string, variant: string, days = 0, more: Some = {}): HappenedRow => ({
  id: id(),
  type: 'exposure',
  experiment: 'x',
  unit: of(unit),
  variant,
  at: at(days),
  ...more,
});
const did = (unit: string, name: string, days: number, more: Some = {}): HappenedRow => ({
  id: id(),
  type: 'event',
  unit: of(unit),
  name,
  at: at(days),
  receivedAt: at(days),
  ...more,
});
const paid = (unit: string, amountMinor: number, days: number, more: Some = {}): HappenedRow => ({
  ...did(unit, amountMinor < 0 ? 'refund' : 'revenue', days),
  type: 'money',
  amountMinor,
  currency: 'USD',
  ...more,
});
const is = (from: string, to: string, days: number): HappenedRow => ({
  id: id(),
  type: 'identify',
  unit: of(from),
  to: of(to),
  at: at(days),
});

const metric = (changes: Partial<Metric> & Pick<Metric, 'key' | 'kind'>): Metric => ({
  name: changes.key,
  role: 'proxy',
  class: 'engagement',
  direction: 'increase',
  windowDays: 7,
  delayHours: 0,
  settlingDays: 0,
  ...(changes.kind === 'money' ? {} : { event: changes.key }),
  ...changes,
});
const PROFIT = metric({ key: 'profit', kind: 'money', windowDays: 30, settlingDays: 14 });

const planOf = (
  first: Metric,
  { unit = 'visitor', ...analysis }: Partial<Analysis> & { unit?: UnitKind } = {},
): AnalysisPlan =>
  freezePlan({
    definition: {
      key: 'x',
      name: 'X',
      kind: 'aa',
      touches: [],
      unit,
      assignment: 'external',
      variants: [
        { key: 'a', name: 'A', weight: 1 },
        { key: 'b', name: 'B', weight: 1 },
      ],
      audience: { populations: [] },
      traffic: 1,
      metrics: { leading: first.key, deciding: 'profit', guardrails: [], secondary: [] },
      analysis: {
        alpha: 0.05,
        test: 'fixed_horizon',
        adjustment: 'none',
        relativeQuantile: 'test',
        ...analysis,
      },
    },
    metrics: [first, PROFIT],
    seed: 'x',
    launchedAt: new Date(START),
    costs: {},
    currency: 'USD',
    timezone: 'America/New_York',
    policy: { profile: 'standard', version: 1 },
  });

const CLICKS = metric({ key: 'clicks', kind: 'count' });
const momentsOf = (
  rows: readonly HappenedRow[],
  { log = {}, ...request }: Partial<OracleRequest> & { log?: Partial<HappenedLog> } = {},
) =>
  expectedMoments(
    {
      rows,
      reversedImports: [],
      erasedUnits: [],
      rates: [],
      receivedAt: at(100),
      ...log,
    },
    {
      experimentId: 'x',
      plan: planOf(CLICKS),
      enrolmentEndedAt: null,
      asOf: new Date(at(90)),
      ...request,
    },
  );

describe('the oracle of moments', () => {
  it('counts exactly: decimals as written, halves away from zero, one rounding of a quotient', () => {
    expect(times(exact(0.1), exact(3))).toEqual({ units: 3n, places: 1 });
    expect(exact(1e21).units).toBe(10n ** 21n);
    expect(exact(-1.5e-7)).toEqual({ units: -15n, places: 8 });
    expect([1.5, -1.5, 1.4999, -0.5].map((value) => rounded(exact(value)))).toEqual([
      2n,
      -2n,
      1n,
      -1n,
    ]);
    expect(quotient(exact(1), exact(3))).toBe(1 / 3);
    expect(quotient(exact(-2), exact(3))).toBe(-2 / 3);
  });

  it('takes windows as half-open and centres the sums', () => {
    const { units, metrics, comoments } = momentsOf([
      met('u', 'a', 1),
      met('v', 'a', 1),
      met('w', 'a', 1),
      ...[0.99, 1, 7.99, 8].map((day) => did('u', 'clicks', day)),
      did('v', 'clicks', 2),
      did('stranger', 'clicks', 2),
      paid('u', 250, 30.99),
      paid('u', 999, 31),
    ]);
    expect(units).toEqual([3, 0]);
    // 2, 1 and 0 clicks; 2.50, 0 and 0 dollars.
    expect(metrics[0]?.running[0]).toEqual({
      n: 3,
      mean: [1],
      comoment: [2],
      third: [0],
      nonZero: 2,
    });
    expect(metrics[1]?.running[0]?.mean).toEqual([2.5 / 3]);
    expect(metrics[1]?.running[0]?.comoment).toEqual([12.5 / 3]);
    expect(comoments).toEqual([
      { variant: 0, metric: 0, other: 1, products: 2.5 },
      { variant: 1, metric: 0, other: 1, products: 0 },
    ]);
    expect(metrics[0]?.running[1]).toEqual({
      n: 0,
      mean: [0],
      comoment: [0],
      third: [0],
      nonZero: 0,
    });
  });

  it('puts a refund where its original stands, if that is known and came before the cut-off', () => {
    const sale = paid('u', 900, 5);
    const rows = [
      met('u', 'a', 0),
      sale,
      paid('u', -400, 35, { refersTo: sale.id }),
      paid('u', -300, 35, { refersTo: id() }),
      paid('u', -200, 44, { refersTo: sale.id }),
    ];
    const profit = (asOf: number, log: Partial<HappenedLog> = {}) =>
      momentsOf(rows, { asOf: new Date(at(asOf)), log }).metrics[1]?.running[0]?.mean[0];
    expect(profit(90)).toBe(5);
    expect(profit(20)).toBe(9);
    expect(profit(5)).toBe(0);
    // A refund of nothing that stands falls on its own day, which is too late here.
    const brought = rows.map((row) => (row === sale ? { ...row, import: 'i' } : row));
    const undone = { rows: brought, reversedImports: ['i'], erasedUnits: [] };
    expect(profit(90, undone)).toBe(0);
  });

  it('follows links upward: the earliest counts, people are not companies', () => {
    const rows = [
      met('v1', 'a', 1),
      met('v2', 'a', 2),
      met('v3', 'b', 2),
      is('user/u', 'v1', 3),
      is('v2', 'user/u', 4),
      is('v1', 'user/other', 5),
      is('v1', 'account/c', 1),
      is('user/u', 'account/c', 1),
      is('v3', 'account/c', 1),
      ...['v1', 'v2', 'user/u', 'user/other', 'v3', 'account/c'].map((unit) =>
        did(unit, 'clicks', 6),
      ),
    ];
    const { units, metrics, crossovers, lastExposureAt } = momentsOf(rows);
    expect([units, crossovers, lastExposureAt]).toEqual([[1, 1], 0, at(2)]);
    expect(metrics[0]?.running.map(({ mean }) => mean)).toEqual([[3], [1]]);
    const apart = momentsOf(rows, { asOf: new Date(at(4)) });
    expect(apart.units).toEqual([2, 1]);
    const company = { plan: planOf(CLICKS, { unit: 'account' }) };
    const { metrics: ofCompany } = momentsOf([...rows, met('account/c', 'b', 0)], company);
    // Beside its own: v1 and v2 through u, and v3.
    expect(ofCompany[0]?.running[1]?.mean).toEqual([5]);
  });

  it('takes a circle of links for one, and one that met two variants for nobody', () => {
    const rows = [
      is('v1', 'v2', 1),
      is('v2', 'v3', 1),
      is('v3', 'v2', 1),
      met('v1', 'a', 1),
      met('v3', 'a', 2),
      did('v2', 'clicks', 3),
    ];
    expect(momentsOf(rows).metrics[0]?.running[0]).toMatchObject({ n: 1, mean: [1] });
    const crossed = momentsOf([...rows, met('v2', 'b', 9)]);
    expect([crossed.units, crossed.crossovers]).toEqual([[0, 0], 1]);
    const erased = { erasedUnits: [of('v2')] };
    expect(momentsOf([...rows, met('v2', 'b', 9)], { log: erased }).units).toEqual([2, 0]);
  });

  it('knows who has matured, came after the end, and what came late', () => {
    const { metrics, outsideCohort, lateEvents, unitsByPeriod } = momentsOf(
      [
        met('u', 'a', 0),
        met('v', 'a', 3),
        met('w', 'a', 3.01),
        met('x', 'b', 6),
        did('u', 'clicks', 1, { receivedAt: at(2) }),
        did('u', 'clicks', 1, { receivedAt: at(2.01) }),
        did('u', 'unnamed', 1, { receivedAt: at(9) }),
        did('u', 'clicks', -1, { receivedAt: at(9) }),
        paid('v', 100, 4),
      ],
      {
        asOf: new Date(at(10)),
        enrolmentEndedAt: new Date(at(6)),
        plan: {
          ...planOf(CLICKS),
          variants: planOf(CLICKS).variants.map((variant, n) => ({
            ...variant,
            ...(n === 0 ? {} : { killed: true, killedAt: at(3) }),
          })),
        },
      },
    );
    expect(metrics[0]?.matured[0]).toMatchObject({ n: 2, mean: [1] });
    expect([outsideCohort, lateEvents]).toEqual([1, 1]);
    expect(unitsByPeriod).toEqual([
      [1, 0],
      [2, 0],
    ]);
  });

  it('converts each entry at the rate of its day, and names what is missing', () => {
    // Half past three in the morning is still the day before in New York.
    const rows = [
      met('u', 'a', 0),
      paid('u', 150, 2 + 3.5 / 24, { currency: 'JPY' }),
      paid('u', 5, 2 + 5.5 / 24, { currency: 'EUR' }),
      paid('u', -5, 2 + 5.5 / 24, { currency: 'EUR' }),
    ];
    const rates = [
      { date: '2026-01-02', base: 'USD', currency: 'JPY', rate: 0.0067 },
      { date: '2026-01-03', base: 'USD', currency: 'EUR', rate: 1.1 },
    ];
    // 100.5 cents become 101; 5.5 become 6, and -5.5 become -6.
    expect(momentsOf(rows, { log: { rates } }).metrics[1]?.running[0]?.mean).toEqual([1.01]);
    try {
      momentsOf(rows, { log: { rates: rates.slice(1) } });
      throw new Error('a rate was missing');
    } catch (error) {
      expect((error as RatesMissing).missing).toEqual([{ currency: 'JPY', date: '2026-01-02' }]);
    }
  });

  it('cuts, looks back and takes quantiles as they are defined', () => {
    const spend = metric({ key: 'spend', kind: 'mean', winsorise: { quantile: 0.75 } });
    const units = [...Array(11).keys()];
    const rows = units.flatMap((n) => [
      met(`u${n}`, n < 6 ? 'a' : 'b'),
      did(`u${n}`, 'spend', 1, { value: n }),
      ...(n === 3 ? [did('u3', 'spend', -2, { value: 0.5 })] : []),
    ]);
    const { metrics } = momentsOf(rows, { plan: planOf(spend, { cuped: { days: 7 } }) });
    expect(metrics[0]?.cap).toEqual({ low: 2.5, high: 7.5 });
    expect(metrics[0]?.columns).toEqual(['value', 'capped', 'value_before', 'known_before']);
    expect(metrics[0]?.running.map(({ mean }) => mean)).toEqual([
      [15 / 6, 3.25, 0.5 / 6, 1 / 6],
      [8, 7.1, 0, 0],
    ]);
    const frozen = momentsOf(rows, {
      plan: planOf(spend),
      caps: { spend: { low: null, high: 7 } },
    });
    expect(frozen.metrics[0]?.running[1]?.mean).toEqual([8, 34 / 5]);
    const loads = metric({ key: 'spend', kind: 'quantile', quantile: 0.5 });
    const { metrics: found } = momentsOf(rows, { plan: planOf(loads) });
    expect(found[0]?.running[0]?.quantile).toMatchObject({
      estimate: 2.5,
      rows: 6,
      units: 6,
      squares: 1.5,
    });
  });

  it('puts units into strata by their first exposure, the largest first', () => {
    const rows = [
      met('u', 'a', 1, { properties: { device: 'phone' } }),
      met('u', 'a', 2, { properties: { device: 'desk' } }),
      met('v', 'b', 1, { properties: { device: 'desk' } }),
      met('w', 'b', 1),
      met('x', 'b', 1, { properties: { device: null } }),
    ];
    const plan = planOf(CLICKS, { stratifyBy: 'device', dimensions: ['device'] });
    const { metrics, dimensions } = momentsOf(rows, { plan });
    expect(metrics[0]?.strata?.map(({ running }) => running.map(({ n }) => n))).toEqual([
      [0, 2],
      [0, 1],
      [1, 0],
    ]);
    expect(dimensions?.[0]?.values.map(({ value, units }) => [value, units])).toEqual([
      [null, [0, 2]],
      ['desk', [0, 1]],
      ['phone', [1, 0]],
    ]);
  });
});
