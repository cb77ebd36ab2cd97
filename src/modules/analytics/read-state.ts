import {
  type CountedColumn,
  hasStrata,
  hoursToMaturity,
} from '../../domain/evaluation/counted-columns.js';
import {
  centred,
  centredProduct,
  type Exact,
  exactFrom,
  plus,
  wholeDigits,
  ZERO,
} from '../../domain/evaluation/exact-sums.js';
import {
  type ArmMoments,
  type ArmPieces,
  type CoMoment,
  type CompositionMoments,
  DIMENSION_VALUES_MAX,
  type DimensionMoments,
  type MetricMoments,
  STRATA_MAX,
  type StratumMoments,
} from '../../domain/evaluation/moments.js';
import { capOf, CROSSED_ARM, LATE_ARM } from './moments.sql.js';
import type { Pass } from './pass.js';
import type { FoundQuantiles } from './read-quantiles.js';
import { pairOf, type StateLayout } from './state-layout.js';

/** A vector of moments as it was read. */
export interface VectorRow {
  /** The times to maturity that its units have behind them, as bits. */
  matured: number;
  dimension: number;
  value: string;
  arm: number;
  sums: readonly string[];
}

type Vector = readonly Exact[];

/** All units of the cohort; beside it, the position of the time to maturity they have behind them. */
const RUNNING = -1;

/** The stored sums of one pass as moments: centred here, once, exactly, and then doubles. */
export class StateReading {
  private readonly vectors = new Map<string, Vector>();
  /** By dimension: its values, the largest first. */
  private readonly valuesOf = new Map<number, string[]>();
  private readonly placeOf: ReadonlyMap<string, number>;

  constructor(
    rows: readonly VectorRow[],
    private readonly pass: Pass,
    private readonly quantiles: FoundQuantiles,
  ) {
    for (const { matured, dimension, value, arm, sums } of rows) {
      const vector = sums.map(exactFrom);
      this.add(`${RUNNING}/${dimension}/${arm}/${value}`, vector);
      for (const at of pass.layout.maturities.keys()) {
        if ((matured & (1 << at)) !== 0) this.add(`${at}/${dimension}/${arm}/${value}`, vector);
      }
    }
    this.placeOf = new Map(pass.layout.cells.map((cell, place) => [nameOf(cell), place]));
    for (const dimension of pass.dimensions.keys()) {
      this.valuesOf.set(dimension + 1, this.rankedValues(rows, dimension + 1));
    }
  }

  units(): number[] {
    return this.pass.plan.variants.map((_, arm) => this.unitsOf([''], 0, arm + 1));
  }

  crossovers(): number {
    return this.unitsOf([''], 0, CROSSED_ARM);
  }

  outsideCohort(): number {
    return this.unitsOf([''], 0, LATE_ARM);
  }

  lateEvents(): number {
    return this.countOf('late');
  }

  unassigned(): number {
    return this.countOf('unassigned');
  }

  metrics(stratifyBy: string | null): MetricMoments[] {
    const { plan, layout } = this.pass;
    return plan.metrics.map(({ definition }, metric) => {
      const own = layout.statistics.filter((column) => column.metric === metric);
      const capped = own.find(({ part }) => part === 'capped');
      const cap = capped === undefined ? null : capOf(capped, this.pass);
      return {
        key: definition.key,
        columns: own.map(({ part }) => part),
        ...(cap === null ? {} : { cap }),
        ...this.armsOf(metric, [''], 0),
        ...(stratifyBy === null || !hasStrata(definition)
          ? {}
          : { strata: this.strata(metric, stratifyBy) }),
      };
    });
  }

