import type { Analysis } from '../experiments/definition.js';
import { matureAt } from '../metrics/maturity.js';
import type { Filter } from '../metrics/filter.js';
import { type Counted, isRate, type Metric } from '../metrics/metric.js';
import type { PlannedRole } from '../experiments/plan.js';
import type { CostDeclaration, CostDeclarations } from '../money/costs.js';
import { minorUnits } from '../money/currencies.js';
import { type CountedLedger, declaredKinds, type SummedPart, summedParts } from '../money/parts.js';

/**
 * What of the log counts for a plan's metrics, as plain columns and terms that a store turns into
 * sums. A metric has one column or several; each unit has one number in each of them.
 */

/** What of a plan says what counts; a frozen plan is one, and so are metrics before any experiment. */
export interface CountedPlan {
  metrics: readonly { definition: Metric; inExperiment?: PlannedRole }[];
  analysis: Pick<Analysis, 'cuped'> & Partial<Pick<Analysis, 'alpha'>>;
  costs: CostDeclarations;
  currency: string;
}

export const COLUMN_PARTS = [
  'value',
  'capped',
  'denominator',
  'value_before',
  'denominator_before',
  'known_before',
] as const;
/**
 * `value`: what the metric counts; of a ratio, its numerator; of a quantile, the number of its events.
 * `capped`: the value with its outliers
 * cut, where the metric is winsorised or has a cap. `_before`: the same in the days
 * before the exposure. `known_before`: 1 when anything of the plan was seen of the unit in those
 * days, so that a unit without a past is not taken for one that did nothing.
 */
export type ColumnPart = (typeof COLUMN_PARTS)[number];

/** `piece`: of what the money of a metric is made of; of these only the sum over units is of use. */
export interface SummedColumn {
  /** Position among the columns of the plan. */
  column: number;
  /** Position of the metric in the plan. */
  metric: number;
  part: ColumnPart | 'piece';
  /** The largest value a unit can have, in the metric's unit: 1 for a rate, the cap for `capped`. */
  cap: number | null;
  /** For `capped` without a `cap`: the quantile of all arms together beyond which a value is cut. */
  cut: Cut | null;
  /** Of a quantile: which one. A unit's number is then how many events it has. */
  quantile: number | null;
  /** Digits by which money is moved from minor to major units; 0 for anything else. */
  decimals: number;
  /** What counts is placed in [exposure + opens, exposure + closes), hours. */
  opensHours: number;
  closesHours: number;
  /** What occurs from this many hours after the exposure on is too late to count. */
  untilHours: number;
}

/** A column that statistics are made of. */
export interface CountedColumn extends SummedColumn {
  part: ColumnPart;
}

/** A column of what the money of a metric is made of, in the window of the metric. */
export interface CountedPiece extends SummedColumn, SummedPart {
  part: 'piece';
}

export interface Cut {
  quantile: number;
  /** Also below the quantile 1 - `quantile`. */
  bothSides: boolean;
}

export const TAKES = [
  'one',
  'value',
  'property',
  'each_value',
  'each_property',
  'amount',
  'price',
  'rate',
] as const;
/**
 * What one occurrence adds to a unit: 1, the event's value, a numeric property (`each_`: and those
 * without it are no occurrences, where the sums take them for 0), the entry's amount
 * in the reporting currency, minus a unit price, or minus a share of the amount. Money is rounded
 * to whole minor units once for each occurrence, half away from zero.
 */
export type Take = (typeof TAKES)[number];

/** Occurrences of these names add to this column. A unit's number is the sum over its terms. */
export interface CountedTerm {
  column: number;
  type: 'event' | 'money';
  /** null: every name. */
  names: readonly string[] | null;
  /** Of every name: but for these. */
  except?: readonly string[];
  /** Conditions on the properties of an occurrence; all must hold. */
  filters: readonly Filter[];
  take: Take;
  /** For `property`. */
  property: string | null;
  /** For `price`: minor units of `currency` for one occurrence. */
  priceMinor: number | null;
  currency: string | null;
  /** For `rate`: share of the amount. */
  rate: number | null;
}

const REVENUE = 'revenue';
const HOURS_PER_DAY = 24;
const HOUR_MS = 3_600_000;
const EPOCH = new Date(0);

/** The parts of a metric in the order of its columns; `value` is always the first. */
export function columnParts(metric: Metric, plan: Pick<CountedPlan, 'analysis'>): ColumnPart[] {
  const isRatio = metric.kind === 'ratio';
  const parts: ColumnPart[] = ['value'];
  if (metric.winsorise !== undefined || metric.cap !== undefined) parts.push('capped');
  if (isRatio) parts.push('denominator');
  // A quantile has no sums that what happened before could be taken out of.
  if (plan.analysis.cuped === undefined || metric.kind === 'quantile') return parts;
  return [
    ...parts,
    'value_before',
    ...(isRatio ? (['denominator_before'] as const) : []),
    'known_before',
  ];
}

