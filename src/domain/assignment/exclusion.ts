import { bucketOf } from './hash.js';

/** What keeps a unit out of a test besides traffic: other tests of its layer, and holdouts. */

/**
 * The part of a mutual-exclusion layer that one experiment holds. Every unit has one bucket in a
 * layer, and no bucket belongs to two live experiments, so no unit is in two tests of a layer.
 */
export interface LayerShare {
  key: string;
  /** Half-open ranges of buckets, 0 to 10,000. Traffic grows by adding some, never by moving them. */
  ranges: readonly (readonly [from: number, to: number])[];
}

/** Units that are kept out of every test for as long as the holdout lasts. */
export interface PlannedHoldout {
  key: string;
  seed: string;
  /** Basis points of all units. */
  points: number;
}

/** The hash seed of a layer; the seeds of experiments are random, so the two never agree. */
export function layerSeed(key: string): string {
  return `layer:${key}`;
}

/** Whether the unit's bucket in the layer is the experiment's; always, where there is no layer. */
export function isInLayer(layer: LayerShare | undefined, unitId: string): boolean {
  if (layer === undefined) return true;
  const bucket = bucketOf(layerSeed(layer.key), unitId);
  return layer.ranges.some(([from, to]) => bucket >= from && bucket < to);
}

/** Whether one of the holdouts has the unit. */
export function isHeldOut(holdouts: readonly PlannedHoldout[], unitId: string): boolean {
  return holdouts.some(({ seed, points }) => bucketOf(seed, unitId) < points);
}
