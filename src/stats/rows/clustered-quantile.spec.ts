import { orderProbabilities, quantileSummary } from './clustered-quantile.js';

const Z = 1.96;
const sums = { quantile: 0.5, z: Z, rows: 100, units: 100, squares: 25 };

describe('the precision of a quantile from sums', () => {
  it('with a row per unit is that of independent rows, but for the divisor n - 1', () => {
    const around = orderProbabilities('a', sums);
    const reach = Z * Math.sqrt(25 / 99 / 100);
    expect(around).toEqual({ ok: true, low: 0.5 - reach, high: 0.5 + reach });
  });

  it('is a summary whose variance over n is the squared error', () => {
    const arm = { ...sums, units: 50, estimate: 7, lower: 6, upper: 8 };
    const summary = quantileSummary('a', arm);
    expect(summary).toEqual({ n: 50, mean: 7, variance: (2 / (2 * Z)) ** 2 * 50 });
  });

  it.each([
    ['no rows', { rows: 0, units: 0, squares: 0 }, 'empty-arm'],
    ['rows of one unit', { units: 1, squares: 0 }, 'too-few'],
    ['too few rows beyond it', { rows: 3, units: 3, squares: 0.75 }, 'too-few'],
    ['order statistics that nobody read', {}, 'bad-input'],
  ])('refuses %s', (_name, changes, reason) => {
    const arm = { ...sums, ...changes, estimate: null, lower: null, upper: null };
    expect(quantileSummary('a', arm)).toMatchObject({ ok: false, reason });
  });

  it.each([
    [{ quantile: 1 }, 'quantile'],
    [{ z: 0 }, 'z'],
  ])('throws for %j', (changes, name) => {
    expect(() => orderProbabilities('a', { ...sums, ...changes })).toThrow(name);
  });
});
