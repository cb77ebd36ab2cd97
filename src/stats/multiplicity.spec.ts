import fc from 'fast-check';

import { readFixture, readSharedDesigns } from '../../test/fixtures/stats/read-golden.js';
import { benjaminiHochberg, benjaminiYekutieli, bonferroni, holm, hommel } from './multiplicity.js';

const methods = { bonferroni, holm, hommel, benjaminiHochberg, benjaminiYekutieli };
type Method = keyof typeof methods;
const names = Object.keys(methods) as Method[];

function expectEach(values: readonly number[], expected: readonly number[]): void {
  expect(values).toHaveLength(expected.length);
  values.forEach((value, i) => {
    const wanted = expected[i] ?? NaN;
    expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1e-13 * Math.abs(wanted));
  });
}

describe('adjusted p-values', () => {
  const { cases } = readFixture<{ cases: ({ p: number[] } & Record<Method, number[]>)[] }>(
    'multiplicity.json',
  );

  it.each(names)('%s agrees with its definition, walked through case by case', (name) => {
    expect(cases.length).toBeGreaterThan(15);
    for (const example of cases) expectEach(methods[name](example.p), example[name]);
  });

  it('the fifteen p-values of Benjamini and Hochberg 1995 reject 4, and 3 with the others', () => {
    const published = cases.find(({ p }) => p.length === 15)?.p ?? [];
    const rejected = (name: Method): number =>
      methods[name](published).filter((p) => p <= 0.05).length;
    expect(rejected('benjaminiHochberg')).toBe(4);
    expect(rejected('bonferroni')).toBe(3);
    expect(rejected('holm')).toBe(3);
    expect(rejected('hommel')).toBe(3);
  });

  const design = readSharedDesigns<{ p: number[] }, Record<string, number[]>>('adjust-six');
  (design === null ? it.skip : it)('reproduces the shared example with a tie', () => {
    if (design === null) throw new Error('the shared examples are gone');
    const { input, expected } = design;
    expectEach(bonferroni(input.p), expected['adjustedBonferroni'] ?? []);
    expectEach(holm(input.p), expected['adjustedHolm'] ?? []);
    expectEach(hommel(input.p), expected['adjustedHommel'] ?? []);
    expectEach(benjaminiHochberg(input.p), expected['adjustedBh'] ?? []);
    expectEach(benjaminiYekutieli(input.p), expected['adjustedBy'] ?? []);
  });

  it('the documented example', () => {
    expectEach(holm([0.012, 0.001, 0.03]), [0.024, 0.003, 0.03]);
  });

  it.each(names)('%s of nothing is nothing, of one is itself', (name) => {
    expect(methods[name]([])).toEqual([]);
    expect(methods[name]([0.3])).toEqual([0.3]);
    expect(methods[name]([1, 1])).toEqual([1, 1]);
  });

  it.each(names)('%s refuses what is no p-value', (name) => {
    for (const bad of [NaN, -0.01, 1.01, Infinity]) {
      expect(() => methods[name]([0.5, bad])).toThrow(RangeError);
    }
  });

  it('never below the raw p, same order, same ties, whatever the order given', () => {
    const p = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(0, 1, 0.01, 0.02, 0.05),
    );
    fc.assert(
      fc.property(fc.array(p, { minLength: 1, maxLength: 12 }), (raw) => {
        for (const name of names) {
          const adjusted = methods[name](raw);
          raw.forEach((one, i) => {
            expect(adjusted[i]).toBeGreaterThanOrEqual(one);
            expect(adjusted[i]).toBeLessThanOrEqual(1);
            raw.forEach((other, j) => {
              if (one <= other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] ?? NaN);
            });
          });
          expect(methods[name](raw.toReversed())).toEqual(adjusted.toReversed());
        }
        const [h, hl, b, bh, by] = [
          holm,
          hommel,
          bonferroni,
          benjaminiHochberg,
          benjaminiYekutieli,
        ].map((method) => method(raw));
        const roof = 1 + 1e-12;
        raw.forEach((_one, i) => {
          expect(hl?.[i]).toBeLessThanOrEqual((h?.[i] ?? NaN) * roof);
          expect(h?.[i]).toBeLessThanOrEqual((b?.[i] ?? NaN) * roof);
          expect(bh?.[i]).toBeLessThanOrEqual((hl?.[i] ?? NaN) * roof);
          expect(bh?.[i]).toBeLessThanOrEqual((by?.[i] ?? NaN) * roof);
        });
      }),
      { seed: 23 },
    );
  });
});
