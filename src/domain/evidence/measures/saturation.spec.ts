import { readFixture } from '../../../../test/fixtures/stats/read-golden.js';
import { saturatedAfter } from './guest-saturation.js';
import {
  type CodedInterview,
  measureSaturation,
  type Saturation,
  type SaturationLevel,
  type SaturationRule,
} from './saturation.js';
import { forSeededOrders } from './seeded-orders.js';

interface WitnessLevel {
  codes: number;
  singletonShare: number;
  rules: { run: number; threshold: number; after: number | null; shares: Record<string, number> }[];
  found: number[];
  expected: number[];
  expectedNew: number;
}

const { cases } = readFixture<{
  cases: {
    name: string;
    interviews: string[][];
    parents: Record<string, string>;
    fine: WitnessLevel;
    oneLevelUp: WitnessLevel;
  }[];
}>('saturation.json', 'evidence');

function interviewsOf(codes: readonly (readonly string[])[], words = 3000): CodedInterview[] {
  return codes.map((some, at) => ({
    id: `i-${String(at).padStart(3, '0')}`,
    endedAt: new Date(Date.UTC(2026, 0, at + 1)),
    codes: some,
    words,
  }));
}

function measured(
  codes: readonly (readonly string[])[],
  more: Partial<Parameters<typeof measureSaturation>[0]> = {},
): Saturation {
  const result = measureSaturation({ interviews: interviewsOf(codes), seed: 1, ...more });
  if (!result.ok) throw new Error(result.detail);
  return result;
}

/** Whether a percentile of 4,000 drawn orders is one that the exact shares allow. */
function expectPercentile(
  value: number | null,
  share: number,
  exact: Record<string, number>,
): void {
  const reached = Object.entries(exact).filter(([after]) => after !== 'None');
  const total = reached.reduce((sum, [, one]) => sum + one, 0);
  if (value === null) {
    expect(total).toBeLessThan(0.002);
    return;
  }
  const upTo = (limit: number): number =>
    reached.reduce((sum, [after, one]) => (Number(after) <= limit ? sum + one : sum), 0) / total;
  const slack = 4 * Math.sqrt((share * (1 - share)) / (4000 * total));
  expect(upTo(value)).toBeGreaterThan(share - slack);
  expect(upTo(value - 1)).toBeLessThan(share + slack);
}

function expectRule(own: SaturationRule, rule: WitnessLevel['rules'][number]): void {
  const { run, threshold, after, shares } = rule;
  expect(own).toMatchObject({ run, threshold, after, judged: true });
  const never = shares['None'] ?? 0;
  const slack = 4 * Math.sqrt((never * (1 - never)) / 4000) + 1e-12;
  expect(Math.abs(own.orders.reachedShare - (1 - never))).toBeLessThanOrEqual(slack);
  expectPercentile(own.orders.p5, 0.05, shares);
  expectPercentile(own.orders.median, 0.5, shares);
  expectPercentile(own.orders.p95, 0.95, shares);
}