/** A share of sums and a quantile of events are no means, which strata could be weighed for. */
export function hasStrata({ kind }: Metric): boolean {
  return kind !== 'ratio' && kind !== 'quantile';
}

/** Hours after its exposure at which a unit's numbers are complete. */
export function hoursToMaturity(metric: Metric): number {
  return matureAt(EPOCH, metric).getTime() / HOUR_MS;
}

/** Hours before an exposure that a plan looks back to; 0 when it does not. */
export function hoursBefore({ analysis }: Pick<CountedPlan, 'analysis'>): number {
  return (analysis.cuped?.days ?? 0) * HOURS_PER_DAY;
}

export function countedColumns(plan: CountedPlan): CountedColumn[] {
  const columns: CountedColumn[] = [];
  for (const [metric, { definition }] of plan.metrics.entries()) {
    for (const part of columnParts(definition, plan)) {
      const isMoney = definition.kind === 'money' || definition.moneyNames !== undefined;
      const countsMoney = isMoney && part !== 'denominator' && part !== 'denominator_before';
      columns.push({
        column: columns.length,
        metric,
        part,
        cap: capOf(definition, part, plan.currency),
        quantile: definition.quantile ?? null,
        cut: part === 'capped' ? cutOf(definition) : null,
        decimals: countsMoney && part !== 'known_before' ? minorUnits(plan.currency) : 0,
        ...(isBefore(part)
          ? { opensHours: -hoursBefore(plan), closesHours: 0, untilHours: 0 }
          : windowOf(definition)),
      });
    }
  }
  return columns;
}

/**
 * What the money of the plan's metrics is made of, as columns after all that statistics are made of.
 * Metrics before any experiment have none: nobody asks what a plan to come is made of.
 */
export function countedPieces(plan: CountedPlan): CountedPiece[] {
  const after = countedColumns(plan).length;
  const pieces = plan.metrics.flatMap(({ definition, inExperiment }, metric) =>
    definition.kind !== 'money' || inExperiment === undefined
      ? []
      : summedParts(ledgerOf(definition), plan.costs).map(
          ({ name, how }): Omit<CountedPiece, 'column'> => ({
            metric,
            part: 'piece',
            name,
            how,
            cap: null,
            quantile: null,
            cut: null,
            decimals: minorUnits(plan.currency),
            ...windowOf(definition),
          }),
        ),
  );
  return pieces.map((piece, at) => ({ column: after + at, ...piece }));
}

export function countedTerms(plan: CountedPlan): CountedTerm[] {
  const columns = countedColumns(plan);
  const terms = columns.flatMap(({ column, metric, part }) => {
    const definition = plan.metrics[metric]?.definition;
    return definition === undefined || part === 'known_before'
      ? []
      : termsOf(definition, part, plan.costs).map((term) => ({ column, ...term }));
  });
  const known = everythingCounted(terms);
  const pieces = countedPieces(plan).flatMap(({ column, metric, name, how }) => {
    const definition = plan.metrics[metric]?.definition;
    return definition === undefined
      ? []
      : [{ column, ...pieceTerm({ name, how }, ledgerOf(definition), plan.costs) }];
  });
  return [
    ...terms,
    ...columns
      .filter(({ part }) => part === 'known_before')
      .flatMap(({ column }) => known.map((term) => ({ column, ...term }))),
    ...pieces,
  ];
}

type Term = Omit<CountedTerm, 'column'>;

const NOTHING_MORE = { filters: [], property: null, priceMinor: null, currency: null, rate: null };

function windowOf(
  definition: Metric,
): Pick<SummedColumn, 'opensHours' | 'closesHours' | 'untilHours'> {
  const opensHours = definition.delayHours;
  return {
    opensHours,
    closesHours: opensHours + definition.windowDays * HOURS_PER_DAY,
    untilHours: hoursToMaturity(definition),
  };
}

function isBefore(part: ColumnPart): boolean {
  return part.endsWith('_before');
}

function capOf(metric: Metric, part: ColumnPart, currency: string): number | null {
  if (isRate(metric.kind) || part === 'known_before') return 1;
  return part === 'capped' ? declaredCap(metric, currency) : null;
}

/**
 * Where the metric says its values are cut; null where it does not. Of money in whole minor units,
 * because there is nothing between them.
 */
