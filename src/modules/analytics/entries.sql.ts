import type { CountedTerm } from '../../domain/evaluation/counted-columns.js';
import type { Filter } from '../../domain/metrics/filter.js';
import { MISDATED_DAYS } from '../../domain/metrics/maturity.js';
import { CURRENCIES, minorUnits } from '../../domain/money/currencies.js';
import { EntryCells, isOneOf } from './entry-cells.js';
import { isSeen, type Pass } from './pass.js';
import type { SqlParameters } from './sql-parameters.js';
import { FINE_DIGITS, type Slot, type StateLayout } from './state-layout.js';

/**
 * Rows of the log beside the unit they count for, as "entry", and what sums of them are taken. Money
 * is converted and rounded once for each entry, before any sum; windows are half-open; an entry that
 * refers to an original stands at the original's time (src/domain/metrics/maturity.ts).
 */
export class EntriesSql {
  private readonly cells: EntryCells;
  /** Instants around its exposure that a unit's row holds, in hours. */
  private readonly bounds: readonly number[];

  constructor(
    private readonly pass: Pass,
    private readonly parameters: SqlParameters,
  ) {
    const { layout } = pass;
    this.cells = new EntryCells(layout);
    const reach = [0, -layout.hoursBefore, -oldestHours(layout), layout.hoursAfter];
    this.bounds = [...new Set([...this.cells.hours, ...reach])];
  }

  /** Columns of a unit's row that say when its windows begin and end, computed once for a unit. */
  boundColumns(exposedAt: string): string {
    return this.bounds
      .map((hours) => `${exposedAt} + interval '${hours} hours' AS ${this.bound(hours)}`)
      .join(', ');
  }

  /**
   * Rows of the log as entries read them: what is needed of each, and the number of its name.
   * @param from A FROM list with the rows as "event"
   * @param condition Which of them
   */
  logged(from: string, condition: string): string {
    const { pass, parameters } = this;
    // OFFSET 0: the name is looked up once for a row, and before anything is joined to it.
    return `
      SELECT event.unit, event.occurred_at, event.received_at, event.refers_to, event.value,
        event.amount_minor, event.currency ${this.readsProperties() ? ', event.properties' : ''},
        ${this.cells.code((name) => parameters.bind(name))} AS code
      FROM ${from}
      WHERE ${condition} AND event.occurred_at < ${parameters.bind(pass.asOf)}::timestamptz
      OFFSET 0`;
  }

  /**
   * Entries of units.
   * @param from A FROM list with the unit's row as "cohort" (unit, the bounds) and
   *   `logged` rows as "event"
   */
  rows(from: string): string {
    const { layout } = this.pass;
    // OFFSET 0 keeps the planner from computing what is above it once more for every sum.
    return `
      SELECT cohort.unit, event.code, event.amount_minor IS NOT NULL AS is_money,
        event.occurred_at >= cohort.${this.bound(0)}
          AND event.received_at > event.occurred_at + interval '24 hours' AS is_late,
        event.occurred_at, event.value, ${FINE} AS fine, ${this.amount()} AS amount,
        event.currency ${this.readsProperties() ? ', event.properties' : ''}, ${this.cell()} AS cell
      FROM ${from}
      WHERE event.code IS NOT NULL AND ${this.isRecentEnough()}
        AND event.occurred_at < cohort.${this.bound(layout.hoursAfter)}
      OFFSET 0`;
  }

  /** The sums of a group of entries that are kept in 64 bits, in the order of their places. */
  wholes(): string {
    const { slots } = this.pass.layout;
    const sums = slots.flatMap((slot) => {
      if (slot.place.whole === null) return [];
      return [`(${this.sum(slot, slot.place.decimal === null ? null : 'fine')})::bigint`];
    });
    return `ARRAY[${sums.join(', ')}]::bigint[]`;
  }

  decimals(): string {
    const { slots } = this.pass.layout;
    const sums = slots.flatMap((slot) => {
      if (slot.place.decimal === null) return [];
      return [this.sum(slot, slot.place.whole === null ? null : 'rest')];
    });
    return `ARRAY[${sums.join(', ')}]::numeric[]`;
  }

