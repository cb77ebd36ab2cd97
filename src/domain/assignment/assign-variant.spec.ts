import { readFileSync } from 'node:fs';
import {
  assignVariant,
  createAssigner,
  createHoldBack,
  type WeightedVariant,
} from './assign-variant.js';
import { bucketRanges, rangeHolding } from './bucket-ranges.js';
import { BUCKETS, bucketOf, fnv32a } from './hash.js';
import { weightsInBasisPoints } from './weights.js';

interface PublicVectors {
  hash: [seed: string, value: string, version: number, n: number][];
  getBucketRange: [name: string, [number, number, number[] | null], [number, number][]][];
  chooseVariation: [name: string, n: number, ranges: [number, number][], arm: number][];
}
interface FrozenVectors {
  seed: string;
  traffic: number;
  variants: WeightedVariant[];
  units: { id: string; bucket: number; variant: string | null }[];
}
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(`test/fixtures/assignment/${name}`, 'utf8'));
const vectors = fixture('hash-v2.json') as PublicVectors;
const frozen = fixture('frozen.json') as FrozenVectors;

describe('FNV-1a', () => {
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('hashes %j as published', (text, hash) => {
    expect(fnv32a(text)).toBe(hash);
  });

  it.each(vectors.hash.filter(([, , version]) => version === 1))(
    'is the hash under version 1: seed %j, value %j',
    (seed, value, _version, n) => {
      expect((fnv32a(value + seed) % 1000) / 1000).toBe(n);
    },
  );
});

describe('hash version 2 against public vectors', () => {
  it.each(vectors.hash.filter(([, , version]) => version === 2))(
    'bucket of seed %j, value %j',
    (seed, value, _version, n) => {
      expect(bucketOf(seed, value) / BUCKETS).toBe(n);
    },
  );

  const sumsToOne = (weights: number[]) => Math.abs(weights.reduce((a, b) => a + b, 0) - 1) < 0.01;
  const proper = vectors.getBucketRange.filter(
    ([, [count, , weights]]) =>
      weights === null || (weights.length === count && sumsToOne(weights)),
  );
  it('covers all range vectors but the three that silently replace wrong weights', () => {
    expect(proper).toHaveLength(vectors.getBucketRange.length - 3);
  });
  it.each(proper)('ranges: %s', (_name, [count, coverage, weights], ranges) => {
    const actual = bucketRanges(weights ?? Array<number>(count).fill(1 / count), coverage);
    expect(actual.map(({ from }) => from)).toEqual(
      ranges.map(([from]) => expect.closeTo(from, 12)),
    );
    expect(actual.map(({ to }) => to)).toEqual(ranges.map(([, to]) => expect.closeTo(to, 12)));
  });
  it.each([[[0.4, 0.1]], [[0.7, 0.6]], [[Number.NaN, 1]], [[]]])(
    'refuses weights %j that do not add up to one',
    (weights) => {
      expect(() => bucketRanges(weights, 1)).toThrow(RangeError);
    },
  );

  it.each(vectors.chooseVariation)('choice: %s', (_name, n, ranges, arm) => {
    expect(
      rangeHolding(
        ranges.map(([from, to]) => ({ from, to })),
        n,
      ),
    ).toBe(arm);
  });
});

describe('frozen assignments, written by another implementation', () => {
  it('gives all 1,000 units the variant they always had', () => {
    const assign = createAssigner(frozen);
    expect(frozen.units).toHaveLength(1000);
    for (const { id, bucket, variant } of frozen.units) {
      expect({ id, ...assign(id) }).toEqual({ id, bucket, variantKey: variant });
    }
  });
});

const TWO = [
  { key: 'control', weight: 1 },
  { key: 'short', weight: 1 },
];
const THREE = [
  { key: 'control', weight: 50 },
  { key: 'short', weight: 30 },
  { key: 'long', weight: 20 },
];
const units = Array.from({ length: 200_000 }, (_, n) => `unit-${n}`);

