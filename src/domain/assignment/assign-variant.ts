import { type BucketRange, bucketRanges, rangeHolding } from './bucket-ranges.js';
import { BUCKETS, bucketOf } from './hash.js';
import { isHeldOut, isInLayer, type LayerShare, type PlannedHoldout } from './exclusion.js';
import { weightsInBasisPoints } from './weights.js';

export interface WeightedVariant {
  key: string;
  /** Relative to the other weights. */
  weight: number;
}

/** Everything assignment depends on besides the unit. */
export interface AssignmentRule {
  /** Frozen at launch; another seed shuffles all units anew. */
  seed: string;
  variants: readonly WeightedVariant[];
  /** Share of units that enter, 0 to 1. In a layer the share is what the experiment holds of it. */
  traffic: number;
  /** The part of a mutual-exclusion layer that is its own; absent means that it shares all units. */
  layer?: LayerShare;
  /** Units kept out of all tests, as they stood at the launch. */
  holdouts?: readonly PlannedHoldout[];
}

export interface AssignedVariant {
  /** null: the unit is outside the test. */
  variantKey: string | null;
  /** 0 to 9,999. */
  bucket: number;
}

/**
 * The assignment of one rule, prepared once for many units. Pure: the same unit gets the same
 * variant in every process, without a write, for as long as seed and weights stand.
 */
export function createAssigner(rule: AssignmentRule): (unitId: string) => AssignedVariant {
  const { seed, variants, layer, holdouts = [] } = rule;
  const armOf = createArmFinder(rule);
  const isExclusive = layer !== undefined || holdouts.length > 0;
  return (unitId) => {
    const bucket = bucketOf(seed, unitId);
    if (isExclusive && (!isInLayer(layer, unitId) || isHeldOut(holdouts, unitId))) {
      return { variantKey: null, bucket };
    }
    return { variantKey: variants[armOf(bucket)]?.key ?? null, bucket };
  };
}

/** The arm of a bucket, as an index, or -1; whose bucket it is, layers and holdouts say besides. */
export function createArmFinder(
  rule: Pick<AssignmentRule, 'variants' | 'traffic' | 'layer'>,
): (bucket: number) => number {
  const ranges = armRanges(rule);
  return (bucket) => rangeHolding(ranges, bucket / BUCKETS);
}

/** The range of each variant, in their order; in a layer, traffic is what it holds of the layer. */
export function armRanges({
  variants,
  traffic,
  layer,
}: Pick<AssignmentRule, 'variants' | 'traffic' | 'layer'>): BucketRange[] {
  return bucketRanges(fractionsOf(variants), layer === undefined ? traffic : 1);
}

/** The variant of one unit; `createAssigner` is the same for many. */
export function assignVariant(rule: AssignmentRule & { unitId: string }): AssignedVariant {
  return createAssigner(rule)(rule.unitId);
}

/**
 * Which units keep the control after shipping. The hold-back is taken from the start of the
 * control's own buckets, so people who never had the change are held out first and the comparison
 * stays causal; only a hold-back larger than the control's weight reaches into the next arm.
 *
 * @throws RangeError when the control is not among the variants.
 */
export function createHoldBack(rule: HoldBackRule & { seed: string }): (unitId: string) => boolean {
  const { first, width } = heldBackBuckets(rule);
  return (unitId) => (bucketOf(rule.seed, unitId) - first + BUCKETS) % BUCKETS < width;
}

export interface HoldBackRule {
  variants: readonly WeightedVariant[];
  controlKey: string;
  /** Share of all units, 0 to 1. */
  holdBack: number;
}

/**
 * The buckets of `createHoldBack`: `width` of them from `first` on, and past the last from 0 on.
 *
 * @throws RangeError when the control is not among the variants.
 */
export function heldBackBuckets({ variants, controlKey, holdBack }: HoldBackRule): {
  first: number;
  width: number;
} {
  const control = variants.findIndex(({ key }) => key === controlKey);
  const range = bucketRanges(fractionsOf(variants), 1)[control];
  if (range === undefined) throw new RangeError('the control is one of the variants');
  return { first: Math.round(range.from * BUCKETS), width: Math.round(holdBack * BUCKETS) };
}

function fractionsOf(variants: readonly WeightedVariant[]): number[] {
  return weightsInBasisPoints(variants.map(({ weight }) => weight)).map(
    (points) => points / BUCKETS,
  );
}