  /** Entries after the exposure that reached us more than a day after they happened. */
  late(condition = 'true'): string {
    return `count(*) FILTER (WHERE entry.is_late AND ${condition})`;
  }

  /** Entries that count and whose money cannot be converted. */
  missingRates(): string {
    return `count(*) FILTER (WHERE ${this.isWithoutRate()})`;
  }

  /** The condition of `missingRates` on one entry. */
  isWithoutRate(): string {
    const terms = this.moneyTerms();
    const conditions = terms
      .filter(({ take }) => take === 'price')
      .map((term) => {
        return `(${this.condition(term)} AND ${this.rateOf(this.bindText(term.currency))} IS NULL)`;
      });
    const ledger = terms.filter(({ take }) => take !== 'price');
    if (ledger.length > 0) {
      const filtered = ledger.filter((term) => !isPlain(term)).map((term) => this.condition(term));
      const counts = [this.isInCellsOf(ledger.filter(isPlain)), ...filtered].join(' OR ');
      conditions.push(`(entry.is_money AND entry.amount IS NULL AND (${counts}))`);
    }
    return conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`;
  }

  /** The currency and day of an entry's missing rate. */
  missingCurrency(): string {
    const prices = this.moneyTerms().filter(({ take }) => take === 'price');
    const whens = prices.map(
      (term) => `WHEN ${this.condition(term)} THEN ${this.bindText(term.currency)}::text`,
    );
    return whens.length === 0
      ? 'entry.currency'
      : `CASE WHEN entry.is_money THEN entry.currency ${whens.join(' ')} END`;
  }

  day(): string {
    return `(entry.occurred_at AT TIME ZONE ${this.parameters.bind(this.pass.plan.timezone)})::date`;
  }

  /** Single values of a quantile's column, with the condition under which an entry has one. */
  occurrence(slot: Slot): { value: string; condition: string } | null {
    const term = this.pass.layout.terms.find(({ column }) => column === slot.column);
    if (term === undefined) return null;
    const value = term.take === 'each_value' ? 'entry.value' : `${this.property(term)}::float8`;
    return { value, condition: this.condition(term) };
  }

  /** @param part Of values: those that are summed in 64 bits, or the others */
  private sum(slot: Slot, part: 'fine' | 'rest' | null): string {
    const { terms, columns } = this.pass.layout;
    const isQuantile = columns[slot.column]?.quantile !== null;
    const own = terms.filter(({ column }) => column === slot.column);
    // Terms of one column that count occurrences share no name, so none is counted twice.
    const plain = own.filter((term) => term.take === 'one' && isPlain(term));
    const parts = own
      .filter((term) => !plain.includes(term))
      .map((term) => {
        const condition = this.condition(term);
        if (isQuantile || term.take === 'one') return `count(*) FILTER (WHERE ${condition})`;
        const { value, isGiven } = part === null ? this.value(term) : SPLIT[part];
        // Whether there is anything to add is asked first: it costs a fraction of a comparison.
        return `coalesce(sum(${value}) FILTER (WHERE ${isGiven} AND ${condition}), 0)`;
      });
    if (plain.length > 0) parts.push(`count(*) FILTER (WHERE ${this.isInCellsOf(plain)})`);
    return parts.join(' + ') || '0';
  }

  /** What one entry adds, and whether it adds anything at all. */
  private value(term: CountedTerm): { value: string; isGiven: string } {
    switch (term.take) {
      case 'value':
      case 'each_value':
        return { value: 'entry.value::text::numeric', isGiven: 'entry.value IS NOT NULL' };
      case 'property':
      case 'each_property':
        return { value: this.property(term), isGiven: 'entry.properties IS NOT NULL' };
      case 'amount':
        return { value: 'entry.amount', isGiven: 'entry.amount IS NOT NULL' };
      case 'rate': {
        const rate = `${this.parameters.bind(String(term.rate))}::numeric`;
        return { value: `-round(entry.amount * ${rate})`, isGiven: 'entry.amount IS NOT NULL' };
      }
      case 'price': {
        const price = `${this.parameters.bind(String(term.priceMinor))}::numeric`;
        const isOwn = term.currency === this.pass.plan.currency;
        const converted = () => `round(-${price} * ${this.rateOf(this.bindText(term.currency))})`;
        return { value: isOwn ? `-${price}` : converted(), isGiven: 'true' };
      }
      case 'one':
        return { value: '1', isGiven: 'true' };
    }
  }

  private property({ property }: CountedTerm): string {
    const name = this.bindText(property);
    return `CASE jsonb_typeof(entry.properties -> ${name}) WHEN 'number'
      THEN (entry.properties -> ${name})::numeric END`;
  }

  /** Whether an entry counts for a term: its name, what is asked of it, and its place in time. */
  private condition(term: CountedTerm): string {
    const { filters, take, property } = term;
    const conditions = [this.isInCellsOf([term])];
    if (take === 'each_value') conditions.push('entry.value IS NOT NULL');
    if (take === 'each_property') {
      conditions.push(
        `jsonb_typeof(entry.properties -> ${this.bindText(property)}) IS NOT DISTINCT FROM 'number'`,
      );
    }
    return [...conditions, ...filters.map((filter) => this.fulfils(filter))].join(' AND ');
  }

  /** Whether an entry has a name and a place in time of one of some terms. */
  private isInCellsOf(terms: readonly CountedTerm[]): string {
    const cells = terms.flatMap((term) => {
      const column = this.pass.layout.columns[term.column];
      if (column === undefined) throw new RangeError('a term belongs to a column');
      return this.cells.cellsOf(term, column);
    });
    return isOneOf('entry.cell', cells);
  }

  /** Whether an entry has one of some names; null is every name. */
  isNamed(type: CountedTerm['type'], names: readonly string[] | null): string {
    return this.cells.isNamed(type, names);
  }

  private readsProperties(): boolean {
    return this.pass.layout.terms.some(
      ({ property, filters }) => property !== null || filters.length > 0,
    );
  }

  /** `matches` of src/domain/metrics/filter.ts, as a condition on the row. */
  private fulfils({ property, operator, value, values = [] }: Filter): string {
    const name = this.bindText(property);
    const found = `entry.properties -> ${name}`;
    const json = (one: unknown) => `${this.parameters.bind(JSON.stringify(one))}::jsonb`;
    const isOneOf = () =>
      `coalesce(${values.map((one) => `(${found}) = ${json(one)}`).join(' OR ')}, false)`;
    switch (operator) {
      case 'exists':
        return `coalesce(jsonb_typeof(${found}), 'null') <> 'null'`;
      case 'absent':
        return `coalesce(jsonb_typeof(${found}), 'null') = 'null'`;
      case 'eq':
        return `coalesce((${found}) = ${json(value)}, false)`;
      case 'ne':
        return `(${found}) IS DISTINCT FROM ${json(value)}`;
      case 'in':
        return isOneOf();
      case 'not_in':
        return `NOT ${isOneOf()}`;
      case 'lt':
      case 'lte':
      case 'gt':
      case 'gte':
        return `CASE jsonb_typeof(${found}) WHEN 'number'
          THEN (${found})::numeric ${COMPARISONS[operator]} ${this.parameters.bind(String(value))}::numeric
          ELSE false END`;
    }
  }

  /**
   * What an entry can count for (src/modules/analytics/entry-cells.ts), by where in time it is placed: at
   * its original's, if it refers to one that is stored and has happened.
   */
  private cell(): string {
    const { pass, parameters } = this;
    const at = (instant: string): string =>
      this.cells.cell('event.code', instant, 'event.occurred_at', (hours) => {
        return `cohort.${this.bound(hours)}`;
      });
    const original = `SELECT original.occurred_at FROM event_id AS original
          WHERE original.project = ${parameters.bind(pass.project)}
            AND original.key = event.refers_to
            AND original.occurred_at < ${parameters.bind(pass.asOf)}::timestamptz
            AND ${isSeen('original', pass, parameters)}`;
    return `CASE WHEN event.refers_to IS NULL THEN ${at('event.occurred_at')} ELSE (
          SELECT ${at('placed.at')} FROM (
            SELECT coalesce((${original}), event.occurred_at) AS at OFFSET 0
          ) AS placed) END`;
  }

  /**
   * Whole minor units of the reporting currency, or null without a rate. Most fit 32 bits, whose sums
   * are the fastest; what does not fails, and is asked for once more wide.
   */
  private amount(): string {
    const { currency } = this.pass.plan;
    const own = this.parameters.bind(currency);
    return `(CASE WHEN event.currency = ${own} THEN event.amount_minor
        WHEN event.currency IS NULL THEN NULL
        ELSE round(event.amount_minor * ${this.rate('event.currency', 'event.occurred_at')})::bigint
        END)::${this.pass.isWide ? 'bigint' : 'int'}`;
  }

  private rateOf(currency: string): string {
    return this.rate(`${currency}::text`, 'entry.occurred_at');
  }

  /** Minor units of the reporting currency for one minor unit of another, at the day's rate. */
  private rate(currency: string, at: string): string {
    const { parameters, pass } = this;
    return `(SELECT exchange_rate.rate * (${parameters.bind(this.factors())}::jsonb
            ->> exchange_rate.currency)::numeric
          FROM exchange_rate
          JOIN event_space ON event_space.project_id = exchange_rate.project_id
          WHERE event_space.number = ${parameters.bind(pass.project)}
            AND exchange_rate.date = (${at} AT TIME ZONE ${parameters.bind(pass.plan.timezone)})::date
            AND exchange_rate.base = ${parameters.bind(pass.plan.currency)}
            AND exchange_rate.currency = ${currency})`;
  }

  /** Between the minor units of any currency and those of the reporting currency. */
  private factors(): string {
    const own = minorUnits(this.pass.plan.currency);
    const factors = CURRENCIES.map((code) => [code, `1e${own - minorUnits(code)}`]);
    return JSON.stringify(Object.fromEntries(factors));
  }

  private moneyTerms(): CountedTerm[] {
    return this.pass.layout.terms.filter(
      ({ take, currency }) =>
        take === 'amount' ||
        take === 'rate' ||
        (take === 'price' && currency !== this.pass.plan.currency),
    );
  }

  private isRecentEnough(): string {
    const { layout } = this.pass;
    const since = (hours: number) => `event.occurred_at >= cohort.${this.bound(-hours)}`;
    return layout.hoursBefore >= oldestHours(layout)
      ? since(layout.hoursBefore)
      : `(${since(layout.hoursBefore)}
          OR (event.refers_to IS NOT NULL AND ${since(oldestHours(layout))}))`;
  }

  /** The column that holds the instant so many hours after the exposure. */
  private bound(hours: number): string {
    return `bound_${this.bounds.indexOf(hours)}`;
  }

  private bindText(text: string | null): string {
    return `${this.parameters.bind(text)}::text`;
  }
}

/** Values below this are whole numbers of 32 bits in their smallest digit. */
const FINE_MAX = 200_000;
/**
 * A value as a whole number of 10 ^ -FINE_DIGITS, where it is one: the quotient is rounded correctly,
 * and of the decimals of up to 15 digits only one is nearest to it (IEEE 754), which is how it was
 * written.
 */
const FINE = `CASE WHEN event.value BETWEEN -${FINE_MAX} AND ${FINE_MAX}
          AND round(event.value * 1e${FINE_DIGITS}::float8) / 1e${FINE_DIGITS}::float8 = event.value
        THEN round(event.value * 1e${FINE_DIGITS}::float8)::int END`;
/** The two parts in which values are summed: those that are such whole numbers, and the others. */
const SPLIT = {
  fine: { value: 'entry.fine', isGiven: 'entry.fine IS NOT NULL' },
  rest: {
    value: 'entry.value::text::numeric',
    isGiven: 'entry.fine IS NULL AND entry.value IS NOT NULL',
  },
} as const;

/** Whether a name and a place in time are all that is asked of an entry. */
function isPlain({ filters, take }: CountedTerm): boolean {
  return filters.length === 0 && take !== 'each_value' && take !== 'each_property';
}

/** Hours before the exposure at which an entry that refers to an original may still be dated. */
const MISDATED_HOURS = 24 * MISDATED_DAYS;

/** Hours before the exposure at which the first entry that counts may be dated. */
export function oldestHours({ hoursBefore }: Pick<StateLayout, 'hoursBefore'>): number {
  return Math.max(hoursBefore, MISDATED_HOURS);
}

const COMPARISONS = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;
