import fc from 'fast-check';
import type { EvaluationResult, MetricReport } from '../../src/domain/evaluation/result.js';
import { evaluatedExperiment } from '../support/evaluated-experiment.js';
import { AFTER_ALL, at, ENDED, metricOf } from '../support/evaluation-views.js';
import { verdictsOf } from '../support/event-senders.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/**
 * Random ledgers over HTTP against sums that are taken here, in whole numbers of any length, and that
 * share nothing with the product: every arm and every part to the minor unit.
 */

const NDJSON = 'application/x-ndjson';
const DAY_MS = 86_400_000;
const WINDOW_DAYS = 30;
const SETTLED_DAYS = 44;
const MISDATED_DAYS = 7;
const MAX_BATCH = 400;
/** ISO 4217. */
const DECIMALS: Readonly<Record<string, number>> = { USD: 2, EUR: 2, JPY: 0, KWD: 3, BHD: 3 };
const CURRENCIES = Object.keys(DECIMALS);
/** What one unit of a currency is worth in US dollars, on the first of the days. */
const IN_DOLLARS: Readonly<Record<string, number>> = {
  USD: 1,
  EUR: 1.084_37,
  JPY: 0.006_612_9,
  KWD: 3.246_91,
  BHD: 2.652_52,
};
/** Days after the start at which something may happen: edges of windows, and inside and outside. */
const DAYS = [-9, -6, -1, 0, 1, 12, 29, 30, 31, 43, 44, 60];
const TICKET = { amountMinor: 740, currency: 'EUR' };
/** Of revenue, as it is declared: 0.333. */
const COGS = { units: 333n, digits: 3 };
const VARIANTS = ['control', 'short'] as const;
const UNITS = 8;

const PARTS = [
  'revenue',
  'refund',
  'chargeback',
  'cogs',
  'incentive',
  'support_cost',
  'shipping',
  'other',
] as const;
type Part = (typeof PARTS)[number];

/** When a row is sent: at first, after an evaluation, or in a file that is taken back. */
const WAYS = ['first', 'late', 'wrong'] as const;
type Way = (typeof WAYS)[number];

interface Drawn {
  name: string;
  unit: number;
  day: number;
  hour: number;
  size: number;
  currency: string;
  /** Which earlier sale of the unit it refers to; null for none. */
  refers: number | null;
  way: Way;
}

interface Row extends Omit<Drawn, 'refers'> {
  id: string;
  /** null: an event that costs. */
  amount: number | null;
  refersTo: string | null;
}

/** `tips` are of the project's own, with either sign; `ticket` is an event. */
const NAMES = ['revenue', 'refund', 'chargeback', 'cogs', 'incentive', 'support_cost', 'shipping'];
const drawn: fc.Arbitrary<Drawn> = fc.record({
  name: fc.constantFrom('revenue', 'revenue', 'refund', 'tips', 'ticket', ...NAMES),
  unit: fc.nat(UNITS - 1),
  day: fc.constantFrom(...DAYS),
  hour: fc.nat(23),
  size: fc.oneof(fc.nat(99), fc.nat(2_000_000)),
  currency: fc.constantFrom(...CURRENCIES),
  refers: fc.option(fc.nat(9)),
  way: fc.constantFrom('first', 'first', 'first', ...WAYS),
});

function rowsOf(story: string, ledger: readonly Drawn[]): Row[] {
  const rows: Row[] = [];
  for (const [at_, one] of ledger.entries()) {
    const { refers, ...rest } = one;
    const sales = rows.filter(({ name, unit }) => name === 'revenue' && unit === one.unit);
    const original = refers === null ? undefined : sales[refers % Math.max(1, sales.length)];
    const sign = one.name === 'revenue' || (one.name === 'tips' && one.size % 2 === 0) ? 1 : -1;
    const isEntry = one.name !== 'ticket';
    rows.push({
      ...rest,
      id: `${story}-${at_}`,
      amount: isEntry ? sign * one.size : null,
      refersTo: isEntry && one.name !== 'revenue' && original !== undefined ? original.id : null,
    });
  }
  return rows;
}

const exposedAt = (unit: number): number => Date.parse(at(0, unit));
const occurredAt = ({ day, hour }: Pick<Row, 'day' | 'hour'>): number => Date.parse(at(day, hour));
const dateOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/** Another rate each day; between two currencies as many digits as a quotation has. */
function rateOf(currency: string, base: string, date: string): string {
  const drift = 1 + Number(date.slice(8)) / 977;
  const rate = ((IN_DOLLARS[currency] ?? 0) / (IN_DOLLARS[base] ?? 1)) * drift;
  return String(Number(rate.toPrecision(7)));
}

/** Digits without a point, and how many of them stand after it. */
function digitsOf(decimal: string): { units: bigint; digits: number } {
  const [whole = '', exponent = '0'] = decimal.split('e');
  const [before = '', after = ''] = whole.split('.');
  return { units: BigInt(before + after), digits: after.length - Number(exponent) };
}