describe('properties of assignment', () => {
  it('moves nobody between arms when traffic grows, in steps from 1% to 100%', () => {
    const steps = [0.01, 0.1, 0.2, 0.333, 0.5, 1].map((traffic) =>
      createAssigner({ seed: 'growth', variants: THREE, traffic }),
    );
    let joined = 0;
    let moved = 0;
    for (const unit of units.slice(0, 50_000)) {
      let before: string | null = null;
      for (const assign of steps) {
        const { variantKey } = assign(unit);
        if (before !== null && variantKey !== before) moved++;
        if (before === null && variantKey !== null) joined++;
        before = variantKey;
      }
    }
    expect({ moved, joined }).toEqual({ moved: 0, joined: 50_000 });
  });

  it('is balanced: chi-square on 200,000 units stays under its 99.9% point', () => {
    const assign = createAssigner({ seed: 'balance', variants: THREE, traffic: 1 });
    const counts = new Map<string | null, number>();
    for (const unit of units) {
      const { variantKey } = assign(unit);
      counts.set(variantKey, (counts.get(variantKey) ?? 0) + 1);
    }
    const chiSquare = THREE.reduce((sum, { key, weight }) => {
      const expected = (units.length * weight) / 100;
      return sum + ((counts.get(key) ?? 0) - expected) ** 2 / expected;
    }, 0);
    expect(counts.has(null)).toBe(false);
    expect(chiSquare).toBeLessThan(13.816); // 2 degrees of freedom
  });

  it('takes in the share of units that traffic says', () => {
    const assign = createAssigner({ seed: 'share', variants: TWO, traffic: 0.1 });
    const inside = units.filter((unit) => assign(unit).variantKey !== null).length;
    // Six standard errors of a binomial share.
    expect(Math.abs(inside / units.length - 0.1)).toBeLessThan(6 * Math.sqrt(0.09 / units.length));
  });

  it.each([
    ['checkout-1', 'checkout-2'],
    ['a', 'b'],
  ])('two experiments are independent (seeds %s and %s)', (one, other) => {
    const first = createAssigner({ seed: one, variants: TWO, traffic: 1 });
    const second = createAssigner({ seed: other, variants: TWO, traffic: 1 });
    const cells = new Map<string, number>();
    for (const unit of units) {
      const cell = `${first(unit).variantKey} ${second(unit).variantKey}`;
      cells.set(cell, (cells.get(cell) ?? 0) + 1);
    }
    const count = (a: string, b: string) => cells.get(`${a} ${b}`) ?? 0;
    const chiSquare = ['control', 'short'].reduce((sum, a) => {
      const row = count(a, 'control') + count(a, 'short');
      return ['control', 'short'].reduce((inner, b) => {
        const expected = (row * (count('control', b) + count('short', b))) / units.length;
        return inner + (count(a, b) - expected) ** 2 / expected;
      }, sum);
    }, 0);
    expect(chiSquare).toBeLessThan(10.828); // 1 degree of freedom, 99.9%
  });

  it('does not depend on how weights are written', () => {
    for (const unit of units.slice(0, 2000)) {
      const written = [TWO, TWO.map(({ key }) => ({ key, weight: 5000 }))].map((variants) =>
        assignVariant({ seed: 's', variants, traffic: 0.7, unitId: unit }),
      );
      expect(written[0]).toEqual(written[1]);
    }
  });
});

describe('the hold-back', () => {
  const share = (holdBack: number, variants: WeightedVariant[]) =>
    units.filter(createHoldBack({ seed: 'hold', variants, controlKey: 'control', holdBack }));

  it('is the share of units it says, all of them from the control', () => {
    const assign = createAssigner({ seed: 'hold', variants: THREE, traffic: 1 });
    const held = share(0.05, THREE);
    expect(Math.abs(held.length / units.length - 0.05)).toBeLessThan(0.004);
    expect(held.every((unit) => assign(unit).variantKey === 'control')).toBe(true);
  });

  it('reaches into the next arm, around the end, only when the control is smaller', () => {
    const small = [
      { key: 'short', weight: 97 },
      { key: 'control', weight: 3 },
    ];
    const assign = createAssigner({ seed: 'hold', variants: small, traffic: 1 });
    const held = new Set(share(0.05, small));
    const controls = units.filter((unit) => assign(unit).variantKey === 'control');
    expect(controls.every((unit) => held.has(unit))).toBe(true);
    expect(Math.abs(held.size / units.length - 0.05)).toBeLessThan(0.004);
  });

  it('is nobody at zero, and wants a control', () => {
    expect(share(0, TWO)).toEqual([]);
    expect(() =>
      createHoldBack({ seed: 's', variants: TWO, controlKey: 'gone', holdBack: 0.1 }),
    ).toThrow(RangeError);
  });
});

describe('weights in basis points', () => {
  it.each([
    [
      [1, 1],
      [5000, 5000],
    ],
    [
      [5000, 5000],
      [5000, 5000],
    ],
    [
      [1, 1, 1],
      [3334, 3333, 3333],
    ],
    [
      [0.5, 0.3, 0.2],
      [5000, 3000, 2000],
    ],
    [
      [0.1, 0.2, 0.7],
      [1000, 2000, 7000],
    ],
    [
      [2, 1],
      [6667, 3333],
    ],
    [
      [1e308, 1e308],
      [5000, 5000],
    ],
    [
      [9999, 1],
      [9999, 1],
    ],
    [[7], [10000]],
  ])('%j -> %j', (weights, points) => {
    expect(weightsInBasisPoints(weights)).toEqual(points);
  });

  it.each([[[]], [[1, 0]], [[1, -1]], [[1, Number.NaN]], [[1, Infinity]]])(
    'refuses %j',
    (weights) => {
      expect(() => weightsInBasisPoints(weights)).toThrow(RangeError);
    },
  );

  it('always adds up to 10,000', () => {
    for (let arms = 1; arms <= 20; arms++) {
      const weights = Array.from({ length: arms }, (_, n) => 1 / (n + 1.7));
      expect(weightsInBasisPoints(weights).reduce((a, b) => a + b, 0)).toBe(10_000);
    }
  });
});
