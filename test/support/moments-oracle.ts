import {
  columnParts,
  type CountedColumn,
  countedColumns,
  countedPieces,
  hasStrata,
  hoursToMaturity,
} from '../../src/domain/evaluation/counted-columns.js';
import {
  type ArmMoments,
  type CoMoment,
  type CompositionMoments,
  DIMENSION_VALUES_MAX,
  type DimensionMoments,
  type MetricMoments,
  type PlanMoments,
  STRATA_MAX,
  type StratumMoments,
} from '../../src/domain/evaluation/moments.js';
import type { FrozenCaps } from '../../src/domain/evaluation/history.js';
import { type AnalysisPlan, changesOfWeights } from '../../src/domain/experiments/plan.js';
import { ALPHA_DEFAULT } from '../../src/domain/experiments/definition.js';
import type { Cap } from '../../src/stats/rows/winsorise.js';
import { exact, type Exact, isLess, rounded, times, totalOf } from './exact-decimals.js';
import { type CountedUnit, countUnits } from './moments-oracle-entries.js';
import {
  capOfUnits,
  type ColumnLimits,
  momentsOfUnits,
  productsOf,
  quantileOfUnits,
} from './moments-oracle-sums.js';
import { overRefundedSales } from './moments-oracle-refunds.js';
import {
  exposedUnits,
  type HappenedLog,
  leads,
  millis,
  standingRows,
} from './moments-oracle-units.js';

const HOUR_MS = 3_600_000;

export interface OracleRequest {
  experimentId: string;
  plan: AnalysisPlan;
  enrolmentEndedAt: Date | null;
  asOf: Date;
  caps?: FrozenCaps;
}

/** What a store must answer, without the cut-off, which only it can name. */
type ExpectedMoments = Omit<PlanMoments, 'cutoff'>;

/**
 * Moments by the plainest way there is: every row is held against every rule, all sums are exact, and
 * nothing is remembered from one call to the next. It shares with the stores what a plan counts
 * (`countedColumns`, `countedTerms`) and when a filter holds, and nothing of how they do it.
 *
 * @throws RatesMissing
 */
export function expectedMoments(log: HappenedLog, request: OracleRequest): ExpectedMoments {
  const { plan, asOf, enrolmentEndedAt } = request;
  const rows = standingRows(log);
  const leadsTo = leads(rows, { unit: plan.unit, asOf });
  const met = exposedUnits(rows, { id: request.experimentId, unit: plan.unit, asOf }, leadsTo);
  const isInTime = ({ exposedAt }: { exposedAt: number }): boolean =>
    enrolmentEndedAt === null || exposedAt < enrolmentEndedAt.getTime();
  const arms = plan.variants.map(({ key }) => key);
  const cohort = countUnits(
    met.filter((unit) => !unit.crossed && arms.includes(unit.variant) && isInTime(unit)),
    { log, rows, plan, asOf, leadsTo },
  );
  const changes = changesOfWeights(plan).map(millis);
  const reader = new MetricReader(cohort, request);
  const latest = Math.max(...cohort.map(({ exposedAt }) => exposedAt));
  const armsOf = (units: readonly CountedUnit[]): number[] =>
    arms.map((arm) => units.filter(({ variant }) => variant === arm).length);
  return {
    asOf: asOf.toISOString(),
    enrolmentEndedAt: enrolmentEndedAt?.toISOString() ?? null,
    units: armsOf(cohort),
    unitsByPeriod: [...Array(changes.length + 1).keys()].map((period) =>
      armsOf(
        cohort.filter(
          ({ exposedAt }) => changes.filter((change) => change <= exposedAt).length === period,
        ),
      ),
    ),
    crossovers: met.filter((unit) => unit.crossed && isInTime(unit)).length,
    lateEvents: cohort.reduce((sum, { late }) => sum + late, 0),
    outsideCohort: met.filter((unit) => !isInTime(unit)).length,
    lastExposureAt: cohort.length === 0 ? null : new Date(latest).toISOString(),
    metrics: plan.metrics.map((_, metric) => reader.metric(metric)),
    comoments: reader.comoments(),
    compositions: plan.metrics.map((_, metric) => reader.composition(metric)),
    ...(plan.analysis.dimensions === undefined
      ? {}
      : { dimensions: plan.analysis.dimensions.map((name) => reader.dimension(name)) }),
    unassigned: cohort.filter(({ unassigned }) => unassigned).length,
    overRefunded: overRefundedSales(cohort, rows, request, leadsTo),
  };
}

