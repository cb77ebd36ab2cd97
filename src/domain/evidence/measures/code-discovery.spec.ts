import fc from 'fast-check';
import { discoveryCurve, expectedNewCodes } from './code-discovery.js';

describe('discoveryCurve', () => {
  it('has both parts, by hand', () => {
    // Codes a, b and c: {a, b}, {a}, {c}.
    const curve = discoveryCurve([2, 0, 1], [2, 1, 1]);
    expect(curve.map(({ found }) => found)).toEqual([2, 2, 3]);
    const expected = [4 / 3, 1 + 2 / 3 + 2 / 3, 3];
    for (const [at, point] of curve.entries())
      expect(point.expected).toBeCloseTo(expected[at]!, 14);
  });

  it('ends at all codes in every order and never falls', () => {
    const holders = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(holders, (held) => {
        const newCodes = [held.length, ...Array.from({ length: 11 }, () => 0)];
        const curve = discoveryCurve(newCodes, held).map(({ expected }) => expected);
        expect(curve.at(-1)).toBeCloseTo(held.length, 12);
        for (const [at, value] of curve.entries()) {
          expect(value).toBeGreaterThanOrEqual((curve[at - 1] ?? 0) - 1e-12);
        }
      }),
    );
  });

  it('is empty without interviews', () => {
    expect(discoveryCurve([], [])).toEqual([]);
  });
});

describe('expectedNewCodes', () => {
  it.each([
    ['nothing was found only once', [2, 3, 4], 6, 0],
    ['there is nothing to go by', [], 0, 0],
    ['a single code was found once and none twice', [1, 3, 3], 6, 0],
    // Q1 = 4, Q2 = 2: Q0 = 5/6 * 16/4 = 10/3; per interview 4 / (20 + 4) = 1/6.
    ['four were found once and two twice', [1, 1, 1, 1, 2, 2], 6, (10 / 3) * (1 - 25 / 36)],
    // Q1 = 3, Q2 = 0: Q0 = 5/6 * 3; per interview 3 / (15 + 3) = 1/6.
    ['three were found once and none twice', [1, 1, 1], 6, 2.5 * (1 - 25 / 36)],
  ])('of two more when %s', (_name, holders, interviews, expected) => {
    expect(expectedNewCodes(holders, interviews, 2)).toBeCloseTo(expected, 14);
  });

  it('grows with every interview and never beyond what is unseen', () => {
    const holders = [1, 1, 1, 1, 2, 2, 5];
    const steps = [1, 2, 5, 1000].map((more) => expectedNewCodes(holders, 6, more));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps.at(-1)).toBeCloseTo(10 / 3, 10);
  });
});
