import { checkUnitId } from '../events/unit-id.js';
import type { FlagValue, UnitKind } from '../experiments/definition.js';
import type { PlannedVariant } from '../experiments/plan.js';
import type { Attributes, CompiledFlag, ServedFlag } from './compile-flag.js';
import { type GrowthBookFeature, isByUnit, TARGETING_ATTRIBUTE } from './growthbook-feature.js';
import { BUCKETS } from './hash.js';

/** What the tracking callback of an SDK is called with when the value is asked for. */
export interface GrowthBookTrack {
  experiment: {
    key: string;
    hashAttribute: string;
    hashVersion: 2;
    phase: string;
    /** null for those of other variants: who evaluates remotely may want to keep them. */
    variations: readonly (FlagValue | null)[];
    meta: readonly { key: string }[];
  };
  result: {
    featureId: string;
    key: string;
    variationId: number;
    value: FlagValue;
    inExperiment: true;
    hashUsed: true;
    hashAttribute: string;
    hashValue: string;
    bucket: number;
    stickyBucketUsed: false;
  };
}

/** A feature for one unit: its rule, where there is one, is about everybody who is given it. */
export interface EvaluatedFeature {
  defaultValue: FlagValue;
  rules?: readonly [{ force: FlagValue; tracks?: readonly [GrowthBookTrack] }];
}

/** What is evaluated. */
export interface EvaluableFeature {
  key: string;
  phase: string;
  variants: readonly Pick<PlannedVariant, 'key' | 'value'>[];
  compiled: CompiledFlag;
  feature: GrowthBookFeature;
}

/**
 * A feature as it is for one unit, so that an SDK needs to know neither conditions nor the values of
 * other variants. Equal to what an SDK makes of `growthBookFeature` by itself, but for two things: a
 * unit that is forced by hand gets its variant, and an id that names nobody gets the default.
 *
 * The track is there only where the unit is in the test: then seeing the value is an exposure.
 *
 * @param variation The variant somebody wants to look at, by its place in the plan; not an exposure.
 */
export function evaluateFeature(
  evaluable: EvaluableFeature,
  attributes: Attributes,
  variation?: number,
): EvaluatedFeature {
  const { variants, compiled, feature } = evaluable;
  const { defaultValue } = feature;
  const isSplit = feature.rules?.some((rule) => 'variations' in rule) === true;
  const wanted = variation === undefined || !isSplit ? undefined : variants[variation];
  if (wanted !== undefined) return { defaultValue, rules: [{ force: wanted.value }] };
  const unit = unitOf(attributes, compiled.unit);
  if (unit === null) {
    if (isByUnit(feature)) return { defaultValue };
    return forced(defaultValue, compiled.serve('', attributes));
  }
  const served = compiled.serve(unit.id, attributes);
  if (!served.outcome.inExperiment) return forced(defaultValue, served);
  const tracks = [trackOf(evaluable, unit, served)] as const;
  return { defaultValue, rules: [{ force: served.outcome.value, tracks }] };
}

interface HashedUnit {
  attribute: string;
  id: string;
}

/** By the rule of OFREP: the attribute named like the kind of unit, else the targeting key. */
function unitOf(attributes: Attributes, kind: UnitKind): HashedUnit | null {
  const attribute = ownOf(attributes, kind) === null ? TARGETING_ATTRIBUTE : kind;
  const id = ownOf(attributes, attribute);
  return typeof id === 'string' && checkUnitId(id) === null ? { attribute, id } : null;
}

function ownOf(attributes: Attributes, name: string): unknown {
  return Object.hasOwn(attributes, name) ? (attributes[name] ?? null) : null;
}

function forced(defaultValue: FlagValue, { outcome }: ServedFlag): EvaluatedFeature {
  const { value } = outcome;
  return value === defaultValue ? { defaultValue } : { defaultValue, rules: [{ force: value }] };
}

function trackOf(
  { key, phase, variants }: EvaluableFeature,
  { attribute, id }: HashedUnit,
  { outcome: { variationId, value }, bucket }: ServedFlag,
): GrowthBookTrack {
  return {
    experiment: {
      key,
      hashAttribute: attribute,
      hashVersion: 2,
      phase,
      variations: variants.map((variant) => (variant.key === variationId ? value : null)),
      meta: variants.map((variant) => ({ key: variant.key })),
    },
    result: {
      featureId: key,
      key: variationId,
      variationId: variants.findIndex((variant) => variant.key === variationId),
      value,
      inExperiment: true,
      hashUsed: true,
      hashAttribute: attribute,
      hashValue: id,
      bucket: bucket / BUCKETS,
      stickyBucketUsed: false,
    },
  };
}
