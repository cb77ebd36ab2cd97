import fc from 'fast-check';

import { readFixture } from '../../../test/fixtures/stats/read-golden.js';
import { normal } from '../distributions.js';
import { crossingProbabilities } from './crossing.js';

interface CrossingCase {
  upper: number[];
  lower: number[] | null;
  information: number[];
  drift: number;
  upperChance: number[];
  lowerChance: number[];
}

const { crossing } = readFixture<{ crossing: CrossingCase[] }>('group-sequential.json');

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe('crossingProbabilities', () => {
  it.each(crossing)(
    'equals Simpson and the multivariate normal: $upper, drift $drift',
    (example) => {
      const { lower, upperChance, lowerChance, ...rest } = example;
      const found = crossingProbabilities({ ...rest, ...(lower === null ? {} : { lower }) });
      upperChance.forEach((chance, k) => {
        expect(Math.abs((found.upper[k] ?? NaN) - chance)).toBeLessThan(1e-9);
        expect(Math.abs((found.lower[k] ?? NaN) - (lowerChance[k] ?? NaN))).toBeLessThan(1e-9);
      });
    },
  );

  it('stops everything at the last look when its bounds meet', () => {
    const drifts = fc.double({ min: -60, max: 60, noNaN: true });
    fc.assert(
      fc.property(drifts, (drift) => {
        const { upper, lower } = crossingProbabilities({
          upper: [3, 2.5, 2],
          lower: [-1, 0.5, 2],
          information: [0.3, 0.6, 1],
          drift,
        });
        expect(sum(upper) + sum(lower)).toBeCloseTo(1, 11);
      }),
      { seed: 45 },
    );
  });

  it('turned upside down, upper and lower change places', () => {
    const upper = [2.9, 2.4, 2.1];
    const lower = [-2.2, -0.3, 1.4];
    const information = [0.2, 0.7, 1];
    const up = crossingProbabilities({ upper, lower, information, drift: 1.7 });
    const down = crossingProbabilities({
      upper: lower.map((z) => -z),
      lower: upper.map((z) => -z),
      information,
      drift: -1.7,
    });
    up.upper.forEach((chance, k) => {
      expect(down.lower[k]).toBeCloseTo(chance, 13);
      expect(down.upper[k]).toBeCloseTo(up.lower[k] ?? NaN, 13);
    });
  });

  it('a look that never stops changes nothing', () => {
    const plain = crossingProbabilities({ upper: [2.5, 2], information: [0.5, 1], drift: 2 });
    const padded = crossingProbabilities({
      upper: [Infinity, 2.5, Infinity, 2],
      information: [0.2, 0.5, 0.9, 1],
      drift: 2,
    });
    expect([padded.upper[0], padded.upper[2]]).toEqual([0, 0]);
    expect(padded.upper[1]).toBeCloseTo(plain.upper[0] ?? NaN, 10);
    expect(padded.upper[3]).toBeCloseTo(plain.upper[1] ?? NaN, 10);
  });

  it('the first look is the plain normal tail, however far out', () => {
    const { upper } = crossingProbabilities({ upper: [12, 11], information: [0.5, 1], drift: 0 });
    expect((upper[0] ?? NaN) / normal.survival(12)).toBeCloseTo(1, 12);
  });

  it('a futility bound never raises the type I error', () => {
    const bounds = fc.array(fc.double({ min: -3, max: 2, noNaN: true }), {
      minLength: 3,
      maxLength: 3,
    });
    const upper = [3.2, 2.6, 2.3, 2.05];
    const information = [0.25, 0.5, 0.75, 1];
    const error = sum(crossingProbabilities({ upper, information, drift: 0 }).upper);
    fc.assert(
      fc.property(bounds, (futility) => {
        const lower = [...futility, -Infinity];
        const stopped = crossingProbabilities({ upper, lower, information, drift: 0 });
        expect(sum(stopped.upper)).toBeLessThanOrEqual(error + 1e-12);
      }),
      { seed: 46 },
    );
  });

  it('the error of a symmetric two-sided design is twice that of one side, within 5e-7', () => {
    const upper = [4.8768849, 3.3570119, 2.6802801, 2.2898168, 2.0310321];
    const lower = upper.map((z) => -z);
    const information = [0.2, 0.4, 0.6, 0.8, 1];
    const both = crossingProbabilities({ upper, lower, information, drift: 0 });
    expect(Math.abs(sum(both.upper) + sum(both.lower) - 0.05)).toBeLessThan(5e-7);
  });

  it('refuses lists that do not fit', () => {
    const run =
      (upper: number[], lower: number[], information: number[], drift = 0) =>
      () =>
        crossingProbabilities({ upper, lower, information, drift });
    expect(run([2], [-2], [0.5, 1])).toThrow(RangeError);
    expect(run([2, 2], [-2], [0.5, 1])).toThrow(RangeError);
    expect(run([2, NaN], [-2, -2], [0.5, 1])).toThrow(RangeError);
    expect(run([2, 2], [-2, -2], [1, 0.5])).toThrow(RangeError);
    expect(run([2, 2], [-2, -2], [0.5, 1], NaN)).toThrow(RangeError);
  });
});
