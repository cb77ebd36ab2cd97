import { EventFault } from '../events/event.js';
import { canonicalJson } from '../experiments/canonical-json.js';
import { UNIT_KINDS, type UnitKind } from '../experiments/definition.js';
import {
  EXPERIMENT_VIEWED,
  exposureOfView,
  type SaidUnits,
  type ViewableExperiment,
  type ViewedExposure,
} from './experiment-viewed.js';
import { isObject, isSaid, type Members, membersOf, textOf } from './said.js';

/** The event by which the SDKs say that a feature was asked for: no exposure, since nobody saw it. */
const FEATURE_EVALUATED = 'Feature Evaluated';

/** An equal view of an equal unit says nothing new for so long. */
const VIEW_WINDOW_MS = 86_400_000;
/** What happens twice is counted twice, unless it comes again so soon that it may be a retry. */
const RETRY_WINDOW_MS = 10_000;

/** What of a project and a request decides what an item means. */
export interface PluginRules {
  /** Experiments of the project, by whatever clients call them. */
  viewable: ReadonlyMap<string, ViewableExperiment>;
  /** By key of the experiment, the attributes that its analysis reads: no others are kept. */
  analysed: ReadonlyMap<string, readonly string[]>;
  receivedAt: Date;
  /** A digest of a text, for the id of an item that has none. */
  digestOf: (text: string) => string;
}

type Event = Readonly<Record<string, unknown>>;

/**
 * What the items of GrowthBook's tracking plugin mean here, as events in the shape of our own, one
 * for each item. What cannot be read stays to be refused by who reads events. Never money.
 *
 * - "Experiment Viewed" is an exposure of the unit that was hashed (`hashValue`), with those of its
 *   attributes that the analysis reads. The plugin sends all attributes; the others are dropped.
 * - Anything else is an event of its name, with its properties; `value` among them is its value
 *   where it is a number. Its unit is the one that an experiment on the lowest kind of unit would
 *   assign, of the kinds that launched experiments are on.
 *
 * The plugin sends no ids and no times. An item is dated when it arrives, and its id is a digest of
 * itself and of the time in windows: a day for what only says again that something was met, ten
 * seconds for all else, so that a retry is a duplicate and a second click is not. Equal items of one
 * request are told apart by their order. Who needs it exact sends `event_id` among the properties.
 *
 * Source: `plugins/growthbook-tracking` of the JavaScript SDK, 1.8.0.
 */
export function eventsOfPlugin(items: readonly unknown[], rules: PluginRules): unknown[] {
  const kinds = kindsInUse(rules.viewable);
  const seen = new Map<string, number>();
  return items.map((item) => {
    if (!isObject(item) || item instanceof EventFault) return item;
    const isView = item['event_name'] === EXPERIMENT_VIEWED;
    const event = isView ? viewOf(item, rules) : happeningOf(item, kinds);
    const occurredAt = rules.receivedAt.toISOString();
    const given = textOf(membersOf(item['properties_json'])['event_id']);
    if (given !== null) return { id: given, occurredAt, ...event };
    const isAgain = isView || item['event_name'] === FEATURE_EVALUATED;
    const windowMs = isAgain ? VIEW_WINDOW_MS : RETRY_WINDOW_MS;
    const window = Math.floor(rules.receivedAt.getTime() / windowMs);
    const digest = rules.digestOf(canonicalJson([isAgain ? said(event) : item, window]));
    const place = seen.get(digest) ?? 0;
    seen.set(digest, place + 1);
    const id = `growthbook:${digest}${isAgain || place === 0 ? '' : `:${place}`}`;
    return { id, occurredAt, ...event };
  });
}

/** Lowest first: what a visitor does is also what the user does that it is linked to. */
function kindsInUse(viewable: PluginRules['viewable']): readonly UnitKind[] {
  const used = new Set(Array.from(viewable.values(), ({ unit }) => unit));
  return used.size === 0 ? UNIT_KINDS : UNIT_KINDS.filter((kind) => used.has(kind));
}

function viewOf(item: Members, { viewable, analysed }: PluginRules): Event {
  const properties = membersOf(item['properties_json']);
  const exposure = exposureOfView(properties, hashedUnits(item, properties), viewable);
  const attributes = attributesOf(item, exposure, analysed);
  return attributes === null ? { ...exposure } : { ...exposure, attributes };
}

/** The unit is what was hashed; an attribute that is named like a kind of unit names its kind too. */
function hashedUnits(item: Members, { hashAttribute, hashValue }: Members): SaidUnits {
  const attributes = membersOf(item['context_json']);
  const named = UNIT_KINDS.filter((kind) => kind === hashAttribute);
  const idFor = (kind: UnitKind): unknown =>
    isSaid(hashValue)
      ? (textOf(hashValue) ?? hashValue)
      : (idOf(attributes, kind) ?? targetingOf(item));
  const kinds = named.length === 0 ? UNIT_KINDS : named;
  return Object.fromEntries(kinds.map((kind) => [kind, idFor(kind)]));
}

function attributesOf(
  item: Members,
  { experiment }: ViewedExposure,
  analysed: PluginRules['analysed'],
): Event | null {
  const names = typeof experiment === 'string' ? (analysed.get(experiment) ?? []) : [];
  const attributes = membersOf(item['context_json']);
  const kept = names.filter((name) => Object.hasOwn(attributes, name));
  return kept.length === 0
    ? null
    : Object.fromEntries(kept.map((name) => [name, attributes[name]]));
}

function happeningOf(item: Members, kinds: readonly UnitKind[]): Event {
  const { properties_json: properties } = item;
  const { value } = membersOf(properties);
  return {
    type: 'event',
    unit: unitOf(item, kinds),
    name: item['event_name'],
    ...(typeof value === 'number' ? { value } : {}),
    ...(isSaid(properties) ? { properties } : {}),
  };
}

function unitOf(item: Members, kinds: readonly UnitKind[]): { kind: UnitKind; id: unknown } {
  const attributes = membersOf(item['context_json']);
  for (const kind of kinds) {
    const id = idOf(attributes, kind) ?? targetingOf(item);
    if (id !== undefined) return { kind, id };
  }
  return { kind: 'user', id: textOf(item['user_id']) ?? undefined };
}

function idOf(attributes: Members, name: string): string | undefined {
  return Object.hasOwn(attributes, name) ? (textOf(attributes[name]) ?? undefined) : undefined;
}

/** The plugin moves the attribute `id` into `device_id`. */
function targetingOf(item: Members): string | undefined {
  return textOf(item['device_id']) ?? undefined;
}

/** Canonical JSON has no undefined. */
function said(event: Event): unknown {
  return JSON.parse(JSON.stringify(event)) as unknown;
}
