import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Invalid } from '../../domain/errors.js';
import {
  type CountedColumn,
  countedColumns,
  type CountedPlan,
  type CountedTerm,
  countedTerms,
  hasStrata,
  hoursBefore,
  hoursToMaturity,
} from '../../domain/evaluation/counted-columns.js';
import type { FrozenCaps } from '../../domain/evaluation/history.js';
import type {
  ArmMoments,
  CoMoment,
  MetricMoments,
  PlanMoments,
  StratumMoments,
} from '../../domain/evaluation/moments.js';
import { type AnalysisPlan, changesOfWeights } from '../../domain/experiments/plan.js';
import type { Cap } from '../../stats/rows/winsorise.js';
import { minorUnits } from '../../domain/money/currencies.js';
import { sqlStateOf } from '../../platform/database/sql-state.js';
import { Transactions } from '../../platform/database/transactions.js';
import {
  AnalyticsStore,
  type BaselineMoments,
  type BaselineRequest,
  type MomentsRequest,
} from './analytics-store.reader.js';
import { type FoundQuantiles, readQuantiles } from './read-quantiles.js';
import { BASELINE_SQL, CONVERTIBLE_SQL, MOMENTS_SQL, type PassSql } from './moments.sql.js';

/** A large experiment may take longer than an ordinary statement; it reads and blocks nobody. */
const STATEMENT_TIMEOUT = '300s';
/** Sums of hundreds of thousands of units stay in memory. */
const WORK_MEM = '128MB';
const NUMERIC_OUT_OF_RANGE = '22003';
const HOUR_MS = 3_600_000;

interface Sums {
  n: number;
  mean: number;
  squares: number;
  cubes: number;
  nonZero: number;
}

interface Row {
  crossovers: number;
  outside_cohort: number;
  late_events: number;
  first_exposure_at: Date | null;
  last_exposure_at: Date | null;
  units: [arm: number, period: number, n: number][];
  arms: { arm: number; col: number; running: Sums; matured: Sums | null }[];
  comoments: {
    arm: number;
    col: number;
    other: number;
    running: number;
    matured: number | null;
  }[];
  missing_rates: { currency: string; date: string }[];
}

/** Moments straight from the event log, in one snapshot of PostgreSQL. */
@Injectable()
export class PostgresAnalyticsStore extends AnalyticsStore {
  constructor(private readonly transactions: Transactions) {
    super();
  }

  async moments(request: MomentsRequest): Promise<PlanMoments> {
    const { projectId, experimentId, plan, enrolmentEndedAt, asOf, cutoff } = request;
    const { snapshot, ...answer } = await this.read({
      sql: MOMENTS_SQL,
      projectId,
      subject: experimentId,
      plan,
      periods: changesOfWeights(plan),
      enrolmentEndedAt,
      asOf,
      cutoff: cutoff ?? null,
      caps: request.caps ?? {},
      stratifyBy: plan.analysis.stratifyBy ?? null,
    });
    return momentsFrom(answer, request, cutoff ?? snapshot);
  }

  async baseline(request: BaselineRequest): Promise<BaselineMoments> {
    const { projectId, plan, firstSeenFrom, recentFrom, asOf } = request;
    const everybody = { ...plan, variants: EVERYBODY };
    const answer = await this.read({
      sql: BASELINE_SQL,
      projectId,
      subject: firstSeenFrom,
      plan: everybody,
      periods: [recentFrom.toISOString()],
      enrolmentEndedAt: null,
      asOf,
      cutoff: null,
      caps: {},
      stratifyBy: null,
    });
    const { row } = answer;
    return {
      recentUnits: row.units.reduce((sum, [, period, n]) => (period === 1 ? sum + n : sum), 0),
      firstSeenAt: row.first_exposure_at,
      metrics: metricsFrom(answer, everybody),
    };
  }

  private async read(reading: Reading): Promise<Answer & { snapshot: string }> {
    try {
      return await this.transactions.run((manager) => readRow(manager, reading), 'REPEATABLE READ');
    } catch (error) {
      if (sqlStateOf(error) !== NUMERIC_OUT_OF_RANGE) throw error;
      throw new Invalid(
        'numbers-too-large',
        'The values of a metric are too large to be summed: look for events with an absurd value.',
      );
    }
  }
}

/** One pass over the log. */
interface Reading {
  sql: PassSql;
  projectId: string;
  /** The experiment, or the earliest first sight. */
  subject: string | Date;
  plan: MeasuredPlan;
  /** Instants between periods of first exposure. */
  periods: readonly string[];
  enrolmentEndedAt: Date | null;
  asOf: Date;
  cutoff: string | null;
  caps: FrozenCaps;
  /** Attribute of the exposures. */
  stratifyBy: string | null;
}

interface Answer {
  /** Arms of each stratum, one after the other; null where there are no strata. */
  strata: Row | null;
  quantiles: FoundQuantiles;
  row: Row;
  /** Frozen ones and those of this snapshot, by metric. */
  caps: FrozenCaps;
}