/** The nearest whole number of units / 10^digits, halves away from zero. */
function nearest(units: bigint, digits: number): bigint {
  if (digits <= 0) return units * 10n ** BigInt(-digits);
  const one = 10n ** BigInt(digits);
  const size = units < 0n ? -units : units;
  const whole = (size + one / 2n) / one;
  return units < 0n ? -whole : whole;
}

/** Whole minor units of the reporting currency. */
function converted(amount: number, currency: string, base: string, instant: number): bigint {
  if (currency === base) return BigInt(amount);
  const { units, digits } = digitsOf(rateOf(currency, base, dateOf(instant)));
  const shift = (DECIMALS[currency] ?? 0) - (DECIMALS[base] ?? 0);
  return nearest(BigInt(amount) * units, digits + shift);
}

interface Expected {
  parts: Record<Part, bigint>;
  leftOut: Record<'cogs' | 'support_cost', bigint>;
}

/** What each arm has, by the rules of the ledger in words: windows, originals, rates, declared costs. */
function expectedOf(rows: readonly Row[], base: string, sent: readonly Way[]): Expected[] {
  const known = rows.filter(({ way }) => sent.includes(way));
  return VARIANTS.map((_, arm) => {
    const expected: Expected = {
      parts: Object.fromEntries(PARTS.map((part) => [part, 0n])) as Expected['parts'],
      leftOut: { cogs: 0n, support_cost: 0n },
    };
    for (const row of known.filter(({ unit }) => unit % VARIANTS.length === arm)) {
      if (counts(row, known)) add(expected, row, base);
    }
    return expected;
  });
}

/** It stands where what it refers to stands, if that is known; and it comes before the unit matures. */
function counts(row: Row, known: readonly Row[]): boolean {
  const original = known.find(({ id }) => id === row.refersTo) ?? row;
  const [exposed, happened, placed] = [exposedAt(row.unit), occurredAt(row), occurredAt(original)];
  return (
    placed >= exposed &&
    placed < exposed + WINDOW_DAYS * DAY_MS &&
    happened >= exposed - MISDATED_DAYS * DAY_MS &&
    happened < exposed + SETTLED_DAYS * DAY_MS
  );
}

function add({ parts, leftOut }: Expected, row: Row, base: string): void {
  const instant = occurredAt(row);
  if (row.amount === null) {
    parts.support_cost += converted(-TICKET.amountMinor, TICKET.currency, base, instant);
    return;
  }
  const amount = converted(row.amount, row.currency, base, instant);
  if (row.name === 'cogs' || row.name === 'support_cost') {
    leftOut[row.name] += amount;
    return;
  }
  parts[row.name === 'tips' ? 'other' : (row.name as Part)] += amount;
  if (row.name === 'revenue') parts.cogs -= nearest(amount * COGS.units, COGS.digits);
}

function bodyOf(story: string, row: Row): object {
  const { id, name, amount, currency, refersTo, unit } = row;
  const common = {
    id,
    unit: { kind: 'visitor', id: `${story}-u${unit}` },
    occurredAt: new Date(occurredAt(row)).toISOString(),
    name,
  };
  if (amount === null) return { ...common, type: 'event' };
  const original = refersTo === null ? {} : { refersTo };
  return { ...common, type: 'money', amountMinor: amount, currency, ...original };
}