export function declaredCap({ kind, cap }: Metric, currency: string): number | null {
  if (cap === undefined) return null;
  if (kind !== 'money') return cap;
  const minor = 10 ** minorUnits(currency);
  return Math.max(1, Math.round(cap * minor)) / minor;
}

/** A count has no lower tail; values and money may. */
function cutOf({ kind, winsorise }: Metric): Cut | null {
  return winsorise === undefined
    ? null
    : { quantile: winsorise.quantile, bothSides: kind !== 'count' };
}

function termsOf(metric: Metric, part: ColumnPart, costs: CostDeclarations): Term[] {
  switch (metric.kind) {
    case 'proportion':
    case 'retention':
    case 'count':
      return [{ ...eventsOf(metric), take: 'one' }];
    case 'mean':
      return metric.valueProperty === undefined
        ? [{ ...eventsOf(metric), take: 'value' }]
        : [{ ...eventsOf(metric), take: 'property', property: metric.valueProperty }];
    case 'quantile':
      return metric.valueProperty === undefined
        ? [{ ...eventsOf(metric), take: 'each_value' }]
        : [{ ...eventsOf(metric), take: 'each_property', property: metric.valueProperty }];
    case 'ratio':
      return ratioTerms(metric, part, costs);
    case 'money':
      return moneyTerms(ledgerOf(metric), costs);
  }
}

function ratioTerms(metric: Metric, part: ColumnPart, costs: CostDeclarations): Term[] {
  const ofDenominator = part === 'denominator' || part === 'denominator_before';
  const side: Counted = (ofDenominator ? metric.denominator : undefined) ?? metric;
  if (!ofDenominator && metric.moneyNames !== undefined) {
    return moneyTerms(ledgerOf(metric), costs);
  }
  return side.valueProperty === undefined
    ? [{ ...eventsOf(side), take: 'one' }]
    : [{ ...eventsOf(side), take: 'property', property: side.valueProperty }];
}

function eventsOf({ event, filters = [] }: Counted): Omit<Term, 'take'> {
  return { ...NOTHING_MORE, type: 'event', names: event === undefined ? [] : [event], filters };
}

function ledgerOf({ moneyNames, filters = [] }: Metric): CountedLedger {
  return { names: moneyNames ?? null, filters };
}

/**
 * The ledger itself, and the costs that are declared rather than measured. A kind of cost is the
 * name of its ledger entries, so a metric over a part of the ledger has a declared cost exactly
 * when it names its kind; profit, the whole ledger, has them all. Entries that are chosen by their
 * properties have none: what is declared for all of a kind says nothing of some of it.
 */
function moneyTerms(ledger: CountedLedger, costs: CostDeclarations): Term[] {
  const declared = declaredKinds(ledger, costs).map(({ kind }) => kind);
  const { names, filters } = ledger;
  const entries: Term = { ...NOTHING_MORE, type: 'money', names, take: 'amount', filters };
  if (names === null) {
    if (declared.length > 0) entries.except = declared;
  } else {
    entries.names = names.filter((name) => !declared.includes(name));
  }
  return [
    ...(entries.names?.length === 0 ? [] : [entries]),
    ...declared.flatMap((kind) => declaredTerm(costs[kind])),
  ];
}

function pieceTerm({ name, how }: SummedPart, { filters }: CountedLedger, costs: CostDeclarations) {
  const [declared] = how === 'unit_price' || how === 'rate' ? declaredTerm(costs[name]) : [];
  const entries: Term = { ...NOTHING_MORE, type: 'money', names: [name], take: 'amount', filters };
  return declared ?? entries;
}

/** What a kind of cost is declared to be, by price or by rate. */
function declaredTerm(cost: CostDeclaration | undefined): Term[] {
  if (cost?.how === 'unit_price') {
    const { event, amountMinor: priceMinor, currency } = cost;
    const price = { ...NOTHING_MORE, type: 'event', names: [event], take: 'price' } as const;
    return [{ ...price, priceMinor, currency }];
  }
  if (cost?.how !== 'rate') return [];
  const share = { ...NOTHING_MORE, type: 'money', names: [REVENUE], take: 'rate' } as const;
  return [{ ...share, rate: cost.ofRevenue }];
}

/** Any occurrence that the plan counts for something. */
function everythingCounted(terms: readonly CountedTerm[]): Term[] {
  const ofEvents = terms.filter(({ type }) => type === 'event').flatMap(({ names }) => names ?? []);
  const known: Term[] = [];
  if (ofEvents.length > 0) {
    known.push({ type: 'event', names: [...new Set(ofEvents)], take: 'one', ...NOTHING_MORE });
  }
  if (terms.some(({ type }) => type === 'money')) {
    known.push({ type: 'money', names: null, take: 'one', ...NOTHING_MORE });
  }
  return known;
}