function expectLevel(level: SaturationLevel, witness: WitnessLevel): void {
  expect(level.codes).toBe(witness.codes);
  expect(level.singletonShare).toBeCloseTo(witness.singletonShare, 14);
  expect(level.expectedNew).toBeCloseTo(witness.expectedNew, 12);
  expect(level.discovery.map(({ found }) => found)).toEqual(witness.found);
  expect(level.discovery.map(({ interviews }) => interviews)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  for (const [at, point] of level.discovery.entries()) {
    expect(point.expected).toBeCloseTo(witness.expected[at]!, 11);
  }
  expect(level.rules).toHaveLength(4);
  expect(witness.rules).toHaveLength(4);
  for (const [at, rule] of level.rules.entries()) expectRule(rule, witness.rules[at]!);
}

describe('measureSaturation', () => {
  it.each(cases)('agrees with every order walked through: $name', (one) => {
    const parents = new Map(Object.entries(one.parents));
    const result = measured(one.interviews, { parents, orders: 4000 });
    expect(result.interviews).toBe(8);
    expectLevel(result.fine, one.fine);
    expectLevel(result.oneLevelUp!, one.oneLevelUp);
  });

  it('is the same for the same seed', () => {
    const codes = cases[0]?.interviews ?? [];
    expect(measured(codes, { seed: 9 })).toEqual(measured(codes, { seed: 9 }));
    expect(measured(codes, { seed: 9 }).fine.rules).not.toEqual(
      measured(codes, { seed: 10 }).fine.rules,
    );
  });

  it('reads interviews in the order they ended, whatever order they come in', () => {
    const interviews = interviewsOf(cases[1]?.interviews ?? []);
    const given = measureSaturation({ interviews, seed: 1 }) as Saturation;
    const reversed = measureSaturation({ interviews: interviews.toReversed(), seed: 1 });
    expect(reversed).toEqual(given);
  });

  it('orders interviews that ended together by their ids', () => {
    const together = interviewsOf(cases[0]?.interviews ?? []).map((one) => ({
      ...one,
      endedAt: new Date(Date.UTC(2026, 0, 1)),
    }));
    const reversed = measureSaturation({ interviews: together.toReversed(), seed: 1 });
    expect(reversed).toEqual(measured(cases[0]?.interviews ?? []));
  });

  it('takes as percentile the smallest value that so many orders do not exceed', () => {
    const { interviews } = cases[1]!;
    const reached: number[] = [];
    forSeededOrders({ size: 8, orders: 20, seed: 3 }, (order) => {
      const seen = new Set<string>();
      const newCodes = order.map((at) => {
        const before = seen.size;
        for (const code of interviews[at] ?? []) seen.add(code);
        return seen.size - before;
      });
      const after = saturatedAfter(newCodes, 2, 0.05);
      if (after !== null) reached.push(after);
    });
    const smallest = (share: number): number =>
      Math.min(
        ...reached.filter(
          (value) => reached.filter((one) => one <= value).length >= share * reached.length,
        ),
      );
    expect(new Set(reached).size).toBeGreaterThan(1);
    expect(measured(interviews, { seed: 3, orders: 20 }).fine.rules[0]?.orders).toEqual({
      reachedShare: reached.length / 20,
      median: smallest(0.5),
      p5: smallest(0.05),
      p95: smallest(0.95),
    });
  });

  it('counts a code once however often one interview has it', () => {
    const twice = (cases[2]?.interviews ?? []).map((codes) => [...codes, ...codes]);
    expect(measured(twice)).toEqual(measured(cases[2]?.interviews ?? []));
  });

  const few = (count: number): string[][] =>
    Array.from({ length: count }, () => ['price', 'trust', 'time']);

  it('cannot judge a run of three with six interviews', () => {
    const { rules } = measured(few(6)).fine;
    expect(rules.map(({ judged }) => judged)).toEqual([true, true, false, false]);
    expect(rules[2]).toMatchObject({
      after: null,
      orders: { reachedShare: 0, median: null, p5: null, p95: null },
    });
  });

  it.each([
    ['too few interviews', few(5), '5 coded interviews'],
    ['none', [], '0 coded interviews'],
    ['a base without codes', [...Array.from({ length: 4 }, () => []), ...few(4)], 'no code'],
  ])('answers %s with a reason', (_name, codes, words) => {
    const result = measureSaturation({ interviews: interviewsOf(codes), seed: 1 });
    expect(result).toMatchObject({ ok: false, reason: 'too-few' });
    expect((result as { detail: string }).detail).toContain(words);
  });

  it.each([
    ['stop when nothing new comes', few(6), {}, 'stop', '4+2 at 5%'],
    [
      'ask others when somebody is unheard',
      few(6),
      { unheard: ['stage trial', 'role initiator'] },
      'different people',
      'stage trial, role initiator',
    ],
    [
      'two more while new codes come',
      Array.from({ length: 8 }, (_, at) => [`own-${at}`, 'price']),
      { unheard: ['stage trial'] },
      '2 more',
      'still bring new codes',
    ],
  ])('advises to %s', (_name, codes, more, advice, words) => {
    const result = measured(codes, more);
    expect(result.advice).toBe(advice);
    expect(result.sentence).toContain(words);
  });

  it('does not advise to stop where later interviews are much shorter', () => {
    const withWords = (counts: readonly (number | null)[]): Saturation => {
      const interviews = interviewsOf(few(6)).map((one, at) => ({
        ...one,
        words: counts[at] ?? null,
      }));
      return measureSaturation({ interviews, seed: 1 }) as Saturation;
    };
    const shorter = withWords([3000, 2800, 3200, 1500, 1900, 1000]);
    expect(shorter.words).toEqual({ early: 3000, late: 1500, shortened: true });
    expect(shorter.advice).toBe('2 more');
    expect(withWords([3000, 2800, 3200, 2000, 2500, 1000])).toMatchObject({
      words: { late: 2000, shortened: false },
      advice: 'stop',
    });
    expect(withWords([3000, null, 3200, 1500, 1900, 1000]).words).toBeNull();
  });

  it('refuses a number of orders that is none', () => {
    const interviews = interviewsOf(few(6));
    expect(() => measureSaturation({ interviews, seed: 1, orders: 0 })).toThrow(RangeError);
  });
});