type MeasuredPlan = CountedPlan &
  Pick<AnalysisPlan, 'unit' | 'timezone'> & { variants: readonly { key: string }[] };

const EVERYBODY = [{ key: 'everybody' }];

async function readRow(
  manager: EntityManager,
  reading: Reading,
): Promise<Answer & { snapshot: string }> {
  await manager.query(`SET LOCAL statement_timeout = '${STATEMENT_TIMEOUT}'`);
  await manager.query(`SET LOCAL work_mem = '${WORK_MEM}'`);
  const snapshots = (await manager.query('SELECT pg_current_snapshot()::text AS cutoff')) as {
    cutoff: string;
  }[];
  const { currency } = reading.plan;
  const convertible = (await manager.query(CONVERTIBLE_SQL, [reading.projectId, currency])) as {
    currency: string;
  }[];
  const currencies = convertible.map((one) => one.currency);
  const caps = await capsOf(manager, reading, currencies);
  const rows = (await manager.query(
    reading.sql.sums,
    parameters({ ...reading, caps }, currencies),
  )) as Row[];
  const quantiles = await readQuantiles({
    sql: reading.sql,
    plan: reading.plan,
    ask: async (sql, columns, more = []) =>
      (await manager.query(sql, [
        ...parameters(reading, currencies, columns),
        ...more,
      ])) as unknown[],
  });
  const { strata: strataSql } = reading.sql;
  const inStrata =
    strataSql === null || reading.stratifyBy === null
      ? []
      : ((await manager.query(strataSql, [
          ...parameters({ ...reading, caps }, currencies),
          reading.stratifyBy,
        ])) as Row[]);
  const row = rows[0];
  if (row === undefined) throw new Error('the sums of a pass over the log are one row');
  if (row.missing_rates.length > 0) throw missingRates(currency, row.missing_rates);
  return {
    row,
    strata: inStrata[0] ?? null,
    caps,
    quantiles,
    snapshot: snapshots[0]?.cutoff ?? '',
  };
}

/** Limits of all winsorised metrics; those that are not frozen yet cost a pass over the log. */
async function capsOf(
  manager: EntityManager,
  reading: Reading,
  currencies: readonly string[],
): Promise<FrozenCaps> {
  const { plan, caps } = reading;
  const missing = countedColumns(plan).filter(
    ({ part, metric }) => part === 'capped' && caps[metricKey(plan, metric)] === undefined,
  );
  if (missing.length === 0) return caps;
  const found = (await manager.query(
    reading.sql.caps,
    parameters(reading, currencies, missing),
  )) as ({ col: number } & { low: number; high: number })[];
  const all: Record<string, Cap> = { ...caps };
  for (const { column, metric, cut } of missing) {
    const cap = found.find(({ col }) => col === column);
    if (cap === undefined || cut === null) continue;
    all[metricKey(plan, metric)] = { low: cut.bothSides ? cap.low : null, high: cap.high };
  }
  return all;
}

function metricKey(plan: CountedPlan, metric: number): string {
  return plan.metrics[metric]?.definition.key ?? '';
}

function parameters(
  reading: Reading,
  currencies: readonly string[],
  columns: readonly CountedColumn[] = countedColumns(reading.plan),
): unknown[] {
  const { plan } = reading;
  const terms = countedTerms(plan);
  const behaviour = terms.flatMap(({ type, names }) => (type === 'event' ? (names ?? []) : []));
  return [
    reading.projectId,
    reading.subject,
    plan.unit,
    reading.asOf,
    reading.enrolmentEndedAt,
    reading.cutoff,
    plan.variants.map(({ key }) => key),
    JSON.stringify(columns.map((column) => storedColumn(column, reading))),
    JSON.stringify(terms.map(storedTerm)),
    plan.currency,
    plan.timezone,
    currencies,
    currencies.map((currency) => `1e${minorUnits(plan.currency) - minorUnits(currency)}`),
    [...new Set(behaviour)],
    Math.max(...plan.metrics.map(({ definition }) => hoursToMaturity(definition))),
    hoursBefore(plan),
    reading.periods,
  ];
}

function storedColumn(
  { column, cut, cap, opensHours, closesHours, untilHours, ...rest }: CountedColumn,
  { plan, asOf, caps }: Reading,
): Record<string, unknown> {
  const limits = cut === null ? undefined : caps[metricKey(plan, rest.metric)];
  const definition = plan.metrics[rest.metric]?.definition;
  const toMaturity = definition === undefined ? 0 : hoursToMaturity(definition);
  return {
    ...rest,
    col: column,
    floor: limits?.low ?? null,
    cap: limits?.high ?? cap,
    cut_at: cut?.quantile ?? null,
    opens_hours: opensHours,
    closes_hours: closesHours,
    until_hours: untilHours,
    matured_until: new Date(asOf.getTime() - toMaturity * HOUR_MS).toISOString(),
  };
}

function storedTerm({ column, priceMinor, ...term }: CountedTerm): Record<string, unknown> {
  return { ...term, col: column, price_minor: priceMinor };
}

