import fc from 'fast-check';
import {
  allocateLayer,
  bucketsFor,
  countBuckets,
  freeBuckets,
  type HeldShare,
} from './allocate-layer.js';
import type { LayerShare } from './exclusion.js';
import { BUCKETS } from './hash.js';

type Ranges = LayerShare['ranges'];
const held = (...ranges: Ranges): HeldShare[] =>
  ranges.map((range, index) => ({ experiment: `other-${index}`, ranges: [range] }));

describe('allocateLayer', () => {
  it.each<[string, Parameters<typeof allocateLayer>[0], Ranges]>([
    ['all of an empty layer', { traffic: 1, others: [] }, [[0, 10_000]]],
    ['a part of an empty layer', { traffic: 0.3, others: [] }, [[0, 3_000]]],
    ['a traffic below one bucket', { traffic: 0.00001, others: [] }, [[0, 1]]],
    ['what comes after another', { traffic: 0.2, others: held([0, 3_000]) }, [[3_000, 5_000]]],
    [
      'the tightest piece that holds all of it',
      { traffic: 0.1, others: held([1_500, 5_000], [6_200, 9_000]) },
      [[9_000, 10_000]],
    ],
    [
      'the first of pieces of one size',
      { traffic: 0.1, others: held([1_000, 9_000]) },
      [[0, 1_000]],
    ],
    [
      'the largest pieces where none holds all of it',
      { traffic: 0.3, others: held([1_000, 3_000], [5_000, 8_000]) },
      [
        [3_000, 5_000],
        [8_000, 9_000],
      ],
    ],
    [
      'growth to its end',
      { traffic: 0.3, own: [[0, 1_000]], others: held([4_000, 5_000]) },
      [[0, 3_000]],
    ],
    [
      'growth to its beginning where its end is taken',
      { traffic: 0.3, own: [[4_000, 5_000]], others: held([5_000, 9_000]) },
      [[2_000, 5_000]],
    ],
    [
      'growth elsewhere where both ends are too narrow',
      { traffic: 0.3, own: [[4_000, 5_000]], others: held([3_000, 4_000], [5_500, 7_500]) },
      [
        [4_000, 5_000],
        [7_500, 9_500],
      ],
    ],
    [
      'growth over all that is left',
      { traffic: 0.8, own: [[4_000, 5_000]], others: held([1_000, 3_000]) },
      [
        [0, 1_000],
        [3_000, 10_000],
      ],
    ],
    [
      'less than it holds: nothing moves',
      { traffic: 0.1, own: [[5, 5_000]], others: [] },
      [[5, 5_000]],
    ],
  ])('%s', (_name, share, ranges) => {
    expect(allocateLayer(share)).toEqual({ ok: true, ranges });
  });

  it.each<[string, Parameters<typeof allocateLayer>[0], number, number]>([
    ['a full layer', { traffic: 0.1, others: held([0, 10_000]) }, 1_000, 0],
    ['too little left', { traffic: 0.5, others: held([0, 3_000], [4_000, 7_000]) }, 5_000, 4_000],
    [
      'growth beyond it',
      { traffic: 0.9, own: [[0, 100]], others: held([100, 5_100]) },
      9_000,
      5_000,
    ],
  ])('%s', (_name, share, wanted, available) => {
    expect(allocateLayer(share)).toEqual({ ok: false, wanted, available });
  });

  it('never shares a bucket, never moves one, and gives exactly what was asked or says why not', () => {
    const step = fc.record({
      who: fc.integer({ min: 0, max: 5 }),
      traffic: fc.integer({ min: 1, max: 6_000 }).map((points) => points / BUCKETS),
      ends: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const layer = new Map<number, Ranges>();
        for (const { who, traffic, ends } of steps) {
          const own = layer.get(who) ?? [];
          if (ends) {
            layer.delete(who);
            continue;
          }
          const others = [...layer]
            .filter(([other]) => other !== who)
            .map(([other, ranges]) => ({ experiment: `${other}`, ranges }));
          const share = { traffic, own, others };
          const answer = allocateLayer(share);
          expect(allocateLayer(share)).toEqual(answer);
          const free = BUCKETS - countBuckets(others.flatMap(({ ranges }) => ranges));
          expect(answer.ok).toBe(bucketsFor(traffic) <= free);
          if (!answer.ok) continue;
          const { ranges } = answer;
          expect(countBuckets(ranges)).toBe(Math.max(bucketsFor(traffic), countBuckets(own)));
          for (const [from, to] of own) {
            expect(ranges.some(([first, last]) => first <= from && to <= last)).toBe(true);
          }
          layer.set(who, ranges);
          const all = [...layer.values()].flat();
          // What is free and what is held cover the layer once.
          expect(countBuckets(all) + countBuckets(freeBuckets(all))).toBe(BUCKETS);
        }
      }),
      { numRuns: 300, seed: 20_260_401 },
    );
  });
});
