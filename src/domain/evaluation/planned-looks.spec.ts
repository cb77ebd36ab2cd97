import { normal } from '../../stats/distributions.js';
import { crossingProbabilities } from '../../stats/group-sequential/crossing.js';
import type { Analysis } from '../experiments/definition.js';
import { lookNow, type LookCase, type TakenLook } from './planned-looks.js';

const ANALYSIS: Analysis = {
  alpha: 0.05,
  test: 'group_sequential',
  adjustment: 'dunnett',
  relativeQuantile: 'test',
  plannedLooks: 4,
  plannedUnits: 1000,
};

const now = (changes: Partial<LookCase>) =>
  lookNow({
    analysis: ANALYSIS,
    comparisons: 1,
    maturedUnits: 500,
    wholeCohort: false,
    scheduled: true,
    past: [],
    ...changes,
  });

const takenBy = (changes: Partial<LookCase>): TakenLook => {
  const look = now(changes);
  if (look.is !== 'planned') throw new Error('no look was taken');
  return look.taken;
};

describe('a planned look', () => {
  it.each<[string, Partial<LookCase>, number | null]>([
    ['is none before the first share has matured', { maturedUnits: 249 }, null],
    ['comes when the share has matured', { maturedUnits: 250 }, 1],
    ['counts the shares that have passed by', { maturedUnits: 749 }, 2],
    ['is not taken by hand', { maturedUnits: 250, scheduled: false }, null],
    ['is not the last one while units come in', { maturedUnits: 1400 }, null],
    ['is the last one with the whole cohort', { maturedUnits: 900, wholeCohort: true }, 4],
    ['is the last one, by hand too', { wholeCohort: true, scheduled: false }, 4],
    ['is none without units', { maturedUnits: 0, wholeCohort: true }, null],
    [
      'is none in an open-ended test',
      { analysis: { ...ANALYSIS, test: 'always_valid' }, wholeCohort: true },
      null,
    ],
    [
      'is only the end at a fixed horizon',
      { analysis: { ...ANALYSIS, test: 'fixed_horizon' }, maturedUnits: 900 },
      null,
    ],
    [
      'is number one at the end of a fixed horizon',
      { analysis: { ...ANALYSIS, test: 'fixed_horizon' }, wholeCohort: true },
      1,
    ],
  ])('%s', (_name, changes, expected) => {
    const look = now(changes);
    expect(look.is === 'planned' ? look.taken.look : null).toBe(expected);
  });

  it('is not taken twice, and not with fewer units than the one before', () => {
    const first = takenBy({ maturedUnits: 260 });
    expect(now({ maturedUnits: 300, past: [first] }).is).toBe('open');
    expect(now({ maturedUnits: 500, past: [{ ...first, units: 500 }] }).is).toBe('open');
    expect(takenBy({ maturedUnits: 500, past: [first] }).look).toBe(2);
  });

  it('spends nothing where O’Brien and Fleming leave nothing to spend', () => {
    const many = { ...ANALYSIS, alpha: 1e-6, plannedLooks: 60, plannedUnits: 60_000 };
    expect(now({ analysis: many, maturedUnits: 1000 }).is).toBe('open');
  });

  it('keeps alpha whatever the timing: late, early, over and under plan', () => {
    const timings = [[251, 502, 760, 1000], [300, 620, 1300], [410, 700], [990]];
    for (const units of timings) {
      const past: TakenLook[] = [];
      for (const [index, maturedUnits] of units.entries()) {
        const wholeCohort = index === units.length - 1;
        past.push(takenBy({ maturedUnits, wholeCohort, past: [...past] }));
      }
      const total = crossingProbabilities({
        upper: past.map(({ criticalZ }) => criticalZ),
        information: past.map((look) => look.units / 1000),
        drift: 0,
      }).upper.reduce((sum, p) => sum + p, 0);
      expect(total).toBeCloseTo(0.025, 8);
      expect(past.at(-1)?.alphaSpent).toBe(0.05);
    }
  });

  it('has the ordinary quantile when nothing was spent before the end', () => {
    const { criticalZ } = takenBy({ wholeCohort: true });
    expect(criticalZ).toBeCloseTo(normal.quantile(0.975), 10);
  });

  it('shares alpha between several variants', () => {
    const { criticalZ, alphaSpent } = takenBy({ wholeCohort: true, comparisons: 2 });
    expect(criticalZ).toBeCloseTo(normal.quantile(0.9875), 10);
    expect(alphaSpent).toBe(0.025);
  });

  it('reads the last look again with the bound it had, however many units are left', () => {
    const first = takenBy({ maturedUnits: 500 });
    const last = takenBy({ maturedUnits: 1000, wholeCohort: true, past: [first] });
    const again = now({ maturedUnits: 990, wholeCohort: true, past: [first, last] });
    expect(again).toEqual({ is: 'planned', taken: last, past: [first], final: true });
  });

  it('ends a test that has lost units since its last early look', () => {
    const first = takenBy({ maturedUnits: 500 });
    const look = now({ maturedUnits: 490, wholeCohort: true, past: [first] });
    expect(look).toMatchObject({ is: 'planned', past: [], final: true, taken: { look: 4 } });
  });
});
