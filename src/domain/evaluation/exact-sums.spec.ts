import { Invalid } from '../errors.js';
import {
  centred,
  centredProduct,
  exactFrom,
  minus,
  plus,
  times,
  toDouble,
  ZERO,
} from './exact-sums.js';

const sums = (values: readonly string[]) => {
  const exact = values.map(exactFrom);
  const total = (power: number) =>
    exact
      .map((value) => Array.from({ length: power }, () => value).reduce(times))
      .reduce(plus, ZERO);
  return { n: BigInt(values.length), first: total(1), second: total(2), third: total(3) };
};

describe('exact decimals', () => {
  it.each([
    ['0', 0],
    ['-12', -12],
    ['0.10', 0.1],
    ['1180591620717411303424', 2 ** 70],
    ['-0.000001', -0.000001],
  ])('%s is the double %d', (text, number) => {
    expect(toDouble(exactFrom(text))).toBe(number);
  });

  it('moves the point without another rounding', () => {
    expect(toDouble(exactFrom('1005'), 2)).toBe(10.05);
  });

  it('adds, takes away and multiplies digits of any scale', () => {
    const [tenth, fifth] = [exactFrom('0.1'), exactFrom('0.20')];
    expect(toDouble(plus(tenth, fifth))).toBe(0.3);
    expect(toDouble(minus(fifth, tenth))).toBe(0.1);
    expect(toDouble(times(tenth, fifth))).toBe(0.02);
  });

  it.each(['', 'NaN', '1e5', 'Infinity', '1.', '0x1'])('refuses %j', (text) => {
    expect(() => exactFrom(text)).toThrow(RangeError);
  });

  it('names a sum that no double holds', () => {
    expect(() => toDouble(exactFrom(`1${'0'.repeat(309)}`))).toThrow(Invalid);
  });
});

describe('moments of exact sums', () => {
  it.each<[string, string[], number, number, number]>([
    ['nobody', [], 0, 0, 0],
    ['one', ['7'], 7, 0, 0],
    // Deviations -2, -1, 0, 3 from the mean 3.
    ['four', ['1', '2', '3', '6'], 3, 14, 18],
    // Raw sums of squares in double precision would leave nothing of this variance.
    ['a small spread around a billion', ['999999990', '1000000000', '1000000010'], 1e9, 200, 0],
    ['decimals', ['0.1', '0.2', '0.3'], 0.2, 0.02, 0],
  ])('%s', (_, values, mean, squares, cubes) => {
    expect(centred(sums(values), 0)).toEqual({ mean, squares, cubes });
  });

  it('puts minor units into major ones', () => {
    expect(centred(sums(['100', '300']), 2)).toEqual({ mean: 2, squares: 2, cubes: 0 });
  });

  it('centres products', () => {
    // (1, 2), (3, 8): deviations -1, -3 and 1, 3.
    const of = { product: exactFrom('26'), one: exactFrom('4'), other: exactFrom('10') };
    expect(centredProduct({ n: 2n, ...of }, 0)).toBe(6);
    expect(centredProduct({ n: 2n, ...of }, 2)).toBe(0.06);
    expect(centredProduct({ n: 0n, product: ZERO, one: ZERO, other: ZERO }, 0)).toBe(0);
  });
});
