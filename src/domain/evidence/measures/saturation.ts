import { notComputed, type NotComputed } from '../../../stats/outcome.js';
import { discoveryCurve, type DiscoveryPoint, expectedNewCodes } from './code-discovery.js';
import {
  SATURATION_BASE,
  SATURATION_RUNS,
  SATURATION_THRESHOLDS,
  saturatedAfter,
  type SaturationRun,
  type SaturationThreshold,
} from './guest-saturation.js';
import { forSeededOrders } from './seeded-orders.js';

/** Enough for the 5th and 95th percentile to hold still from seed to seed. */
export const SATURATION_ORDERS = 2000;
/** What the advice looks ahead to. */
const MORE_INTERVIEWS = 2;
/** Late interviews with less than this share of the early ones' words may find less for that alone. */
export const SHORTENED_SHARE = 2 / 3;

export interface CodedInterview {
  id: string;
  endedAt: Date;
  /** Codes given to what was said, in any order; a repeated one counts once. */
  codes: readonly string[];
  /** Words of its participants; null where nobody counted them. */
  words: number | null;
}

export interface SaturationInput {
  interviews: readonly CodedInterview[];
  /** The code one level up; a code without one stands for itself. */
  parents?: ReadonlyMap<string, string>;
  /** Stages, roles or populations the study meant to hear and has not. */
  unheard?: readonly string[];
  /** The same seed gives the same orders. */
  seed: number;
  orders?: number;
}

/** One variant of the rule, in the order held and over random orders of the same interviews. */
export interface SaturationRule {
  run: SaturationRun;
  threshold: SaturationThreshold;
  /** False while there are too few interviews for one run after the base. */
  judged: boolean;
  /** Interviews before the run that confirmed; null when not reached. */
  after: number | null;
  orders: {
    /** Share of the orders that reached it. */
    reachedShare: number;
    /** Of those orders; null when none reached it. */
    median: number | null;
    p5: number | null;
    p95: number | null;
  };
}

export interface SaturationLevel {
  codes: number;
  /** Share of the codes that one interview alone has. */
  singletonShare: number;
  rules: readonly SaturationRule[];
  discovery: readonly DiscoveryPoint[];
  /** New codes that two more interviews of the same kind would bring. */
  expectedNew: number;
}

export const SATURATION_ADVICE = ['stop', '2 more', 'different people'] as const;
export type SaturationAdvice = (typeof SATURATION_ADVICE)[number];

export interface Saturation {
  ok: true;
  interviews: number;
  fine: SaturationLevel;
  /** The same with parent codes, because merging codes "reaches" saturation; null without parents. */
  oneLevelUp: SaturationLevel | null;
  /** Median words of the first and the last half; null where words are unknown. */
  words: { early: number; late: number; shortened: boolean } | null;
  advice: SaturationAdvice;
  sentence: string;
}

/**
 * Whether interviews still bring anything new, by Guest's rule in four variants, with what the order
 * of the interviews did to the answer. Shown, never a condition to pass: it depends on how fine the
 * codes are, and says nothing about people who were not asked.
 *
 * @throws RangeError when `orders` is not a whole number above 0.
 */
export function measureSaturation(input: SaturationInput): Saturation | NotComputed {
  const orders = input.orders ?? SATURATION_ORDERS;
  if (!Number.isInteger(orders) || orders < 1) throw new RangeError('orders must be at least 1');
  const interviews = input.interviews.toSorted(
    (a, b) => a.endedAt.getTime() - b.endedAt.getTime() || (a.id < b.id ? -1 : 1),
  );
  const needed = SATURATION_BASE + SATURATION_RUNS[0];
  if (interviews.length < needed) {
    return notComputed(
      'too-few',
      `${interviews.length} coded interviews; the rule needs ${SATURATION_BASE} as a base and ` +
        `${SATURATION_RUNS[0]} to look for anything new.`,
    );
  }
  if (interviews.slice(0, SATURATION_BASE).every(({ codes }) => codes.length === 0)) {
    return notComputed(
      'too-few',
      `The first ${SATURATION_BASE} interviews have no code, so there is no base to measure against.`,
    );
  }
  const chance = { orders, seed: input.seed };
  const { parents } = input;
  const fine = measureLevel(
    interviews.map(({ codes }) => codes),
    chance,
  );
  const oneLevelUp = parents
    ? measureLevel(
        interviews.map(({ codes }) => codes.map((code) => parents.get(code) ?? code)),
        chance,
      )
    : null;
  const words = compareHalves(interviews.map((one) => one.words));
  const unheard = input.unheard ?? [];
  return {
    ok: true,
    interviews: interviews.length,
    fine,
    oneLevelUp,
    words,
    ...advise(fine, words?.shortened ?? false, unheard),
  };
}