describe('random ledgers', () => {
  let it_: TestApp;
  const stored = new Set<string>();

  beforeAll(async () => {
    it_ = await startTestApp();
    await it_.moveClock(AFTER_ALL);
  });
  afterAll(() => it_.close());

  const send = async (events: readonly object[]): Promise<void> => {
    for (let from = 0; from < events.length; from += MAX_BATCH) {
      const batch = events.slice(from, from + MAX_BATCH);
      const verdicts = await verdictsOf(it_, { events: batch });
      expect(verdicts.filter((verdict) => verdict !== 'accepted')).toEqual([]);
    }
  };
  const storeRates = async (base: string, dates: readonly string[]): Promise<void> => {
    for (const date of dates.filter((one) => !stored.has(`${base} ${one}`))) {
      stored.add(`${base} ${date}`);
      const others = CURRENCIES.filter((currency) => currency !== base);
      const rates = Object.fromEntries(
        others.map((currency) => [currency, Number(rateOf(currency, base, date))]),
      );
      await it_.ok('put', '/v1/exchange-rates', { date, base, rates, source: 'a test' });
    }
  };
  const evaluated = async (key: string): Promise<MetricReport> => {
    const answer = await it_.ok('post', `/v1/experiments/${key}/evaluations`);
    return metricOf(answer.body as EvaluationResult, 'profit');
  };
  const exposuresOf = (story: string) =>
    [...Array(UNITS).keys()].map((unit) => ({
      id: `${story}-met-${unit}`,
      type: 'exposure',
      unit: { kind: 'visitor', id: `${story}-u${unit}` },
      occurredAt: new Date(exposedAt(unit)).toISOString(),
      experiment: story,
      variant: VARIANTS[unit % VARIANTS.length],
    }));

  /** Amounts of a result in minor units, as they were meant to be. */
  const minorOf = (major: number | undefined, base: string): bigint =>
    BigInt(Math.round((major ?? Number.NaN) * 10 ** (DECIMALS[base] ?? 0)));
  const shown = ({ composition, arms }: MetricReport, base: string) =>
    VARIANTS.map((variant, arm) => {
      const mine = (all: readonly { variant: string; total: number }[] = []) =>
        minorOf(all.find((one) => one.variant === variant)?.total, base);
      const of = (list: readonly { name: string; arms: { variant: string; total: number }[] }[]) =>
        Object.fromEntries(list.map(({ name, arms: own }) => [name, mine(own)]));
      const { mean = 0, n = 0 } = arms[arm] ?? {};
      return {
        parts: of(composition?.parts ?? []),
        leftOut: { cogs: 0n, support_cost: 0n, ...of(composition?.leftOut ?? []) },
        total: mine(composition?.totals),
        fromMean: minorOf(mean * n, base),
      };
    });
  const meant = (rows: readonly Row[], base: string, sent: readonly Way[]) =>
    expectedOf(rows, base, sent).map(({ parts, leftOut }) => {
      const total = PARTS.reduce((sum, part) => sum + parts[part], 0n);
      return { parts, leftOut, total, fromMean: total };
    });

  const cases = ['USD', 'JPY', 'KWD'].flatMap((base, at_) =>
    fc
      .sample(fc.array(drawn, { minLength: 150, maxLength: 200 }), {
        seed: 77_000 + at_,
        numRuns: 2,
      })
      .map((ledger, run) => ({ base, ledger, story: `ledger-${base.toLowerCase()}-${run}` })),
  );

  it.each(cases)('$story is what an exact sum says', async ({ base, ledger, story }) => {
    await evaluatedExperiment(it_, {
      key: story,
      currency: base,
      enrolmentEndedAt: ENDED,
      costs: {
        cogs: { how: 'rate', ofRevenue: Number(COGS.units) / 10 ** COGS.digits },
        incentive: { how: 'events' },
        support_cost: { how: 'unit_price', event: 'ticket', ...TICKET },
        shipping: { how: 'events' },
      },
    });
    const rows = rowsOf(story, ledger);
    await storeRates(base, [...new Set(rows.map((row) => dateOf(occurredAt(row))))]);
    const sentOf = (way: Way) => rows.filter((row) => row.way === way).map((r) => bodyOf(story, r));
    await send([...exposuresOf(story), ...sentOf('first')]);
    expect(shown(await evaluated(story), base)).toEqual(meant(rows, base, ['first']));

    const file = sentOf('wrong').map((row) => JSON.stringify(row));
    const taken = await it_.upload('/v1/events', NDJSON, file.join('\n'));
    expect(taken.body.import).toMatchObject({ accepted: file.length });
    expect(shown(await evaluated(story), base)).toEqual(meant(rows, base, ['first', 'wrong']));

    await it_.ok('post', `/v1/imports/${taken.body.import.id}/reverse`, { reason: 'wrong file' });
    await send(sentOf('late'));
    expect(shown(await evaluated(story), base)).toEqual(meant(rows, base, ['first', 'late']));
  });

  it('are of every part in every way, before and after a file is taken back', () => {
    for (const sent of [['first'], ['first', 'wrong'], ['first', 'late']] as const) {
      const all = cases.flatMap(({ base, ledger, story }) =>
        expectedOf(rowsOf(story, ledger), base, sent),
      );
      for (const part of PARTS) expect(all.some(({ parts }) => parts[part] !== 0n)).toBe(true);
      expect(all.some(({ leftOut }) => leftOut.cogs !== 0n)).toBe(true);
      expect(all.some(({ leftOut }) => leftOut.support_cost !== 0n)).toBe(true);
    }
  });

  it('waits for the rate of a currency and a day, which it names', async () => {
    const story = 'ledger-without-a-rate';
    await evaluatedExperiment(it_, { key: story, currency: 'KWD', enrolmentEndedAt: ENDED });
    const sale = {
      name: 'revenue',
      unit: 1,
      day: 3,
      hour: 12,
      size: 500,
      way: 'first' as const,
      refersTo: null,
    };
    const rows: Row[] = [{ ...sale, id: `${story}-1`, currency: 'GBP', amount: 500 }];
    await send([...exposuresOf(story), ...rows.map((row) => bodyOf(story, row))]);
    const refused = await it_.send('post', `/v1/experiments/${story}/evaluations`);
    const missing = [{ currency: 'GBP', date: dateOf(occurredAt(sale)) }];
    expect([refused.status, refused.body.code]).toEqual([422, 'exchange-rate-missing']);
    expect(refused.body).toMatchObject({ base: 'KWD', missing });
    const rates = { date: missing[0]?.date, base: 'KWD', rates: { GBP: 0.3899 }, source: 'a test' };
    await it_.ok('put', '/v1/exchange-rates', rates);
    const { composition } = await evaluated(story);
    // 5.00 GBP at 0.3899 are 1.9495 KWD, whose minor unit is a thousandth: 1.950.
    expect(composition?.totals.map(({ total }) => total)).toEqual([0, 1.95]);
  });
});