  /** What the money of each metric is made of, exactly; null where it is made of nothing. */
  compositions(): (CompositionMoments | null)[] {
    const { plan, layout } = this.pass;
    return plan.metrics.map(({ definition }, metric) => {
      const pieces = layout.pieces.filter((piece) => piece.metric === metric);
      if (pieces.length === 0) return null;
      const matured = layout.maturities.indexOf(hoursToMaturity(definition));
      const whole = layout.statistics.find((column) => column.metric === metric)?.column ?? -1;
      const arms = (among: number): ArmPieces[] =>
        plan.variants.map((_, arm) => {
          const vector = this.vector([''], 0, among, arm + 1);
          const minor = (column: number) => wholeDigits(this.sum(vector, 'first', column));
          return { total: minor(whole), pieces: pieces.map(({ column }) => minor(column)) };
        });
      return {
        parts: pieces.map(({ name, how }) => ({ name, how })),
        matured: arms(matured),
        running: arms(RUNNING),
      };
    });
  }

  comoments(): CoMoment[] {
    const { plan, layout } = this.pass;
    const values = layout.statistics.filter(({ part }) => part === 'value');
    return plan.variants.flatMap((_, variant) => {
      const vector = this.vector([''], 0, RUNNING, variant + 1);
      return values.flatMap((one, at) =>
        values.slice(at + 1).map((other) => ({
          variant,
          metric: one.metric,
          other: other.metric,
          products: this.productOf(vector, one, other),
        })),
      );
    });
  }

  dimensionMoments(attributes: readonly string[]): DimensionMoments[] {
    return attributes.map((attribute) => {
      const dimension = this.pass.dimensions.indexOf(attribute) + 1;
      const groups = this.groups(dimension, DIMENSION_VALUES_MAX);
      return {
        attribute,
        values: groups.map((values, at) => {
          const isOther = at === DIMENSION_VALUES_MAX - 1 && values.length > 1;
          return {
            value: isOther ? null : valueFrom(values[0] ?? ''),
            ...(isOther ? { isOther } : {}),
            units: this.pass.plan.variants.map((_, arm) =>
              this.unitsOf(values, dimension, arm + 1),
            ),
            metrics: this.pass.plan.metrics.map((__, metric) =>
              this.armsOf(metric, values, dimension),
            ),
          };
        }),
      };
    });
  }

  private strata(metric: number, stratifyBy: string): StratumMoments[] {
    const dimension = this.pass.dimensions.indexOf(stratifyBy) + 1;
    // The limit of strata leaves room for one that holds the rest.
    return this.groups(dimension, STRATA_MAX + 1).map((values) =>
      this.armsOf(metric, values, dimension),
    );
  }

  /** Values of a dimension, each by itself, and all beyond the limit as one. */
  private groups(dimension: number, max: number): string[][] {
    const values = this.valuesOf.get(dimension) ?? [];
    if (values.length <= max) return values.map((value) => [value]);
    return [...values.slice(0, max - 1).map((value) => [value]), values.slice(max - 1)];
  }

  private armsOf(metric: number, values: readonly string[], dimension: number): StratumMoments {
    const { plan, layout } = this.pass;
    const hours = plan.metrics[metric]?.definition;
    const matured =
      hours === undefined ? RUNNING : layout.maturities.indexOf(hoursToMaturity(hours));
    const arms = (among: number): ArmMoments[] =>
      plan.variants.map((_, arm) => this.arm(metric, values, dimension, among, arm + 1));
    return { matured: arms(matured), running: arms(RUNNING) };
  }

