import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Invalid } from '../../domain/errors.js';
import {
  type CountedTerm,
  countedMetrics,
  countedTerms,
} from '../../domain/evaluation/counted-terms.js';
import type { ArmMoments, CoMoment, PlanMoments } from '../../domain/evaluation/moments.js';
import type { AnalysisPlan } from '../../domain/experiments/plan.js';
import { matureAt } from '../../domain/metrics/maturity.js';
import type { Metric } from '../../domain/metrics/metric.js';
import { minorUnits } from '../../domain/money/currencies.js';
import { sqlStateOf } from '../../platform/database/sql-state.js';
import { Transactions } from '../../platform/database/transactions.js';
import { AnalyticsStore, type MomentsRequest } from './analytics-store.js';
import { CONVERTIBLE_SQL, MOMENTS_SQL } from './moments.sql.js';

/** A large experiment may take longer than an ordinary statement; it reads and blocks nobody. */
const STATEMENT_TIMEOUT = '300s';
/** Sums of hundreds of thousands of units stay in memory. */
const WORK_MEM = '128MB';
const NUMERIC_OUT_OF_RANGE = '22003';
const HOURS_PER_DAY = 24;
const HOUR_MS = 3_600_000;
const EPOCH = new Date(0);

interface Row {
  crossovers: number;
  outside_cohort: number;
  late_events: number;
  last_exposure_at: Date | null;
  units: [arm: number, n: number][];
  arms: { arm: number; metric: number; running: ArmMoments; matured: ArmMoments | null }[];
  comoments: { arm: number; metric: number; other: number; products: number }[];
  missing_rates: { currency: string; date: string }[];
}

const NOBODY: ArmMoments = { n: 0, mean: 0, squares: 0, nonZero: 0 };

/** Moments straight from the event log, in one snapshot of PostgreSQL. */
@Injectable()
export class PostgresAnalyticsStore extends AnalyticsStore {
  constructor(private readonly transactions: Transactions) {
    super();
  }

  async moments(request: MomentsRequest): Promise<PlanMoments> {
    try {
      return await this.transactions.run(
        (manager) => readMoments(manager, request),
        'REPEATABLE READ',
      );
    } catch (error) {
      if (sqlStateOf(error) !== NUMERIC_OUT_OF_RANGE) throw error;
      throw new Invalid(
        'numbers-too-large',
        'The values of a metric are too large to be summed: look for events with an absurd value.',
      );
    }
  }
}

async function readMoments(manager: EntityManager, request: MomentsRequest): Promise<PlanMoments> {
  await manager.query(`SET LOCAL statement_timeout = '${STATEMENT_TIMEOUT}'`);
  await manager.query(`SET LOCAL work_mem = '${WORK_MEM}'`);
  const snapshots = (await manager.query('SELECT pg_current_snapshot()::text AS cutoff')) as {
    cutoff: string;
  }[];
  const convertible = (await manager.query(CONVERTIBLE_SQL, [
    request.projectId,
    request.plan.currency,
  ])) as { currency: string }[];
  const currencies = convertible.map(({ currency }) => currency);
  const rows = (await manager.query(MOMENTS_SQL, parameters(request, currencies))) as Row[];
  const row = rows[0];
  if (row === undefined) throw new Error('the sums of an evaluation are one row');
  if (row.missing_rates.length > 0) throw missingRates(request.plan.currency, row.missing_rates);
  return momentsFrom(row, request, request.cutoff ?? snapshots[0]?.cutoff ?? '');
}

function parameters(request: MomentsRequest, currencies: readonly string[]): unknown[] {
  const { plan, asOf } = request;
  const terms = countedTerms(plan);
  const definitions = plan.metrics.map(({ definition }) => definition);
  const metrics = countedMetrics(plan).map((metric) => ({
    ...metric,
    matured_until: new Date(
      asOf.getTime() - hoursToMaturity(definitions, metric.metric) * HOUR_MS,
    ).toISOString(),
  }));
  const behaviour = terms.flatMap(({ type, names }) => (type === 'event' ? (names ?? []) : []));
  return [
    request.projectId,
    request.experimentId,
    plan.unit,
    asOf,
    request.enrolmentEndedAt,
    request.cutoff ?? null,
    plan.variants.map(({ key }) => key),
    JSON.stringify(metrics),
    JSON.stringify(terms.map((term) => storedTerm(term, definitions))),
    plan.currency,
    plan.timezone,
    currencies,
    currencies.map((currency) => `1e${minorUnits(plan.currency) - minorUnits(currency)}`),
    [...new Set(behaviour)],
    Math.max(...definitions.map((_, index) => hoursToMaturity(definitions, index))),
  ];
}

/** The product's rule, in the unit the statement takes. */
function hoursToMaturity(metrics: readonly Metric[], index: number): number {
  const metric = metrics[index];
  return metric === undefined ? 0 : matureAt(EPOCH, metric).getTime() / HOUR_MS;
}

function storedTerm(
  { priceMinor, ...term }: CountedTerm,
  metrics: readonly Metric[],
): Record<string, unknown> {
  const metric = metrics[term.metric];
  const opens = metric?.delayHours ?? 0;
  const closes = opens + (metric?.windowDays ?? 0) * HOURS_PER_DAY;
  return {
    ...term,
    price_minor: priceMinor,
    opens: `${opens} hours`,
    closes: `${closes} hours`,
    matures: `${hoursToMaturity(metrics, term.metric)} hours`,
  };
}

function momentsFrom(row: Row, request: MomentsRequest, cutoff: string): PlanMoments {
  const { plan, asOf, enrolmentEndedAt } = request;
  const units = new Map(row.units);
  const arms = new Map(row.arms.map((arm) => [`${arm.metric}/${arm.arm}`, arm]));
  return {
    cutoff,
    asOf: asOf.toISOString(),
    enrolmentEndedAt: enrolmentEndedAt?.toISOString() ?? null,
    // Arrays of PostgreSQL start at 1.
    units: plan.variants.map((_, index) => units.get(index + 1) ?? 0),
    crossovers: row.crossovers,
    lateEvents: row.late_events,
    outsideCohort: row.outside_cohort,
    lastExposureAt: row.last_exposure_at?.toISOString() ?? null,
    metrics: plan.metrics.map(({ definition }, metric) => ({
      key: definition.key,
      matured: armsOf(plan, (arm) => arms.get(`${metric}/${arm}`)?.matured ?? NOBODY),
      running: armsOf(plan, (arm) => arms.get(`${metric}/${arm}`)?.running ?? NOBODY),
    })),
    comoments: row.comoments.map(({ arm, ...moment }): CoMoment => ({
      variant: arm - 1,
      ...moment,
    })),
  };
}

function armsOf(plan: AnalysisPlan, momentsOf: (arm: number) => ArmMoments): ArmMoments[] {
  return plan.variants.map((_, index) => momentsOf(index + 1));
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