/** Numbers of metrics among the units of a cohort, or among some of them. */
class MetricReader {
  private readonly columns: readonly CountedColumn[];
  private readonly caps: FrozenCaps;
  private readonly arms: readonly string[];

  constructor(
    private readonly cohort: readonly CountedUnit[],
    private readonly request: OracleRequest,
  ) {
    this.columns = countedColumns(request.plan);
    this.caps = { ...this.foundCaps(), ...request.caps };
    this.arms = request.plan.variants.map(({ key }) => key);
  }

  metric(metric: number): MetricMoments {
    const definition = this.definition(metric);
    const cap = this.capOf(metric);
    const { stratifyBy } = this.request.plan.analysis;
    return {
      key: definition.key,
      columns: columnParts(definition, this.request.plan),
      ...(cap === undefined ? {} : { cap }),
      ...this.among(this.cohort, metric),
      ...(stratifyBy === undefined || !hasStrata(definition)
        ? {}
        : {
            // One more holds all that are smaller.
            strata: groupsOf(this.cohort, stratifyBy, STRATA_MAX + 1).map(({ units }) =>
              withoutQuantiles(this.among(units, metric)),
            ),
          }),
    };
  }

  /** What money is made of, in whole minor units; null of anything else. */
  composition(metric: number): CompositionMoments | null {
    const { plan } = this.request;
    const pieces = countedPieces(plan).filter((piece) => piece.metric === metric);
    const value = this.columns.find(
      (column) => column.metric === metric && column.part === 'value',
    );
    if (pieces.length === 0 || value === undefined) return null;
    const ofArms = (units: readonly CountedUnit[]) =>
      this.arms.map((arm) => {
        const own = units.filter(({ variant }) => variant === arm);
        const minor = ({ column, decimals }: { column: number; decimals: number }) => {
          const sum = totalOf(own.flatMap(({ entries }) => entries[column] ?? []));
          return String(rounded(times(sum, exact(10 ** decimals))));
        };
        return { total: minor(value), pieces: pieces.map(minor) };
      });
    return {
      parts: pieces.map(({ name, how }) => ({ name, how })),
      matured: ofArms(this.maturedOf(this.cohort, metric)),
      running: ofArms(this.cohort),
    };
  }

  dimension(attribute: string): DimensionMoments {
    return {
      attribute,
      values: groupsOf(this.cohort, attribute, DIMENSION_VALUES_MAX).map(
        ({ value, isOther, units }) => ({
          value,
          ...(isOther ? { isOther } : {}),
          units: this.arms.map((arm) => units.filter(({ variant }) => variant === arm).length),
          metrics: this.request.plan.metrics.map((_, metric) =>
            withoutQuantiles(this.among(units, metric)),
          ),
        }),
      ),
    };
  }

  comoments(): CoMoment[] {
    const values = this.columns.filter(({ part }) => part === 'value');
    return this.arms.flatMap((arm, variant) => {
      const units = this.cohort.filter((unit) => unit.variant === arm);
      return values.flatMap((one, at) =>
        values.slice(at + 1).map((other) => ({
          variant,
          metric: one.metric,
          other: other.metric,
          products: productsOf(
            units.map((unit) => this.valueOf(unit, one)),
            units.map((unit) => this.valueOf(unit, other)),
          ),
        })),
      );
    });
  }

  private among(units: readonly CountedUnit[], metric: number): StratumMoments {
    const matured = this.maturedOf(units, metric);
    const inArms = (some: readonly CountedUnit[]): ArmMoments[] =>
      this.arms.map((arm) =>
        this.arm(
          some.filter(({ variant }) => variant === arm),
          metric,
        ),
      );
    return { matured: inArms(matured), running: inArms(units) };
  }

  private maturedOf(units: readonly CountedUnit[], metric: number): CountedUnit[] {
    const toMaturity = hoursToMaturity(this.definition(metric)) * HOUR_MS;
    return units.filter(({ exposedAt }) => exposedAt + toMaturity <= this.request.asOf.getTime());
  }