  private arm(
    metric: number,
    values: readonly string[],
    dimension: number,
    among: number,
    arm: number,
  ): ArmMoments {
    const own = this.pass.layout.statistics.filter((column) => column.metric === metric);
    const vector = this.vector(values, dimension, among, arm);
    const n = this.cell(vector, 'units').units;
    const powers = own.map(({ column, decimals }) =>
      centred(
        {
          n,
          first: this.sum(vector, 'first', column),
          second: this.sum(vector, 'second', column),
          third: this.sum(vector, 'third', column),
        },
        decimals,
      ),
    );
    const comoment = own.flatMap((one, at) =>
      own
        .slice(at)
        .map((other) =>
          other === one ? (powers[at]?.squares ?? 0) : this.productOf(vector, one, other),
        ),
    );
    const quantile =
      dimension === 0
        ? this.quantiles(arm, own[0]?.column ?? -1, among === RUNNING ? 'running' : 'matured')
        : null;
    return {
      n: Number(n),
      mean: powers.map(({ mean }) => mean),
      comoment,
      third: powers.map(({ cubes }) => cubes),
      nonZero: Number(this.sum(vector, 'nonZero', own[0]?.column ?? -1).units),
      ...(quantile === null ? {} : { quantile }),
    };
  }

  private productOf(vector: Vector | null, one: CountedColumn, other: CountedColumn): number {
    const [first, second] = pairOf(this.pass.layout.sameAs, one.column, other.column);
    return centredProduct(
      {
        n: this.cell(vector, 'units').units,
        product:
          first === second
            ? this.sum(vector, 'second', first)
            : this.cell(vector, `product/${first}/${second}`),
        one: this.sum(vector, 'first', one.column),
        other: this.sum(vector, 'first', other.column),
      },
      one.decimals + other.decimals,
    );
  }

  private countOf(sum: 'late' | 'unassigned'): number {
    return this.pass.plan.variants.reduce((total, _, arm) => {
      const vector = this.vector([''], 0, RUNNING, arm + 1);
      return total + Number(this.cell(vector, sum).units);
    }, 0);
  }

  private unitsOf(values: readonly string[], dimension: number, arm: number): number {
    return Number(this.cell(this.vector(values, dimension, RUNNING, arm), 'units').units);
  }

  /** The sum of the vectors of some values of a dimension; null where there is none. */
  private vector(
    values: readonly string[],
    dimension: number,
    among: number,
    arm: number,
  ): Vector | null {
    return values.reduce<Vector | null>((sum, value) => {
      const found = this.vectors.get(`${among}/${dimension}/${arm}/${value}`);
      if (found === undefined) return sum;
      return sum === null ? found : sum.map((one, at) => plus(one, found[at] ?? ZERO));
    }, null);
  }

  private add(key: string, vector: Vector): void {
    const known = this.vectors.get(key);
    this.vectors.set(
      key,
      known === undefined ? vector : known.map((one, at) => plus(one, vector[at] ?? ZERO)),
    );
  }

  private sum(
    vector: Vector | null,
    sum: 'first' | 'second' | 'third' | 'nonZero',
    column: number,
  ): Exact {
    return this.cell(vector, `${sum}/${this.pass.layout.sameAs[column] ?? column}`);
  }

  private cell(vector: Vector | null, name: string): Exact {
    const place = this.placeOf.get(name);
    return (place === undefined ? undefined : vector?.[place]) ?? ZERO;
  }

  private rankedValues(rows: readonly VectorRow[], dimension: number): string[] {
    const sizes = new Map<string, bigint>();
    for (const row of rows) {
      if (row.dimension !== dimension || row.arm < 1) continue;
      sizes.set(row.value, (sizes.get(row.value) ?? 0n) + BigInt(row.sums[0] ?? '0'));
    }
    return [...sizes]
      .filter(([, size]) => size > 0n)
      .toSorted(([one, size], [other, otherSize]) => {
        if (size !== otherSize) return size > otherSize ? -1 : 1;
        return one < other ? -1 : 1;
      })
      .map(([value]) => value);
  }
}

function nameOf(cell: StateLayout['cells'][number]): string {
  if (cell.sum === 'product') return `product/${cell.column}/${cell.other}`;
  return 'column' in cell ? `${cell.sum}/${cell.column}` : cell.sum;
}

/** `v` and the value, or `n` where the exposure said nothing. */
function valueFrom(stored: string): string | null {
  return stored.startsWith('v') ? stored.slice(1) : null;
}