function measureLevel(
  codesOf: readonly (readonly string[])[],
  chance: { orders: number; seed: number },
): SaturationLevel {
  const numbers = new Map<string, number>();
  const holders: number[] = [];
  const numbered = codesOf.map((codes) =>
    [...new Set(codes)].map((code) => {
      const number = numbers.get(code) ?? numbers.size;
      numbers.set(code, number);
      holders[number] = (holders[number] ?? 0) + 1;
      return number;
    }),
  );
  const size = numbered.length;
  const held = firstFinds(numbered, [...numbered.keys()], holders.length);
  const variants = SATURATION_RUNS.flatMap((run) =>
    SATURATION_THRESHOLDS.map((threshold) => ({ run, threshold, reached: [] as number[] })),
  );
  forSeededOrders({ size, ...chance }, (order) => {
    const newCodes = firstFinds(numbered, order, holders.length);
    for (const { run, threshold, reached } of variants) {
      const after = saturatedAfter(newCodes, run, threshold);
      if (after !== null) reached.push(after);
    }
  });
  return {
    codes: holders.length,
    singletonShare: holders.filter((count) => count === 1).length / holders.length,
    rules: variants.map(({ run, threshold, reached }) => ({
      run,
      threshold,
      judged: size >= SATURATION_BASE + run,
      after: saturatedAfter(held, run, threshold),
      orders: summarise(reached, chance.orders),
    })),
    discovery: discoveryCurve(held, holders),
    expectedNew: expectedNewCodes(holders, size, MORE_INTERVIEWS),
  };
}

/** How many codes each interview of an order is the first to have. */
function firstFinds(
  numbered: readonly (readonly number[])[],
  order: readonly number[],
  codes: number,
): number[] {
  const seen = new Uint8Array(codes);
  return order.map((at) => {
    let found = 0;
    for (const code of numbered[at] ?? []) {
      if (seen[code] === 1) continue;
      seen[code] = 1;
      found += 1;
    }
    return found;
  });
}

function summarise(reached: number[], orders: number): SaturationRule['orders'] {
  reached.sort((a, b) => a - b);
  return {
    reachedShare: reached.length / orders,
    median: atRank(reached, 0.5),
    p5: atRank(reached, 0.05),
    p95: atRank(reached, 0.95),
  };
}

/** The smallest value that at least this share of the values does not exceed. */
function atRank(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

function compareHalves(words: readonly (number | null)[]): Saturation['words'] {
  const known = words.filter((count) => count !== null);
  if (known.length < words.length) return null;
  const half = Math.floor(known.length / 2);
  const early = medianOf(known.slice(0, half));
  const late = medianOf(known.slice(-half));
  return { early, late, shortened: late < SHORTENED_SHARE * early };
}

function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

/** Guest's common variant decides: two more confirm, with at most 5% new. */
function advise(
  level: SaturationLevel,
  shortened: boolean,
  unheard: readonly string[],
): Pick<Saturation, 'advice' | 'sentence'> {
  const after = level.rules.find(({ run, threshold }) => run === 2 && threshold === 0.05)?.after;
  const expected = level.expectedNew.toFixed(1);
  if (after === null || after === undefined) {
    const sentence = `Interviews still bring new codes: two more would bring about ${expected}.`;
    return { advice: '2 more', sentence };
  }
  const reached = `Little new came after ${after} interviews (${after}+2 at 5%)`;
  if (unheard.length > 0) {
    const sentence = `${reached}, but not everyone was heard: ${unheard.join(', ')}.`;
    return { advice: 'different people', sentence };
  }
  if (shortened) {
    const sentence = `${reached}, but the later interviews are much shorter, which alone can explain it.`;
    return { advice: '2 more', sentence };
  }
  return {
    advice: 'stop',
    sentence: `${reached}; two more would bring about ${expected} new codes.`,
  };
}