  private arm(units: readonly CountedUnit[], metric: number): ArmMoments {
    const own = this.columns.filter((column) => column.metric === metric);
    const rows = units.map((unit) => own.map((column) => this.valueOf(unit, column)));
    const { quantile } = this.definition(metric);
    return {
      ...momentsOfUnits(rows, own.length),
      nonZero: rows.filter(([value]) => value?.units !== 0n).length,
      ...(quantile === undefined
        ? {}
        : {
            quantile: quantileOfUnits(
              units.map(({ entries }) => entries[own[0]?.column ?? -1] ?? []),
              { quantile, alpha: this.request.plan.analysis.alpha ?? ALPHA_DEFAULT },
            ),
          }),
    };
  }

  /** A unit's number in a column, cut where the column is. */
  private valueOf(unit: CountedUnit, column: CountedColumn): Exact {
    const entries = unit.entries[column.column] ?? [];
    const value = column.quantile === null ? totalOf(entries) : exact(entries.length);
    return limited(value, this.limitsOf(column));
  }

  /** Where the metric's values are cut: where it says, or where its limits were found. */
  private capOf(metric: number): Cap | undefined {
    const capped = this.columns.find((one) => one.metric === metric && one.part === 'capped');
    if (capped === undefined) return undefined;
    const { low, high } = this.limitsOf(capped);
    return high === null ? undefined : { low, high };
  }

  private limitsOf({ cut, cap, metric }: CountedColumn): ColumnLimits {
    const found = cut === null ? undefined : this.caps[this.definition(metric).key];
    return { low: found?.low ?? null, high: found?.high ?? cap };
  }

  /** Limits of winsorised metrics, from the units of all arms that have matured. */
  private foundCaps(): FrozenCaps {
    const found = this.columns.flatMap(({ cut, metric, column }) => {
      const definition = this.definition(metric);
      if (cut === null) return [];
      const until = this.request.asOf.getTime() - hoursToMaturity(definition) * HOUR_MS;
      const values = this.cohort
        .filter(({ exposedAt }) => exposedAt <= until)
        .map(({ entries }) => totalOf(entries[column] ?? []));
      const cap = capOfUnits(values, cut);
      return cap === null ? [] : [[definition.key, cap] as const];
    });
    return Object.fromEntries(found);
  }

  private definition(metric: number): AnalysisPlan['metrics'][number]['definition'] {
    const planned = this.request.plan.metrics[metric];
    if (planned === undefined) throw new RangeError(`no metric at ${metric}`);
    return planned.definition;
  }
}

function limited(value: Exact, { low, high }: ColumnLimits): Exact {
  const lifted = low === null ? value : larger(value, exact(low));
  return high === null ? lifted : smaller(lifted, exact(high));
}

const smaller = (one: Exact, other: Exact): Exact => (isLess(other, one) ? other : one);
const larger = (one: Exact, other: Exact): Exact => (isLess(one, other) ? other : one);

interface Group {
  value: string | null;
  isOther?: true;
  units: readonly CountedUnit[];
}

/** Only the whole cohort has quantiles. */
function withoutQuantiles({ matured, running }: StratumMoments): StratumMoments {
  const without = (arms: readonly ArmMoments[]): ArmMoments[] =>
    arms.map(({ quantile: _quantile, ...arm }) => arm);
  return { matured: without(matured), running: without(running) };
}

/**
 * Units by an attribute of their first exposure, the largest group first. Of more than `most` groups
 * the last holds all that are smaller.
 */
function groupsOf(units: readonly CountedUnit[], attribute: string, most: number): Group[] {
  const groups = new Map<string | null, CountedUnit[]>();
  for (const unit of units) {
    const value = textOf(unit.attributes[attribute]);
    groups.set(value, [...(groups.get(value) ?? []), unit]);
  }
  const sorted = [...groups]
    .map(([value, own]): Group => ({ value, units: own }))
    .toSorted(
      (one, other) => other.units.length - one.units.length || byName(one.value, other.value),
    );
  if (sorted.length <= most) return sorted;
  const rest = sorted.slice(most - 1).flatMap(({ units: own }) => own);
  return [...sorted.slice(0, most - 1), { value: null, isOther: true, units: rest }];
}

/** What is not text is written as JSON; null is as good as nothing. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** By code unit; who said nothing comes first. */
function byName(one: string | null, other: string | null): number {
  if (one === null || other === null) return one === null ? -1 : 1;
  return one < other ? -1 : 1;
}
