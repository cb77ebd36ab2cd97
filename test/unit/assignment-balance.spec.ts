import { createAssigner } from '../../src/domain/assignment/assign-variant.js';
import { allocateLayer } from '../../src/domain/assignment/allocate-layer.js';
import { sampleRatio } from '../../src/stats/sample-ratio.js';

const MILLION = 1_000_000;
/** Seeds and ids are fixed, so the p-values below are always the same. */
const P_MIN = 0.001;

const THREE = [
  { key: 'control', weight: 5_000 },
  { key: 'short', weight: 3_000 },
  { key: 'long', weight: 2_000 },
];

function countsOf(
  rule: Parameters<typeof createAssigner>[0],
  idOf: (n: number) => string,
): number[] {
  const assign = createAssigner(rule);
  const places = new Map(rule.variants.map(({ key }, index) => [key, index]));
  const counts = rule.variants.map(() => 0);
  for (let n = 0; n < MILLION; n += 1) {
    const { variantKey } = assign(idOf(n));
    const place = variantKey === null ? undefined : places.get(variantKey);
    if (place !== undefined) counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

function pValueOf(counts: readonly number[], weights: readonly number[]): number {
  const result = sampleRatio({ counts, weights });
  if (!result.ok) throw new Error(result.detail);
  return result.pValue;
}

describe('balance on 1,000,000 ids', () => {
  it.each<[ids: string, seed: string, idOf: (n: number) => string]>([
    ['numbers in a row', 'balance-1', String],
    ['names in a row', 'balance-2', (n) => `user-${n}`],
    [
      'ids of databases',
      'balance-3',
      (n) =>
        `0190f5a2-7c3b-7${(n % 4096).toString(16).padStart(3, '0')}-9d1e-${n.toString(16).padStart(12, '0')}`,
    ],
  ])('P21: the arms have the sizes that their weights promise: %s', (_ids, seed, idOf) => {
    const counts = countsOf({ seed, variants: THREE, traffic: 1 }, idOf);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(MILLION);
    expect(pValueOf(counts, [5, 3, 2])).toBeGreaterThan(P_MIN);
  });

  it('P21: a part of the traffic is as large as it says, and balanced', () => {
    const counts = countsOf({ seed: 'balance-4', variants: THREE, traffic: 0.1 }, (n) => `u${n}`);
    const inside = counts.reduce((sum, count) => sum + count, 0);
    expect(pValueOf([inside, MILLION - inside], [1, 9])).toBeGreaterThan(P_MIN);
    expect(pValueOf(counts, [5, 3, 2])).toBeGreaterThan(P_MIN);
  });

  it('would be noticed if it were off by a hundredth of an arm', () => {
    expect(pValueOf([505_000, 297_000, 198_000], [5, 3, 2])).toBeLessThan(1e-9);
  });
});

describe('traffic that grows from 10% to 20%', () => {
  const units = Array.from({ length: 50_000 }, (_, n) => `unit-${n}`);
  const sharesOf = (others: readonly (readonly [number, number])[]) => {
    const held = [{ experiment: 'other', ranges: others }];
    const tenth = allocateLayer({ traffic: 0.1, others: held });
    if (!tenth.ok) throw new Error('there is room');
    const fifth = allocateLayer({ traffic: 0.2, own: tenth.ranges, others: held });
    if (!fifth.ok) throw new Error('there is room');
    return [tenth.ranges, fifth.ranges];
  };
  const inLayer = (ranges: readonly (readonly [number, number])[]) =>
    createAssigner({
      seed: 'growth',
      variants: THREE,
      traffic: 0.2,
      layer: { key: 'checkout', ranges },
      holdouts: [{ key: 'q1', seed: 'held', points: 500 }],
    });
  const byTraffic = (traffic: number) =>
    createAssigner({ seed: 'growth', variants: THREE, traffic });

  type Assigner = ReturnType<typeof createAssigner>;
  const layers: [where: string, others: [number, number][]][] = [
    ['in an empty layer', []],
    [
      'in a layer that others hold parts of',
      [
        [700, 1_500],
        [4_000, 10_000],
      ],
    ],
    [
      'in a layer without one piece that is large enough',
      [
        [900, 1_900],
        [2_400, 3_000],
        [3_600, 9_500],
      ],
    ],
  ];
  it.each<[where: string, before: Assigner, after: Assigner]>([
    ['by itself', byTraffic(0.1), byTraffic(0.2)],
    ...layers.map(([where, others]): [string, Assigner, Assigner] => {
      const [tenth = [], fifth = []] = sharesOf(others);
      return [where, inLayer(tenth), inLayer(fifth)];
    }),
  ])('moves no unit: %s', (_where, before, after) => {
    let stayed = 0;
    let moved = 0;
    let joined = 0;
    for (const unit of units) {
      const was = before(unit).variantKey;
      const is = after(unit).variantKey;
      if (was === null) joined += is === null ? 0 : 1;
      else if (was === is) stayed += 1;
      else moved += 1;
    }
    expect(moved).toBe(0);
    expect(stayed / units.length).toBeCloseTo(0.1, 1);
    expect(joined).toBeGreaterThan(stayed * 0.9);
  });
});
