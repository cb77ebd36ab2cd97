import { armOf, single } from '../../../test/support/evaluation-case.js';
import type { CostDeclarations } from '../money/costs.js';
import type { SummedPart } from '../money/parts.js';
import { amountsLeftOut, type CompositionCase, compositionOf } from './composition.js';

const COSTS: CostDeclarations = {
  cogs: { how: 'rate', ofRevenue: 0.5 },
  incentive: { how: 'unknown' },
  support_cost: { how: 'events' },
};
const PARTS: SummedPart[] = [
  { name: 'revenue', how: 'entries' },
  { name: 'cogs', how: 'rate' },
  { name: 'incentive', how: 'entries' },
  { name: 'support_cost', how: 'entries' },
  { name: 'cogs', how: 'left_out' },
];
const arms = (...counts: number[]) => counts.map((n) => armOf(single(Array<number>(n).fill(0))));
const variants = ['control', 'short'].map((key, at) => ({
  key,
  weight: 1,
  control: at === 0,
  value: key,
  killed: false,
}));
const NOBODY = { total: '0', pieces: ['0', '0', '0', '0', '0'] };

const caseOf = (changes: Partial<CompositionCase> = {}, currency = 'USD'): CompositionCase => ({
  plan: { variants, currency, costs: COSTS },
  moments: { matured: arms(3, 4), running: arms(5, 6) },
  composition: {
    parts: PARTS,
    // Of the first arm 7 minor units have names of the project's own.
    matured: [
      { total: '1007', pieces: ['2000', '-1000', '0', '0', '-40'] },
      { total: '-250', pieces: ['500', '-250', '0', '-500', '0'] },
    ],
    running: [
      { total: '1', pieces: ['1', '0', '0', '0', '-60'] },
      { total: '2', pieces: ['2', '0', '0', '0', '-5'] },
    ],
  },
  isWholeLedger: true,
  ...changes,
});
const shown = (report = compositionOf(caseOf())) =>
  report?.parts.map(({ name, how, arms: own }) => [name, how, own.map(({ total }) => total)]);

describe('what money is made of', () => {
  it('adds up in every arm, with what has other names, and without what is left out', () => {
    const report = compositionOf(caseOf());
    expect(shown(report)).toEqual([
      ['revenue', 'entries', [20, 5]],
      ['cogs', 'rate', [-10, -2.5]],
      // Nobody knows what incentives cost, and nobody sent any: there is no such part.
      ['support_cost', 'entries', [0, -5]],
      ['other', 'other', [0.07, 0]],
    ]);
    expect(report).toMatchObject({ basis: 'matured', values: 'uncapped' });
    expect(report?.totals).toEqual([
      { variant: 'control', units: 3, total: 10.07, perUnit: 1007 / 300 },
      { variant: 'short', units: 4, total: -2.5, perUnit: -0.625 },
    ]);
    expect(report?.leftOut).toEqual([
      {
        name: 'cogs',
        arms: [
          { variant: 'control', total: -0.4 },
          { variant: 'short', total: 0 },
        ],
      },
    ]);
  });

  it('is of everybody while nobody has matured, and of nobody nothing', () => {
    const running = caseOf({ moments: { matured: arms(0, 0), running: arms(5, 0) } });
    const report = compositionOf(running);
    expect(report?.basis).toBe('running');
    expect(report?.totals).toEqual([
      { variant: 'control', units: 5, total: 0.01, perUnit: 0.002 },
      { variant: 'short', units: 0, total: 0.02 },
    ]);
    const nobody = caseOf({ moments: { matured: arms(0, 0), running: arms(0, 0) } });
    expect(compositionOf(nobody)).toBeUndefined();
  });

  it('of named entries has nothing of other names', () => {
    expect(shown(compositionOf(caseOf({ isWholeLedger: false })))?.map(([name]) => name)).toEqual([
      'revenue',
      'cogs',
      'support_cost',
    ]);
  });

  it('shows an unknown kind that somebody sent', () => {
    const sent = { total: '-3', pieces: ['0', '0', '-3', '0', '0'] };
    const composition = { parts: PARTS, matured: [sent, NOBODY], running: [sent, NOBODY] };
    expect(shown(compositionOf(caseOf({ composition })))).toContainEqual([
      'incentive',
      'entries',
      [-0.03, 0],
    ]);
  });

  it.each<[string, string, number]>([
    ['JPY', '12345678901234567890', Number('12345678901234567890')],
    ['KWD', '1234567', 1234.567],
    ['USD', '9007199254740993', Number('90071992547409.93')],
  ])('is exact beyond doubles before it is rounded once: %s', (currency, total, major) => {
    const arm = { total, pieces: [total, '0', '0', '0', '0'] };
    const composition = { parts: PARTS, matured: [arm, NOBODY], running: [arm, NOBODY] };
    const report = compositionOf(caseOf({ composition }, currency));
    expect(report?.totals[0]?.total).toBe(major);
    expect(report?.parts.find(({ name }) => name === 'other')?.arms[0]?.total).toBe(0);
  });
});

describe('what entries do not count', () => {
  it('is of all arms and units so far, of the metric that leaves out most, or nothing', () => {
    const { composition } = caseOf();
    const less = { ...composition, running: [NOBODY, NOBODY] };
    expect(amountsLeftOut([null, less, composition, less], 'USD')).toEqual([
      { name: 'cogs', amount: -0.65 },
    ]);
    expect(amountsLeftOut([less, null], 'USD')).toEqual([]);
  });
});
