import { allocateLayer, countBuckets, type HeldShare } from '../assignment/allocate-layer.js';
import type { LayerShare } from '../assignment/exclusion.js';
import { BUCKETS } from '../assignment/hash.js';
import { Conflict } from '../errors.js';

/**
 * The buckets of a layer that an experiment holds from now on; those it held stay its own.
 *
 * @throws Conflict `layer-full` naming who holds what, and how much there is for it
 */
export function layerShare(asked: {
  layer: string;
  traffic: number;
  own?: LayerShare['ranges'];
  others: readonly HeldShare[];
}): LayerShare {
  const { layer, others } = asked;
  const share = allocateLayer(asked);
  if (share.ok) return { key: layer, ranges: share.ranges };
  const { wanted, available } = share;
  throw new Conflict(
    'layer-full',
    layerRoomInWords({ layer, holders: others, wanted, available }),
    {
      layer,
      asked: wanted / BUCKETS,
      available: available / BUCKETS,
      held: others.map(({ experiment, ranges }) => ({
        experiment,
        share: countBuckets(ranges) / BUCKETS,
      })),
    },
  );
}

/** "The layer checkout has 30% for it, and it asks for 50%: pricing holds 70%." */
export function layerRoomInWords(room: {
  layer: string;
  holders: readonly HeldShare[];
  wanted: number;
  available: number;
}): string {
  const held = room.holders.map(
    ({ experiment, ranges }) => `${experiment} holds ${percent(countBuckets(ranges))}`,
  );
  return `The layer ${room.layer} has ${percent(room.available)} for it, and it asks for ${percent(room.wanted)}: ${held.join(', ')}.`;
}

function percent(buckets: number): string {
  return `${(100 * buckets) / BUCKETS}%`;
}
