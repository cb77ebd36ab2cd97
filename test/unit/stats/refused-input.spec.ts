import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { answerOf, type Refusal } from './refusal.js';
import { REFUSALS_OF_BELIEFS } from './refusals-of-beliefs.js';
import { REFUSALS_OF_COUNTS } from './refusals-of-counts.js';
import { REFUSALS_OF_DESIGNS } from './refusals-of-designs.js';
import { REFUSALS_OF_MEANS } from './refusals-of-means.js';

/** No data that cannot be used gets a number for an answer: a named reason, or a RangeError. */

const REFUSALS = {
  ...REFUSALS_OF_MEANS,
  ...REFUSALS_OF_COUNTS,
  ...REFUSALS_OF_BELIEFS,
  ...REFUSALS_OF_DESIGNS,
};

/** Folders and files of building blocks: those who call them have checked the data. */
const BUILDING_BLOCKS: readonly string[] = [
  'adjustment/combined-variance.js',
  'adjustment/linear-algebra.js',
  'adjustment/regression-moments.js',
  'argument-checks.js',
  'beta-race.js',
  'distributions/',
  'distributions.js',
  'estimated-effect.js',
  'find-root.js',
  'gauss-legendre.js',
  'group-sequential/check-looks.js',
  'group-sequential/continuation.js',
  'outcome.js',
  'p-value.js',
  'planning/drift.js',
  'planning/plan-input.js',
  'planning/planned-effect.js',
  'planning/planned-test.js',
  'proportions/equivalent-z.js',
  'proportions/lower-score-limit.js',
  'proportions/rate-interval.js',
  'rows/sorted-rows.js',
];

/** Single functions that need no check of their own, and why. */
const UNCHECKED: Readonly<Record<string, string>> = {
  at: 'reads a list',
  dominanceOf: 'says nothing, null, of what it cannot use; its own spec has the edges',
  packedIndex: 'counts cells; its own spec has the edges',
  remainingSquares: 'subtracts, and hands on what the caller refuses',
  linearisedRatio: 'is part of the ratio and of the adjustments, which check',
  mergeSmallStrata: 'only regroups; the result goes through postStratified',
  normalApproximationIsUnsafe: 'says unsafe for anything that is not a number',
  posteriorOf: 'is part of normalNormal and priorSensitivity, which check',
  problemWithEstimate: 'is the check itself',
  requirePrior: 'is the check itself',
  quantileError: 'is part of the quantiles, which check',
  reachOf: 'takes a level that was checked',
  testOfContrast: 'takes a contrast, which exists only for usable arms',
  wilsonLow: 'is part of Wilson and Newcombe, which check',
  wilsonHigh: 'is part of Wilson and Newcombe, which check',
};

const cases = Object.entries(REFUSALS).flatMap(([name, refusals]) =>
  refusals.map((refusal): [string, Refusal] => [`${name}: ${refusal.what}`, refusal]),
);

describe('data that cannot be used', () => {
  it.each(cases)('%s is refused', (_name, { call, answer }) => {
    expect(answerOf(call)).toBe(answer);
  });

  it('the table has every function of src/stats that takes data', async () => {
    const folder = resolve(import.meta.dirname, '../../../src/stats');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js') && !file.endsWith('.spec.js'))
      .filter((file) => !BUILDING_BLOCKS.some((block) => file.startsWith(block)));
    const names: string[] = [];
    for (const file of files) {
      const exported = (await import(join(folder, file))) as Record<string, unknown>;
      names.push(
        ...Object.entries(exported)
          .filter(([, value]) => typeof value === 'function')
          .map(([name]) => name),
      );
    }
    expect(names.filter((name) => !(name in REFUSALS) && !(name in UNCHECKED))).toEqual([]);
    expect(Object.keys(REFUSALS).filter((name) => !names.includes(name))).toEqual([]);
    expect(Object.keys(UNCHECKED).filter((name) => !names.includes(name))).toEqual([]);
  });
});
