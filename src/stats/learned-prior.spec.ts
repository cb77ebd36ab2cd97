import { readFixture, readSharedDesigns } from '../../test/fixtures/stats/read-golden.js';
import {
  LEARNED_PRIOR_EXPERIMENTS_MIN,
  learnPrior,
  type LearnedPriorResult,
} from './learned-prior.js';

interface Example {
  effects: number[];
  errors: number[];
  fixedMean: number;
  q: number;
  tau2DerSimonianLaird: number;
  tau2Reml: number;
}

function solve(effects: readonly number[], errors: readonly number[]): LearnedPriorResult {
  const result = learnPrior(effects.map((estimate, i) => ({ estimate, se: errors[i] ?? NaN })));
  if (!result.ok) throw new Error(result.detail);
  return result;
}

describe('learnPrior', () => {
  const { learned } = readFixture<{ learned: Example[] }>('bayes.json');

  it.each(learned)('agrees with the witness for $effects', (example) => {
    const result = solve(example.effects, example.errors);
    expect(result.k).toBe(example.effects.length);
    expect(result.fixedMean / example.fixedMean).toBeCloseTo(1, 11);
    expect(result.q / example.q).toBeCloseTo(1, 10);
    for (const key of ['tau2DerSimonianLaird', 'tau2Reml'] as const) {
      if (example[key] === 0) expect(result[key]).toBe(0);
      else expect(result[key] / example[key]).toBeCloseTo(1, 9);
    }
  });

  const design = readSharedDesigns<
    { effects: number[]; standardErrors: number[] },
    Omit<Example, 'effects' | 'errors'>
  >('tau2-1');
  (design === null ? it.skip : it)('reproduces the shared example', () => {
    if (design === null) throw new Error('the shared examples are gone');
    const { input, expected } = design;
    const result = solve(input.effects, input.standardErrors);
    expect(result.fixedMean / expected.fixedMean).toBeCloseTo(1, 9);
    expect(result.q / expected.q).toBeCloseTo(1, 9);
    expect(result.tau2DerSimonianLaird / expected.tau2DerSimonianLaird).toBeCloseTo(1, 9);
    expect(Math.abs(result.tau2Reml / expected.tau2Reml - 1)).toBeLessThan(1e-3);
  });

  it('finds no spread where the estimates differ less than their noise', () => {
    expect(solve([1, 1, 1], [0.1, 0.2, 0.3])).toMatchObject({
      q: 0,
      tau2DerSimonianLaird: 0,
      tau2Reml: 0,
    });
  });

  it('moves with the unit and not with the origin', () => {
    const effects = [0.3, -0.1, 0.8, 0.2, -0.6, 0.5];
    const errors = [0.1, 0.2, 0.15, 0.3, 0.1, 0.25];
    const one = solve(effects, errors);
    const moved = solve(
      effects.map((effect) => 100 * effect + 7),
      errors.map((error) => 100 * error),
    );
    expect(moved.tau2Reml / one.tau2Reml).toBeCloseTo(1e4, 4);
    expect(moved.tau2DerSimonianLaird / one.tau2DerSimonianLaird).toBeCloseTo(1e4, 4);
    expect(moved.q / one.q).toBeCloseTo(1, 10);
  });

  it('asks for two experiments, and for ten before the prior counts as learned', () => {
    expect(learnPrior([])).toMatchObject({ ok: false, reason: 'too-few' });
    expect(learnPrior([{ estimate: 1, se: 1 }])).toMatchObject({ ok: false, reason: 'too-few' });
    expect(LEARNED_PRIOR_EXPERIMENTS_MIN).toBe(10);
  });

  it.each([
    ['a NaN estimate', { estimate: NaN, se: 1 }, 'bad-input'],
    ['a negative standard error', { estimate: 1, se: -1 }, 'bad-input'],
    ['a standard error of 0', { estimate: 1, se: 0 }, 'no-variance'],
    ['values past double range', { estimate: 1e300, se: 1e-300 }, 'bad-input'],
  ])('answers with a reason for %s', (_name, bad, reason) => {
    expect(learnPrior([{ estimate: 1, se: 1 }, bad])).toMatchObject({ ok: false, reason });
  });
});
