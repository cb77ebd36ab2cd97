import type { CountedTerm, SummedColumn } from '../../domain/evaluation/counted-columns.js';
import type { StateLayout } from './state-layout.js';

/** A stretch around the exposure: what is placed in [opens, closes) and occurs before until, hours. */
type Window = Pick<SummedColumn, 'opensHours' | 'closesHours' | 'untilHours'>;

/** Between two edges of windows: the phases of what occurs before each instant, the earliest first. */
interface Span {
  closesHours: number;
  phases: readonly { untilHours: number; phase: number }[];
}

/**
 * What an entry can count for, as one small number: its name has a number, its place in time has one,
 * and every sum asks for a few cells of the two. Comparing it once for each sum costs a fraction of
 * comparing names and instants.
 */
export class EntryCells {
  /** Instants that a unit's row must hold, in hours after its exposure. */
  readonly hours: readonly number[];
  /** Distinct names that are counted, each by its type. */
  private readonly names: readonly string[];
  private readonly countsAllMoney: boolean;
  private readonly spans: readonly Span[];
  /** By phase: the windows that are open in it. */
  private readonly phases: readonly (readonly Window[])[];

  constructor({ columns, terms }: StateLayout) {
    this.names = [
      ...new Set(
        terms.flatMap(({ type, names, except = [] }) =>
          (names ?? except).map((name) => nameOf(type, name)),
        ),
      ),
    ].toSorted();
    this.countsAllMoney = terms.some(({ names }) => names === null);
    const edges = distinct(columns.flatMap((one) => [one.opensHours, one.closesHours]));
    const phases = new Map<string, Window[]>();
    this.spans = edges.map((closesHours, at) => ({
      closesHours,
      phases: phasesBetween(edges[at - 1], closesHours, columns, phases),
    }));
    this.phases = [...phases.values()];
    this.hours = distinct([...edges, ...columns.map(({ untilHours }) => untilHours)]);
  }

  /** SQL of the number of a row's name, null when it counts for nothing. */
  code(bind: (name: string) => string): string {
    const others = this.countsAllMoney ? `ELSE ${this.names.length}` : '';
    const of = (type: CountedTerm['type'], rest: string): string => {
      const whens = this.names.flatMap((name, at) =>
        name.startsWith(nameOf(type, ''))
          ? [`WHEN ${bind(name.slice(nameOf(type, '').length))} THEN ${at}`]
          : [],
      );
      if (whens.length === 0) return rest === '' ? 'NULL' : String(this.names.length);
      return `CASE event.name ${whens.join(' ')} ${rest} END`;
    };
    // Only money has an amount and a currency.
    return `(CASE WHEN event.amount_minor IS NOT NULL AND event.currency IS NOT NULL
          THEN ${of('money', others)}
        WHEN event.type = 'event' THEN ${of('event', '')} END)::int`;
  }

  /**
   * SQL of the cell of an entry that has a code; null outside all windows.
   * @param bound SQL of the instant so many hours after the exposure
   */
  cell(code: string, at: string, occurredAt: string, bound: (hours: number) => string): string {
    const whens = this.spans.map(({ closesHours, phases }) => {
      const steps = phases.map(
        ({ untilHours, phase }) =>
          `WHEN ${occurredAt} < ${bound(untilHours)} THEN ${phase * this.codes}`,
      );
      const found = steps.length === 0 ? 'NULL' : `CASE ${steps.join(' ')} END`;
      return `WHEN ${at} < ${bound(closesHours)} THEN ${found}`;
    });
    return whens.length === 0 ? 'NULL::int' : `${code} + (CASE ${whens.join(' ')} END)::int`;
  }

  /** The cells of entries that have one of the names of a term, in the window of its column. */
  cellsOf(
    { type, names, except = [] }: Pick<CountedTerm, 'type' | 'names' | 'except'>,
    window: Window,
  ): number[] {
    const without = this.codesOf(type, except);
    const codes = this.codesOf(type, names).filter((code) => !without.includes(code));
    return this.phases.flatMap((windows, phase) =>
      windows.some((one) => isSameWindow(one, window))
        ? codes.map((code) => phase * this.codes + code)
        : [],
    );
  }

  /** SQL of whether an entry has one of some names, wherever in time. */
  isNamed(type: CountedTerm['type'], names: readonly string[] | null): string {
    return isOneOf('entry.code', this.codesOf(type, names));
  }

  /** How many codes there are, that of money with no name of its own included. */
  private get codes(): number {
    return this.names.length + 1;
  }

  private codesOf(type: CountedTerm['type'], names: readonly string[] | null): number[] {
    if (names !== null) {
      return names.map((name) => this.names.indexOf(nameOf(type, name))).filter((at) => at >= 0);
    }
    const named = this.names.flatMap((name, at) => (name.startsWith(nameOf(type, '')) ? [at] : []));
    return [...named, this.names.length];
  }
}

function nameOf(type: CountedTerm['type'], name: string): string {
  return `${type}/${name}`;
}

function phasesBetween(
  opensHours: number | undefined,
  closesHours: number,
  windows: readonly Window[],
  known: Map<string, Window[]>,
): Span['phases'] {
  if (opensHours === undefined) return [];
  const open = windows.filter(
    (one) => one.opensHours <= opensHours && one.closesHours >= closesHours,
  );
  return distinct(open.map(({ untilHours }) => untilHours)).map((untilHours) => {
    const still = open.filter((one) => one.untilHours >= untilHours);
    const name = JSON.stringify([...new Set(still.map(keyOf))].toSorted());
    if (!known.has(name)) known.set(name, still);
    return { untilHours, phase: [...known.keys()].indexOf(name) };
  });
}

function keyOf({ opensHours, closesHours, untilHours }: Window): string {
  return `${opensHours}/${closesHours}/${untilHours}`;
}

function isSameWindow(one: Window, other: Window): boolean {
  return keyOf(one) === keyOf(other);
}

/** SQL of whether a number is one of some; numbers in a row are compared by the ends of the row. */
export function isOneOf(value: string, numbers: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const number of distinct(numbers)) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  const among = runs.map(([first, last]) =>
    first === last ? `${value} = ${first}` : `${value} BETWEEN ${first} AND ${last}`,
  );
  return among.length === 0 ? 'false' : `(${among.join(' OR ')})`;
}

function distinct(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].toSorted((one, other) => one - other);
}
