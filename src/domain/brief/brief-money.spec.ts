import type { MoneyPart } from '../evaluation/money-report.js';
import type { MetricReport } from '../evaluation/result.js';
import { moneyOf } from './brief-money.js';

/** Whole amounts of 100 customers an arm, so that every number below can be added up by hand. */
const part = (
  name: string,
  how: MoneyPart['how'],
  control: number,
  mens: number,
  womens: number,
): MoneyPart => ({
  name,
  how,
  arms: [
    { variant: 'none', total: control, perUnit: control / 100 },
    { variant: 'mens', total: mens, perUnit: mens / 100 },
    { variant: 'womens', total: womens, perUnit: womens / 100 },
  ],
});

/** A year is 36,500 customers. */
const mens = { estimate: 0.27, lower: -0.1, upper: 0.64 };
const times = (units: number) => ({
  units,
  estimate: mens.estimate * units,
  lower: mens.lower * units,
  upper: mens.upper * units,
});

const comparison = (variant: string, estimate: number) => ({
  variant,
  control: 'none',
  absolute: { estimate, lower: estimate - 0.37, upper: estimate + 0.37, standardError: 0.19 },
});

/** An e-mail costs 0.50 USD, and two arms of three get one. */
const emails: MetricReport = {
  key: 'profit',
  role: 'deciding',
  kind: 'money',
  unit: 'currency',
  currency: 'USD',
  sinceVersion: 1,
  maturity: {
    fraction: 0.5,
    maturedUnits: 300,
    units: 600,
    wholeCohort: false,
    closesAt: '2026-05-03T10:00:00.000Z',
    waiting: {
      days: 9,
      basis: 'matured',
      variants: [
        { variant: 'mens', halfWidthNow: 1.2, halfWidthThen: 0.8 },
        { variant: 'womens', halfWidthNow: 1.2, halfWidthThen: 1.2 },
      ],
    },
  },
  arms: [],
  comparisons: [comparison('mens', 0.27), comparison('womens', -0.08)],
  composition: {
    basis: 'matured',
    values: 'uncapped',
    parts: [part('revenue', 'entries', 65, 142, 107), part('email', 'unit_price', 0, -50, -50)],
    totals: [
      { variant: 'none', units: 100, total: 65, perUnit: 0.65 },
      { variant: 'mens', units: 100, total: 92, perUnit: 0.92 },
      { variant: 'womens', units: 100, total: 57, perUnit: 0.57 },
    ],
  },
  projections: [{ variant: 'mens', values: 'uncapped', soFar: times(100), perYear: times(36_500) }],
};

const said = (changes: Partial<MetricReport> = {}, coverage: 'full' | 'partial' = 'full') =>
  moneyOf({ ...emails, ...changes }, coverage);

describe('what it earned', () => {
  it('says what each arm brought and what the e-mails cost', () => {
    expect(said()?.waterfalls.map(({ sentence }) => sentence)).toEqual([
      'Profit: each of the 100 units in none brought 0.65 USD (revenue 0.65 USD, email 0.00 USD), 65.00 USD together.',
      'Profit: each of the 100 units in mens brought 0.92 USD (revenue 1.42 USD, email -0.50 USD), 92.00 USD together.',
      'Profit: each of the 100 units in womens brought 0.57 USD (revenue 1.07 USD, email -0.50 USD), 57.00 USD together.',
    ]);
    expect(said()?.differences.map(({ sentence }) => sentence)).toEqual([
      'Profit per unit, mens against none: revenue +0.77 USD, email -0.50 USD, together +0.27 USD.',
      'Profit per unit, womens against none: revenue +0.42 USD, email -0.50 USD, together -0.08 USD.',
    ]);
  });

  it('draws each arm from nothing to its profit, step by step', () => {
    const [, arm] = said()?.waterfalls ?? [];
    expect(arm?.steps.map(({ from }) => from)).toEqual([0, 1.42]);
    expect(arm?.steps[1]?.to).toBeCloseTo(0.92, 12);
    expect(arm).toMatchObject({ perUnit: 0.92, total: 92, units: 100 });
  });

  it('projects with an interval, and says what that rests on', () => {
    expect(said()?.projections[0]?.sentence).toBe(
      'Profit: the 100 units in mens whose time has come brought +27.00 USD (between -10.00 USD and ' +
        '64.00 USD) against the control; for everybody it would come to +9,855.00 USD (between ' +
        '-3,650.00 USD and 23,360.00 USD) a year, if 36,500 units come as they came during the test ' +
        'and the effect stays as it was.',
    );
  });

  it('says what waiting would do', () => {
    expect(said()?.waiting).toEqual([
      'Waiting until 3 May 2026 would narrow the interval of mens from ±1.20 USD to ±0.80 USD.',
      'Waiting until 3 May 2026 would not narrow the interval of womens: it is ±1.20 USD now.',
    ]);
  });

  it('shows cut values and those as they came side by side', () => {
    const [one] = emails.comparisons;
    if (one === undefined) throw new Error('there is one');
    const uncapped = { estimate: 0.5, lower: -2, upper: 3, standardError: 1 };
    const cap = { high: 500, frozen: true };
    const capped = said({ cap, comparisons: [{ ...one, uncapped }] })?.capped;
    expect(capped).toMatchObject([{ capped: { estimate: 0.27 }, uncapped: { estimate: 0.5 } }]);
    expect(capped?.[0]?.sentence).toBe(
      'Profit per unit, mens against none: with values cut at 500.00 USD a unit +0.27 USD (between ' +
        '-0.10 USD and 0.64 USD), which decides; as they came +0.50 USD (between -2.00 USD and 3.00 USD).',
    );
  });

  it('says partial profit in every sentence of it while a cost is unknown', () => {
    const money = said({}, 'partial');
    const sentences = [
      ...(money?.waterfalls ?? []),
      ...(money?.differences ?? []),
      ...(money?.projections ?? []),
    ].map(({ sentence }) => sentence);
    expect(sentences.length).toBe(6);
    expect(sentences.filter((sentence) => !sentence.startsWith('Partial profit'))).toEqual([]);
  });

  it('is absent where no money decides, and has no parts before there are any', () => {
    expect(moneyOf({ ...emails, unit: 'share' }, 'full')).toBeUndefined();
    const { composition: _, projections: __, ...bare } = emails;
    expect(moneyOf(bare, 'full')).toMatchObject({ waterfalls: [], projections: [] });
  });
});
