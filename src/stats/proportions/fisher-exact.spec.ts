import fc from 'fast-check';

import { readFixture, readSharedDesigns } from '../../../test/fixtures/stats/read-golden.js';
import type { Conversions } from '../beta-binomial.js';
import { fisherExact, type FisherExact } from './fisher-exact.js';

interface FisherCase {
  treatment: Conversions;
  control: Conversions;
  p: number;
  midP: number;
  log10p: number;
  log10MidP: number;
}

const golden = readFixture<{
  fisher: FisherCase[];
  fisherFar: Omit<FisherCase, 'p' | 'midP'>[];
}>('proportions.json');

function fisher(treatment: Conversions, control: Conversions): FisherExact {
  const result = fisherExact({ treatment, control });
  if (!result.ok) throw new Error(result.detail);
  return result;
}

describe('fisherExact', () => {
  it.each(golden.fisher)(
    '$treatment.successes/$treatment.n against $control.successes/$control.n: relative 1e-11',
    (row) => {
      const result = fisher(row.treatment, row.control);
      expect(Math.abs(result.pValue / row.p - 1)).toBeLessThan(1e-11);
      expect(Math.abs(result.midP.pValue / row.midP - 1)).toBeLessThan(1e-11);
      expect(result.log10p).toBeCloseTo(row.log10p, 10);
      expect(result.midP.log10p).toBeCloseTo(row.log10MidP, 10);
    },
  );

  it.each(golden.fisherFar)(
    'far below the smallest double: $treatment.successes/$treatment.n',
    (row) => {
      const result = fisher(row.treatment, row.control);
      expect(result).toMatchObject({ pValue: 1e-300, pValueIsBound: true });
      expect(result.midP).toMatchObject({ pValue: 1e-300, pValueIsBound: true });
      expect(Math.abs(result.log10p / row.log10p - 1)).toBeLessThan(1e-13);
      expect(Math.abs(result.midP.log10p / row.log10MidP - 1)).toBeLessThan(1e-13);
    },
  );

  it.each(['prop-3-12', 'prop-10-1', 'prop-0-12', 'prop-560-620'])('agrees with %s', (id) => {
    const entry = readSharedDesigns<
      Record<'treatment' | 'control', { x: number; n: number }>,
      { fisherP: number; fisherMidP: number }
    >(id);
    if (entry === null) return;
    const { treatment, control } = entry.input;
    const result = fisher(
      { successes: treatment.x, n: treatment.n },
      { successes: control.x, n: control.n },
    );
    expect(Math.abs(result.pValue / entry.expected.fisherP - 1)).toBeLessThan(1e-8);
    expect(Math.abs(result.midP.pValue / entry.expected.fisherMidP - 1)).toBeLessThan(1e-8);
  });

  it('is the sum over all tables, in both orders of arms and for both outcomes', () => {
    const arm = fc
      .integer({ min: 1, max: 40 })
      .chain((n) => fc.record({ successes: fc.integer({ min: 0, max: n }), n: fc.constant(n) }));
    fc.assert(
      fc.property(arm, arm, (treatment, control) => {
        const converted = treatment.successes + control.successes;
        fc.pre(converted > 0 && converted < treatment.n + control.n);
        const expected = sumOfAllTables(treatment, control);
        for (const result of [
          fisher(treatment, control),
          fisher(control, treatment),
          fisher(failures(treatment), failures(control)),
        ]) {
          expect(Math.abs(result.pValue / expected.p - 1)).toBeLessThan(1e-11);
          expect(Math.abs(result.midP.pValue / expected.midP - 1)).toBeLessThan(1e-11);
        }
      }),
      { seed: 3, numRuns: 400 },
    );
  });

  it.each([
    ['nobody converted', 0, 4, 0, 5, 'no-variance'],
    ['everybody converted', 4, 4, 5, 5, 'no-variance'],
    ['an empty arm', 1, 4, 0, 0, 'empty-arm'],
    ['half a conversion', 1.5, 4, 1, 5, 'bad-input'],
  ])('answers with a reason when %s', (_name, x1, n1, x0, n0, reason) => {
    const input = { treatment: { successes: x1, n: n1 }, control: { successes: x0, n: n0 } };
    expect(fisherExact(input)).toMatchObject({ ok: false, reason });
  });
});

function failures({ successes, n }: Conversions): Conversions {
  return { successes: n - successes, n };
}

/** Counts tables in whole numbers, so that equally likely tables are exactly equal. */
function sumOfAllTables(treatment: Conversions, control: Conversions): { p: number; midP: number } {
  const converted = treatment.successes + control.successes;
  const ways = (k: number): bigint => choose(treatment.n, k) * choose(control.n, converted - k);
  const seen = ways(treatment.successes);
  let both = 0n;
  for (let k = 0; k <= converted; k += 1) if (ways(k) <= seen) both += ways(k);
  const all = Number(choose(treatment.n + control.n, converted));
  return { p: Number(both) / all, midP: Number(2n * both - seen) / (2 * all) };
}

function choose(n: number, k: number): bigint {
  if (k > n) return 0n;
  let product = 1n;
  for (let i = 1; i <= k; i += 1) product = (product * BigInt(n - i + 1)) / BigInt(i);
  return product;
}
