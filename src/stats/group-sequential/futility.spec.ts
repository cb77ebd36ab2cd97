import { readFixture } from '../../../test/fixtures/stats/read-golden.js';
import { efficacyBounds } from './bounds.js';
import { crossingProbabilities } from './crossing.js';
import { futilityBounds } from './futility.js';
import { sizeOfDesign } from './power.js';
import { type Spending } from './spending.js';

interface FutilityCase {
  criticalZ: number[];
  fractions: number[];
  spending: Spending;
  beta: number;
  futilityZ: number[];
  drift: number;
}

const { futility } = readFixture<{ futility: FutilityCase[] }>('group-sequential.json');
const OBF: Spending = { kind: 'obrien_fleming' };
const thirds = [1 / 3, 2 / 3, 1];
const { criticalZ } = efficacyBounds({ spending: OBF, alphaOneSided: 0.025, fractions: thirds });

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe('futilityBounds', () => {
  it.each(futility)('equals the Simpson recursion: $spending, beta $beta', (example) => {
    const found = futilityBounds(example);
    expect(Math.abs(found.drift - example.drift)).toBeLessThan(1e-8);
    example.futilityZ.forEach((z, k) => {
      expect(Math.abs((found.futilityZ[k] ?? NaN) - z)).toBeLessThan(1e-7);
    });
  });

  it('has the values of rpact for three looks', () => {
    const { futilityZ, drift } = futilityBounds({
      criticalZ,
      fractions: thirds,
      spending: OBF,
      beta: 0.2,
    });
    expect(futilityZ).toHaveLength(2);
    expect(Math.abs((futilityZ[0] ?? NaN) + 0.23614461)).toBeLessThan(1e-5);
    expect(Math.abs((futilityZ[1] ?? NaN) - 1.17037203)).toBeLessThan(1e-5);
    expect(drift ** 2 / 8.6677849321).toBeCloseTo(1, 6);
    const size = sizeOfDesign({
      criticalZ,
      fractions: thirds,
      futilityZ,
      sides: 1,
      alphaOneSided: 0.025,
      power: 0.8,
    });
    expect(size.inflationFactor / 1.1043340229).toBeCloseTo(1, 6);
    expect(size.drift).toBeCloseTo(drift, 8);
  });

  it('misses an effect of the planned size with chance beta, and lowers the type I error', () => {
    const { futilityZ, drift } = futilityBounds({
      criticalZ,
      fractions: thirds,
      spending: { kind: 'pocock' },
      beta: 0.1,
    });
    const lower = [...futilityZ, criticalZ[2] ?? NaN];
    const planned = crossingProbabilities({ upper: criticalZ, lower, information: thirds, drift });
    expect(sum(planned.lower)).toBeCloseTo(0.1, 9);
    expect(sum(planned.upper)).toBeCloseTo(0.9, 9);
    const none = crossingProbabilities({ upper: criticalZ, lower, information: thirds, drift: 0 });
    expect(sum(none.upper)).toBeLessThan(0.025);
  });

  it('spends nothing where beta is not worth a bound, and takes a single look', () => {
    const early = futilityBounds({
      criticalZ: [20, 2.0],
      fractions: [0.01, 1],
      spending: OBF,
      beta: 0.2,
    });
    expect(early.futilityZ).toEqual([-Infinity]);
    const single = futilityBounds({ criticalZ: [1.96], fractions: [1], spending: OBF, beta: 0.2 });
    expect(single.futilityZ).toEqual([]);
    expect(single.drift).toBeCloseTo(1.96 + 0.8416212335729143, 9);
  });

  it('refuses a schedule that leaves beta unspent, or lists that do not fit', () => {
    const run =
      (bounds: number[], fractions: number[], beta = 0.2) =>
      () =>
        futilityBounds({ criticalZ: bounds, fractions, spending: OBF, beta });
    expect(run([3, 2], [0.5, 0.9])).toThrow(RangeError);
    expect(run([3, 2, 2], [0.5, 1])).toThrow(RangeError);
    expect(run([3, 2], [0.5, 1], 0)).toThrow(RangeError);
  });
});
