import { createAssigner } from '../assignment/assign-variant.js';
import type { AnalysisPlan } from '../experiments/plan.js';
import { createUnlikeAssignment } from './unlike-assignment.js';

const variant = (key: string, weight: number, killed = false) => ({
  key,
  weight,
  killed,
  control: key === 'a',
  value: key,
});
const PLAN: Pick<AnalysisPlan, 'assignment' | 'seed' | 'variants'> = {
  assignment: 'internal',
  seed: 'checkout',
  variants: [variant('a', 5_000), variant('b', 3_000, true), variant('c', 2_000)],
};
const units = Array.from({ length: 2_000 }, (_, n) => `v-${n}`);

describe('B65: an exposure unlike the assignment', () => {
  it('is one to another arm than the unit has at full traffic, killed arms included', () => {
    const isUnlike = createUnlikeAssignment(PLAN);
    const assign = createAssigner({ ...PLAN, traffic: 1 });
    const met = new Set<string>();
    for (const unit of units) {
      const own = assign(unit).variantKey;
      met.add(own ?? '');
      for (const { key } of PLAN.variants) expect(isUnlike(unit, key)).toBe(key !== own);
    }
    expect([...met].toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('holds for what any smaller traffic serves', () => {
    const isUnlike = createUnlikeAssignment(PLAN);
    const assign = createAssigner({ ...PLAN, traffic: 0.2 });
    const served = units.filter((unit) => assign(unit).variantKey !== null);
    expect(served.length).toBeGreaterThan(200);
    for (const unit of served) expect(isUnlike(unit, assign(unit).variantKey ?? '')).toBe(false);
  });

  it('is nothing where another system assigns', () => {
    const isUnlike = createUnlikeAssignment({ ...PLAN, assignment: 'external' });
    expect(units.some((unit) => isUnlike(unit, 'a'))).toBe(false);
  });
});