function momentsFrom(answer: Answer, request: MomentsRequest, cutoff: string): PlanMoments {
  const { row } = answer;
  const { plan, asOf, enrolmentEndedAt } = request;
  const periods = [...Array(changesOfWeights(plan).length + 1).keys()];
  const unitsIn = (arm: number, period?: number): number =>
    row.units.reduce(
      (sum, [at, during, n]) =>
        at === arm && (period === undefined || during === period) ? sum + n : sum,
      0,
    );
  return {
    cutoff,
    asOf: asOf.toISOString(),
    enrolmentEndedAt: enrolmentEndedAt?.toISOString() ?? null,
    units: armsOf(plan, (arm) => unitsIn(arm)),
    unitsByPeriod: periods.map((period) => armsOf(plan, (arm) => unitsIn(arm, period))),
    crossovers: row.crossovers,
    lateEvents: row.late_events,
    outsideCohort: row.outside_cohort,
    lastExposureAt: row.last_exposure_at?.toISOString() ?? null,
    metrics: metricsFrom(answer, plan),
    comoments: betweenMetrics(row, countedColumns(plan)),
  };
}

function metricsFrom(answer: Answer, plan: MeasuredPlan): MetricMoments[] {
  const { row, caps, quantiles } = answer;
  const columns = countedColumns(plan);
  const sums = momentsReader(row);
  const read = (arm: number, cols: readonly number[], which: 'matured' | 'running'): ArmMoments => {
    const quantile = quantiles(arm, cols[0] ?? -1, which);
    return { ...sums(arm, cols, which), ...(quantile === null ? {} : { quantile }) };
  };
  const strata = strataReader(answer, plan);
  return plan.metrics.map(({ definition }, metric) => {
    const own = columns.filter((column) => column.metric === metric);
    const cols = own.map(({ column }) => column);
    const cap = definition.winsorise === undefined ? undefined : caps[definition.key];
    return {
      key: definition.key,
      columns: own.map(({ part }) => part),
      ...(cap === undefined ? {} : { cap }),
      matured: armsOf(plan, (arm) => read(arm, cols, 'matured')),
      running: armsOf(plan, (arm) => read(arm, cols, 'running')),
      ...(strata === null || !hasStrata(definition) ? {} : { strata: strata(cols) }),
    };
  });
}

/** Moments of some columns in each stratum. */
function strataReader({ strata: row }: Answer, plan: MeasuredPlan) {
  if (row === null) return null;
  const read = momentsReader(row);
  const arms = plan.variants.length;
  const last = row.units.reduce((most, [arm]) => Math.max(most, arm), 0);
  const places = [...Array(Math.ceil(last / arms)).keys()];
  return (cols: readonly number[]): StratumMoments[] =>
    places.map((place) => ({
      matured: armsOf(plan, (arm) => read(place * arms + arm, cols, 'matured')),
      running: armsOf(plan, (arm) => read(place * arms + arm, cols, 'running')),
    }));
}

/** Arrays of PostgreSQL start at 1. */
function armsOf<T>(plan: Pick<MeasuredPlan, 'variants'>, of: (arm: number) => T): T[] {
  return plan.variants.map((_, index) => of(index + 1));
}

/** Moments of some columns of an arm, among the units that have matured or among all. */
function momentsReader(row: Row) {
  const sums = new Map(row.arms.map((arm) => [`${arm.arm}/${arm.col}`, arm]));
  const products = new Map(row.comoments.map((one) => [`${one.arm}/${one.col}/${one.other}`, one]));
  return (arm: number, cols: readonly number[], which: 'matured' | 'running'): ArmMoments => {
    const found = cols.map((col) => sums.get(`${arm}/${col}`)?.[which] ?? null);
    const comoment = cols.flatMap((col, index) =>
      cols
        .slice(index)
        .map((other) =>
          other === col
            ? (found[index]?.squares ?? 0)
            : (products.get(`${arm}/${col}/${other}`)?.[which] ?? 0),
        ),
    );
    return {
      n: found[0]?.n ?? 0,
      mean: found.map((one) => one?.mean ?? 0),
      comoment,
      third: found.map((one) => one?.cubes ?? 0),
      nonZero: found[0]?.nonZero ?? 0,
    };
  };
}

function betweenMetrics(row: Row, columns: readonly CountedColumn[]): CoMoment[] {
  return row.comoments.flatMap(({ arm, col, other, running }) => {
    const [one, two] = [columns[col], columns[other]];
    if (one === undefined || two === undefined || one.metric === two.metric) return [];
    return [{ variant: arm - 1, metric: one.metric, other: two.metric, products: running }];
  });
}

function missingRates(base: string, missing: Row['missing_rates']): Invalid {
  const named = missing.map(({ currency, date }) => `${currency} on ${date}`).join(', ');
  return new Invalid(
    'exchange-rate-missing',
    `There is no rate to ${base} for ${named}. Store it with PUT /v1/exchange-rates and evaluate again.`,
    [],
    { base, missing },
  );
}
