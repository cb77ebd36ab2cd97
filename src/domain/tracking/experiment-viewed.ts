import { UNIT_KINDS, type UnitKind } from '../experiments/definition.js';
import { isSaid } from './said.js';

/**
 * The event by which clients of other systems say that a unit met a variant. Its shape is theirs;
 * what it says is an exposure of ours.
 */
export const EXPERIMENT_VIEWED = 'Experiment Viewed';

/** An experiment that can have been viewed. */
export interface ViewableExperiment {
  key: string;
  unit: UnitKind;
  /** In the order of the plan: some clients number them. */
  variants: readonly { key: string }[];
}

/** Whom the sender speaks of, under the kinds it knows; what is no id is left to who reads events. */
export type SaidUnits = Readonly<Partial<Record<UnitKind, unknown>>>;

/** The members of an exposure that a view says. Each may still be what no exposure takes. */
export interface ViewedExposure {
  type: 'exposure';
  experiment: unknown;
  variant: unknown;
  unit: { kind: UnitKind; id: unknown };
}

type Members = Readonly<Record<string, unknown>>;

/**
 * Where a view names its experiment and its variant, the first that is there. Keys stand before
 * ids: who passes on the metadata of an evaluated flag sends both, and the id is opaque.
 *
 * Source: "Experiment Viewed" of Segment's A/B testing events (`experiment_id`, `variation_id`) and of
 * the GrowthBook SDKs (`experimentId`, `variationId`).
 */
const EXPERIMENT_NAMES = ['experimentKey', 'experiment_key', 'experimentId', 'experiment_id'];
const VARIANT_NAMES = ['variationKey', 'variation_key', 'variationId', 'variation_id'];

/**
 * The experiments of a project by everything that clients may call them: key and id.
 * @param launched Those that exposures are taken of.
 */
export function viewableExperiments(
  launched: readonly { id: string; key: string; plan: Omit<ViewableExperiment, 'key'> }[],
): ReadonlyMap<string, ViewableExperiment> {
  const all = launched.map(({ id, key, plan: { unit, variants } }) => ({
    id,
    experiment: { key, unit, variants },
  }));
  return new Map([
    ...all.map(({ id, experiment }) => [id, experiment] as const),
    ...all.map(({ experiment }) => [experiment.key, experiment] as const),
  ]);
}

/**
 * What a view says, as members of an exposure. Nothing is refused here: what cannot be read stays as
 * it was sent, so that the log refuses it with the code of its fault and keeps it for repair.
 *
 * - The experiment is named by key or id.
 * - The variant is named by key, or by its place in the plan, as a number or in digits. A text that
 *   is both is a key.
 * - The unit is of the experiment's kind; of an unknown experiment, whoever was named.
 */
export function exposureOfView(
  properties: Members,
  units: SaidUnits,
  viewable: ReadonlyMap<string, ViewableExperiment>,
): ViewedExposure {
  const name = firstOf(properties, EXPERIMENT_NAMES);
  const variation = firstOf(properties, VARIANT_NAMES);
  const experiment = typeof name === 'string' ? viewable.get(name) : undefined;
  const kind =
    experiment?.unit ?? UNIT_KINDS.find((one) => isSaid(units[one])) ?? ('visitor' as const);
  return {
    type: 'exposure',
    experiment: experiment?.key ?? name,
    variant: variantOf(experiment?.variants ?? [], variation),
    unit: { kind, id: units[kind] },
  };
}

function variantOf(variants: ViewableExperiment['variants'], variation: unknown): unknown {
  if (typeof variation === 'number') return variants[variation]?.key ?? String(variation);
  if (typeof variation !== 'string') return variation;
  const isKey = variants.some(({ key }) => key === variation);
  const isPlace = !isKey && /^(?:0|[1-9]\d{0,2})$/.test(variation);
  return isPlace ? (variants[Number(variation)]?.key ?? variation) : variation;
}

function firstOf(members: Members, names: readonly string[]): unknown {
  const name = names.find((one) => Object.hasOwn(members, one) && isSaid(members[one]));
  return name === undefined ? undefined : members[name];
}
