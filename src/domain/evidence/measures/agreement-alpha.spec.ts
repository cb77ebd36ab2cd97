import fc from 'fast-check';
import { readFixture } from '../../../../test/fixtures/stats/read-golden.js';
import { type AgreementAlpha, alphaLabel, krippendorffAlpha } from './agreement-alpha.js';

const { cases } = readFixture<{
  cases: { name: string; rows: (string | null)[][]; alpha: number; stated?: number }[];
}>('agreement.json', 'evidence');

const row = (text: string): (string | null)[] =>
  text.split(' ').map((value) => (value === '.' ? null : value));

function alphaOf(...rows: string[]): AgreementAlpha {
  const result = krippendorffAlpha(rows.map(row));
  if (!result.ok) throw new Error(result.detail);
  return result;
}

describe('krippendorffAlpha', () => {
  it.each(cases)('agrees with the coincidence matrix: $name', ({ rows, alpha, stated }) => {
    const result = krippendorffAlpha(rows) as AgreementAlpha;
    expect(result.alpha).toBeCloseTo(alpha, 13);
    if (stated !== undefined) expect(result.alpha).toBeCloseTo(stated, 3);
  });

  it.each([
    // Two readers, two items: values a a | b b. Do = 0.
    ['perfect agreement', ['a b', 'a b'], 1, 'firm'],
    // a b | b a: every comparison differs, De = 2 * 4 / 12 = 2/3, so 1 - 3/2.
    ['readers who always differ', ['a b', 'b a'], -0.5, 'weak'],
    // Values a 5, b 3 on four items, one item differs: Do = 2/8, De = 30/56.
    ['one of four differing', ['a a b b', 'a a b a'], 1 - (2 / 8) * (56 / 30), 'weak'],
  ])('of %s is what the definition gives by hand', (_name, rows, alpha, label) => {
    const result = alphaOf(...rows);
    expect(result.alpha).toBeCloseTo(alpha, 14);
    expect(result.label).toBe(label);
  });

  it('counts what it compared', () => {
    expect(alphaOf('a a b . .', 'a b b c .', '. . . . c')).toMatchObject({
      readers: 2,
      items: 3,
      values: 6,
    });
  });

  it('calls 0.80 firm and 0.667 tentative', () => {
    // Half of the 100 items are a and half b for both; the other ones differ evenly.
    const withDiffering = (differing: number): AgreementAlpha => {
      const one = Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? 'a' : 'b'));
      const other = one.map((value, at) => (at < differing ? (value === 'a' ? 'b' : 'a') : value));
      return krippendorffAlpha([one, other]) as AgreementAlpha;
    };
    expect(withDiffering(10)).toMatchObject({ label: 'firm' });
    expect(withDiffering(12)).toMatchObject({ label: 'tentative' });
    expect(withDiffering(16)).toMatchObject({ label: 'tentative' });
    expect(withDiffering(18)).toMatchObject({ label: 'weak' });
  });

  it.each([
    ['nobody judged anything', [], 'too-few'],
    ['there is one reader', ['a b c'], 'too-few'],
    ['no item was judged twice', ['a . b', '. c .'], 'too-few'],
    ['every judgement is the same', ['a a .', 'a a b'], 'no-variance'],
  ])('cannot be computed when %s', (_name, rows, reason) => {
    expect(krippendorffAlpha(rows.map(row))).toMatchObject({ ok: false, reason });
  });

  it('does not depend on the order of readers, of items, or on what values are called', () => {
    const value = fc.constantFrom('a', 'b', 'c', null);
    const table = fc.array(fc.array(value, { minLength: 6, maxLength: 6 }), {
      minLength: 2,
      maxLength: 4,
    });
    const alphaOr = (rows: (string | null)[][]): number | string => {
      const result = krippendorffAlpha(rows);
      return result.ok ? result.alpha : result.reason;
    };
    fc.assert(
      fc.property(table, (rows) => {
        const before = alphaOr(rows);
        const renamed = rows.map((one) => one.map((v) => (v === null ? null : `x${v}`)));
        for (const same of [rows.toReversed(), rows.map((one) => one.toReversed()), renamed]) {
          const after = alphaOr(same);
          if (typeof before === 'number') expect(after).toBeCloseTo(before, 12);
          else expect(after).toBe(before);
        }
        if (typeof before === 'number') expect(before).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('alphaLabel', () => {
  it.each([
    [1, 'firm'],
    [0.8, 'firm'],
    [0.799, 'tentative'],
    [0.667, 'tentative'],
    [0.666, 'weak'],
    [-0.5, 'weak'],
  ])('of %p is %s', (alpha, label) => {
    expect(alphaLabel(alpha)).toBe(label);
  });
});
