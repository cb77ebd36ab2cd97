import type { FlagValue, UnitKind } from '../experiments/definition.js';
import { whatIsServed } from '../experiments/lifecycle.js';
import { armRanges, heldBackBuckets } from './assign-variant.js';
import type { ServableExperiment } from './compile-flag.js';
import { layerSeed, type PlannedHoldout } from './exclusion.js';
import { type GrowthBookCondition, growthBookCondition } from './growthbook-condition.js';
import { BUCKETS } from './hash.js';

/** What GrowthBook SDKs are told of an experiment, so that they decide as `compileFlag` does. */

type Range = readonly [from: number, to: number];

/** Keeps out whose bucket under `seed` is in none of the ranges. */
export interface GrowthBookFilter {
  attribute: string;
  seed: string;
  hashVersion: 2;
  ranges: readonly Range[];
}

interface GrowthBookTargeting {
  condition?: GrowthBookCondition;
  filters?: readonly GrowthBookFilter[];
}

/** Everybody whom the rule is about gets one value. */
export interface GrowthBookForceRule extends GrowthBookTargeting {
  force: FlagValue;
}

/** Whom the rule is about gets the value of the range that holds its bucket, and is in the test. */
export interface GrowthBookExperimentRule extends GrowthBookTargeting {
  /** Key of the experiment. */
  key: string;
  seed: string;
  hashAttribute: string;
  hashVersion: 2;
  variations: readonly FlagValue[];
  ranges: readonly Range[];
  /** Key of each variation. */
  meta: readonly { key: string }[];
  phase: string;
  /** What a client remembers of earlier assignments would bring back arms that were killed. */
  disableStickyBucketing: true;
}

export type GrowthBookRule = GrowthBookForceRule | GrowthBookExperimentRule;

/** The first rule that is about a unit decides; the default is for whom none is about. */
export interface GrowthBookFeature {
  defaultValue: FlagValue;
  rules?: readonly GrowthBookRule[];
}

/** The attribute with the id of the unit where none is named like the kind of unit. */
export const TARGETING_ATTRIBUTE = 'id';

/**
 * An experiment as a feature of GrowthBook SDKs, or null when clients do not know it. Anybody can
 * read it: it holds keys, values, ranges, seeds and conditions, no names and no reasons. Units that
 * are forced by hand are not in it, because their ids would be.
 *
 * The unit is the attribute named like its kind (`visitor`, `user`, `account`) where there is one,
 * else `id`, as in OFREP. An SDK has one attribute for a rule, so each rule stands there twice, for
 * those who have the first and for those who have not; an id that is no text is nobody's.
 */
export function growthBookFeature(
  key: string,
  experiment: ServableExperiment,
): GrowthBookFeature | null {
  const { status, plan, decision } = experiment;
  const serving = whatIsServed(status, decision);
  const control = plan.variants.find((variant) => variant.control);
  if (plan.assignment === 'external' || serving.serve === 'unknown') return null;
  if (control === undefined) throw new RangeError('a plan has a control');
  const defaultValue = control.value;
  switch (serving.serve) {
    case 'control':
      return { defaultValue };
    case 'assigned':
      return { defaultValue, rules: splitRules(key, experiment) };
    case 'winner': {
      const { variant, holdBack } = serving;
      const rules = shippedRules(experiment, { variant, holdBack, controlKey: control.key });
      return rules.length === 0 ? { defaultValue } : { defaultValue, rules };
    }
  }
}

/** Whether who the unit is matters to what is served. */
export function isByUnit({ rules = [] }: GrowthBookFeature): boolean {
  return rules.some((rule) => 'hashAttribute' in rule || rule.filters !== undefined);
}

function splitRules(key: string, { plan, status }: ServableExperiment): GrowthBookRule[] {
  const { seed, variants, unit, layer, holdouts = [] } = plan;
  const ranges = armRanges(plan).map(({ from, to }, index): Range => [
    from,
    variants[index]?.killed === true ? from : to,
  ]);
  const common = {
    key,
    seed,
    hashVersion: 2,
    variations: variants.map(({ value }) => value),
    ranges,
    meta: variants.map((variant) => ({ key: variant.key })),
    phase: status,
    disableStickyBucketing: true,
  } as const;
  const inLayer =
    layer === undefined ? [] : [{ seed: layerSeed(layer.key), buckets: layer.ranges }];
  return attributesOf(unit).map(({ attribute, guard }) => ({
    ...common,
    hashAttribute: attribute,
    ...targeting(plan, guard, filtersOn(attribute, [...inLayer, ...holdouts.map(notHeldOut)])),
  }));
}

function shippedRules(
  { plan, endedHoldouts }: ServableExperiment,
  shipped: { variant: string; holdBack: number; controlKey: string },
): GrowthBookForceRule[] {
  const winner = plan.variants.find(({ key }) => key === shipped.variant);
  if (winner === undefined) return [];
  const holdouts = (plan.holdouts ?? []).filter(({ key }) => endedHoldouts?.has(key) !== true);
  const { seed, variants, unit } = plan;
  const force = winner.value;
  const { holdBack, controlKey } = shipped;
  if (holdBack === 0 && holdouts.length === 0) return [{ force, ...targeting(plan, null, []) }];
  const notHeldBack =
    holdBack === 0
      ? []
      : [{ seed, buckets: restOf(heldBackBuckets({ variants, controlKey, holdBack })) }];
  return attributesOf(unit).map(({ attribute, guard }) => ({
    force,
    ...targeting(plan, guard, filtersOn(attribute, [...notHeldBack, ...holdouts.map(notHeldOut)])),
  }));
}

interface Buckets {
  seed: string;
  buckets: readonly Range[];
}

function notHeldOut({ seed, points }: PlannedHoldout): Buckets {
  return { seed, buckets: [[points, BUCKETS]] };
}

/** All buckets but `width` of them from `first` on, where 0 follows the last. */
function restOf({ first, width }: { first: number; width: number }): Range[] {
  const end = first + width;
  const ranges: Range[] =
    end >= BUCKETS
      ? [[end - BUCKETS, first]]
      : [
          [0, first],
          [end, BUCKETS],
        ];
  return ranges.filter(([from, to]) => from < to);
}

/** Exact: both sides of the comparison are the same whole number over 10,000. */
function filtersOn(attribute: string, kept: readonly Buckets[]): GrowthBookFilter[] {
  return kept.map(({ seed, buckets }) => ({
    attribute,
    seed,
    hashVersion: 2,
    ranges: buckets.map(([from, to]) => [from / BUCKETS, to / BUCKETS] as const),
  }));
}

/** The attributes that may hold the unit, each with the condition under which it does. */
function attributesOf(unit: UnitKind): { attribute: string; guard: GrowthBookCondition }[] {
  const isText = { $type: 'string' };
  return [
    { attribute: unit, guard: { [unit]: isText } },
    {
      attribute: TARGETING_ATTRIBUTE,
      guard: { [unit]: { $exists: false }, [TARGETING_ATTRIBUTE]: isText },
    },
  ];
}

/** Members without a meaning are left out: the fewer a payload has, the fewer an SDK can mistake. */
function targeting(
  { audience }: ServableExperiment['plan'],
  guard: GrowthBookCondition | null,
  filters: readonly GrowthBookFilter[],
): GrowthBookTargeting {
  const condition = { ...guard, ...growthBookCondition(audience.conditions ?? []) };
  return {
    ...(Object.keys(condition).length === 0 ? {} : { condition }),
    ...(filters.length === 0 ? {} : { filters }),
  };
}
