import fc from 'fast-check';

import { readFixture, readSharedDesigns } from '../../../test/fixtures/stats/read-golden.js';
import { mannWhitney } from './mann-whitney.js';

interface RankExample {
  treatment: number[];
  control: number[];
  u: number;
  p: number;
}

function solve(treatment: readonly number[], control: readonly number[]) {
  const result = mannWhitney({ treatment, control });
  if (!result.ok) throw new Error(result.detail);
  return result;
}

describe('mannWhitney', () => {
  it.each(readFixture<{ ranks: RankExample[] }>('rows.json').ranks)(
    'agrees with SciPy: U = $u, p = $p',
    ({ treatment, control, u, p }) => {
      const result = solve(treatment, control);
      expect(result.u).toBe(u);
      expect(result.pValue / p).toBeCloseTo(1, 9);
      expect(result.shareHigher).toBeCloseTo(u / (treatment.length * control.length), 12);
    },
  );

  it('reproduces the worked example', () => {
    const example = readSharedDesigns<
      { rows: number[][] },
      { mannWhitney: { u: number; pContinuityCorrected: number } }
    >('rows-1');
    if (example === null) return;
    const valuesOf = (arm: number): number[] =>
      example.input.rows.filter((row) => row[0] === arm).map((row) => row[1] ?? NaN);
    const result = solve(valuesOf(1), valuesOf(0));
    expect(result.u).toBe(example.expected.mannWhitney.u);
    expect(result.pValue / example.expected.mannWhitney.pContinuityCorrected).toBeCloseTo(1, 9);
  });

  it('sees only ranks, ignores row order, and swaps with the arms', () => {
    const arm = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(arm, arm, (treatment, control) => {
        fc.pre(new Set([...treatment, ...control]).size > 1);
        const one = solve(treatment, control);
        expect(
          solve(
            [...treatment].reverse(),
            [...control].sort((a, b) => a - b),
          ),
        ).toEqual(one);
        const stretched = (values: number[]): number[] => values.map((value) => value ** 3 + 7);
        expect(solve(stretched(treatment), stretched(control))).toEqual(one);
        const swapped = solve(control, treatment);
        expect(swapped.u).toBe(treatment.length * control.length - one.u);
        expect(swapped.statistic).toBeCloseTo(-one.statistic, 12);
        expect(swapped.log10p).toBeCloseTo(one.log10p, 12);
        expect(one.pValue).toBeLessThanOrEqual(1);
      }),
      { seed: 13 },
    );
  });

  it.each<[string, number[], number[], string]>([
    ['an empty arm', [], [1], 'empty-arm'],
    ['values that are all equal', [2, 2], [2, 2, 2], 'no-variance'],
    ['a value that is NaN', [2, NaN], [1, 2], 'bad-input'],
    ['an infinite value', [2, 3], [-Infinity, 2], 'bad-input'],
  ])('answers with a reason for %s', (_name, treatment, control, reason) => {
    expect(mannWhitney({ treatment, control })).toMatchObject({ ok: false, reason });
  });
});
