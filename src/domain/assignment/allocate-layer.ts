import type { LayerShare } from './exclusion.js';
import { BUCKETS } from './hash.js';

/** Who gets which buckets of a mutual-exclusion layer. What is held is never moved. */

type Range = readonly [from: number, to: number];
type Ranges = LayerShare['ranges'];

/** What one live experiment holds of a layer. */
export interface HeldShare {
  /** Key of the experiment. */
  experiment: string;
  ranges: Ranges;
}

/** What an experiment gets, or how many buckets there are for it, its own included. */
export type LayerAllocation =
  { ok: true; ranges: Ranges } | { ok: false; wanted: number; available: number };

/** The buckets that are this share of all units: at least one, because no test is for nobody. */
export function bucketsFor(traffic: number): number {
  return Math.min(BUCKETS, Math.max(1, Math.round(traffic * BUCKETS)));
}

export function countBuckets(ranges: Ranges): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** The buckets that are in none of the ranges, in order. */
export function freeBuckets(taken: Ranges): Range[] {
  const free: Range[] = [];
  let at = 0;
  for (const [from, to] of merged(taken)) {
    if (from > at) free.push([at, from]);
    at = to;
  }
  if (at < BUCKETS) free.push([at, BUCKETS]);
  return free;
}

/**
 * Buckets for a share of all units, out of those that nobody holds. The same question always has the
 * same answer. One piece where one is large enough: beside its own, else the smallest that is; other
 * experiments then find large pieces too. What it holds already stays its own, also when less is asked.
 *
 * @param share.own what it holds already; with more traffic it grows
 */
export function allocateLayer(share: {
  traffic: number;
  own?: Ranges;
  others: readonly HeldShare[];
}): LayerAllocation {
  const { traffic, own = [], others } = share;
  const wanted = bucketsFor(traffic);
  const free = freeBuckets([...own, ...others.flatMap(({ ranges }) => ranges)]);
  let missing = wanted - countBuckets(own);
  const available = countBuckets(own) + countBuckets(free);
  if (wanted > available) return { ok: false, wanted, available };
  const ranges: Range[] = [...own];
  for (const gap of free.toSorted(byFit(missing, own))) {
    if (missing <= 0) break;
    const width = Math.min(missing, gap[1] - gap[0]);
    ranges.push(isBefore(gap, own) ? [gap[1] - width, gap[1]] : [gap[0], gap[0] + width]);
    missing -= width;
  }
  return { ok: true, ranges: merged(ranges) };
}

/** Gaps that hold all of it first, of those the ones beside its own, then the tightest. */
function byFit(missing: number, own: Ranges): (one: Range, other: Range) => number {
  const width = ([from, to]: Range) => to - from;
  const rank = (gap: Range) =>
    (width(gap) >= missing ? 0 : 2) + (isBefore(gap, own) || isAfter(gap, own) ? 0 : 1);
  return (one, other) => {
    const difference = rank(one) - rank(other);
    if (difference !== 0) return difference;
    const tighter = width(one) - width(other);
    return (width(one) >= missing ? tighter : -tighter) || one[0] - other[0];
  };
}

/** The gap ends where the own begins, and does not also begin where it ends. */
function isBefore(gap: Range, own: Ranges): boolean {
  return !isAfter(gap, own) && own.some(([from]) => from === gap[1]);
}

function isAfter(gap: Range, own: Ranges): boolean {
  return own.some(([, to]) => to === gap[0]);
}

/** In order, those that touch as one. */
function merged(ranges: Ranges): Range[] {
  const whole: Range[] = [];
  for (const range of ranges.toSorted(([one], [other]) => one - other)) {
    const last = whole.at(-1);
    if (last === undefined || range[0] > last[1]) whole.push(range);
    else whole[whole.length - 1] = [last[0], Math.max(last[1], range[1])];
  }
  return whole;
}
