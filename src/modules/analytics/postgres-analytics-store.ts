import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { tooLarge } from '../../domain/evaluation/exact-sums.js';
import type { MetricMoments, PlanMoments } from '../../domain/evaluation/moments.js';
import type { AnalysisPlan } from '../../domain/experiments/plan.js';
import { sqlStateOf } from '../../platform/database/sql-state.js';
import { Transactions } from '../../platform/database/transactions.js';
import {
  AnalyticsStore,
  type BaselineMoments,
  type BaselineRequest,
  type MomentsRequest,
  type StateCheck,
} from './analytics-store.reader.js';
import { buildState, type Progress } from './build-state.js';
import { compareStatesSql } from './compare-states.sql.js';
import { ExperimentStates } from './experiment-states.js';
import { oldestHours } from './entries.sql.js';
import { type LogView, viewLog } from './log-view.js';
import { type Pass, SCRATCH_TABLES, type StateTables, WORK_TABLES_SQL } from './pass.js';
import { readMoments, recentUnits } from './read-moments.js';
import { cutoffText } from './snapshot.js';
import { SqlParameters } from './sql-parameters.js';
import { layOut } from './state-layout.js';

/** A large experiment may take longer than an ordinary statement; it reads and blocks nobody. */
const STATEMENT_TIMEOUT = '300s';
/** Sums of hundreds of thousands of units stay in memory. */
const WORK_MEM = '256MB';
const NUMERIC_OUT_OF_RANGE = '22003';
const EVERYBODY = [{ key: 'everybody' }];

/**
 * Moments from the event log of PostgreSQL. What is asked now comes from accumulators that are
 * brought up to date first, in one transaction with one snapshot; what is asked of an older cut-off
 * or instant, of everybody, and of what will not be asked again, is built from the log for that one
 * reading, by the same statements.
 */
@Injectable()
export class PostgresAnalyticsStore extends AnalyticsStore {
  constructor(
    private readonly transactions: Transactions,
    private readonly states: ExperimentStates,
  ) {
    super();
  }

  async moments(request: MomentsRequest): Promise<PlanMoments> {
    return await this.read(request, async (manager, isWide) => {
      const view = await viewLog(manager, request.projectId, request.cutoff ?? null);
      const pass = await passOf(manager, request, view, isWide);
      const isKept = view.older === null && request.isOnce !== true;
      const state = isKept ? await this.states.current(manager, request, pass, view) : null;
      if (state !== null) return await this.answer(manager, request, view, pass, state);
      await buildState(manager, pass, SCRATCH_TABLES);
      const built = { tables: SCRATCH_TABLES, caps: pass.caps };
      return await this.answer(manager, request, view, pass, built);
    });
  }

  async rebuild(request: MomentsRequest, progress?: Progress): Promise<void> {
    await this.read(request, async (manager, isWide) => {
      const view = await viewLog(manager, request.projectId, null);
      const pass = await passOf(manager, request, view, isWide);
      await this.states.rebuild(manager, request, pass, view, progress);
    });
  }

  async check(request: MomentsRequest): Promise<StateCheck> {
    return await this.read(request, async (manager, isWide) => {
      const view = await viewLog(manager, request.projectId, null);
      const pass = await passOf(manager, request, view, isWide);
      const state = await this.states.current(manager, request, pass, view);
      if (state === null) return { agrees: true };
      await buildState(manager, { ...pass, caps: state.caps }, SCRATCH_TABLES);
      const parameters = new SqlParameters();
      const [difference] = (await manager.query(
        compareStatesSql(state.tables, SCRATCH_TABLES, parameters),
        parameters.values,
      )) as { detail: string }[];
      return difference === undefined
        ? { agrees: true }
        : { agrees: false, detail: difference.detail };
    });
  }

  async baseline(request: BaselineRequest): Promise<BaselineMoments> {
    const { projectId, firstSeenFrom, recentFrom, asOf } = request;
    const plan = { ...request.plan, variants: EVERYBODY };
    return await retriedWide(async (isWide) =>
      this.transactions.run(async (manager) => {
        await prepare(manager);
        const view = await viewLog(manager, projectId, null);
        // Nothing was ever sent: no table has to be made to say so, and launches ask this too.
        if (view.project === null) return { recentUnits: 0, firstSeenAt: null, metrics: [] };
        const pass: Pass = {
          ...seenOf(view),
          subject: { firstSeenFrom },
          plan,
          layout: layOut(plan),
          dimensions: [],
          since: null,
          asOf,
          enrolmentEndedAt: null,
          caps: {},
          isWide,
        };
        await buildState(manager, pass, SCRATCH_TABLES);
        const { reading } = await readMoments(manager, SCRATCH_TABLES, pass, {});
        const metrics: MetricMoments[] = reading.metrics(null);
        return { ...(await recentUnits(manager, SCRATCH_TABLES, recentFrom)), metrics };
      }, 'REPEATABLE READ'),
    );
  }

  private async answer(
    manager: EntityManager,
    request: MomentsRequest,
    view: LogView,
    pass: Pass,
    state: { tables: StateTables; caps: Pass['caps'] },
  ): Promise<PlanMoments> {
    const { plan, asOf, enrolmentEndedAt, cutoff } = request;
    const found = await readMoments(manager, state.tables, pass, state.caps);
    const { reading, unitsByPeriod, lastExposureAt } = found;
    const snapshot = view.older ?? view.current;
    const { stratifyBy, dimensions } = plan.analysis;
    return {
      cutoff: cutoff ?? cutoffText({ generation: view.generation, snapshot }),
      asOf: asOf.toISOString(),
      enrolmentEndedAt: enrolmentEndedAt?.toISOString() ?? null,
      units: reading.units(),
      unitsByPeriod: unitsByPeriod ?? [reading.units()],
      crossovers: reading.crossovers(),
      lateEvents: reading.lateEvents(),
      unassigned: reading.unassigned(),
      overRefunded: found.overRefunded,
      outsideCohort: reading.outsideCohort(),
      lastExposureAt: lastExposureAt?.toISOString() ?? null,
      metrics: reading.metrics(stratifyBy ?? null),
      comoments: reading.comoments(),
      compositions: reading.compositions(),
      ...(dimensions === undefined ? {} : { dimensions: reading.dimensionMoments(dimensions) }),
    };
  }

  /** In a transaction of its own among those of the experiment, with one snapshot. */
  private async read<T>(
    { experimentId }: MomentsRequest,
    work: (manager: EntityManager, isWide: boolean) => Promise<T>,
  ): Promise<T> {
    return await retriedWide((isWide) =>
      this.transactions.runAlone(`evaluation/${experimentId}`, async (manager) => {
        await prepare(manager);
        return await work(manager, isWide);
      }),
    );
  }
}

async function prepare(manager: EntityManager): Promise<void> {
  await manager.query(`SET LOCAL statement_timeout = '${STATEMENT_TIMEOUT}'`);
  await manager.query(`SET LOCAL work_mem = '${WORK_MEM}'`);
  await manager.query(WORK_TABLES_SQL);
}

/** Products of sums mostly fit 64 bits, which is several times as fast; where not, once more wide. */
async function retriedWide<T>(work: (isWide: boolean) => Promise<T>): Promise<T> {
  try {
    return await work(false);
  } catch (error) {
    if (sqlStateOf(error) !== NUMERIC_OUT_OF_RANGE) throw error;
  }
  try {
    return await work(true);
  } catch (error) {
    if (sqlStateOf(error) !== NUMERIC_OUT_OF_RANGE) throw error;
    throw tooLarge();
  }
}

async function passOf(
  manager: EntityManager,
  request: MomentsRequest,
  view: LogView,
  isWide: boolean,
): Promise<Pass> {
  const { plan, experimentId, asOf, enrolmentEndedAt, caps = {} } = request;
  const layout = layOut(plan);
  return {
    ...seenOf(view),
    subject: { experimentId },
    plan,
    layout,
    dimensions: dimensionsOf(plan),
    since: await firstThatCounts(manager, experimentId, oldestHours(layout)),
    asOf,
    enrolmentEndedAt,
    caps,
    isWide,
  };
}

/** When the first thing that can count for an experiment may have occurred. */
async function firstThatCounts(
  manager: EntityManager,
  experimentId: string,
  oldest: number,
): Promise<Date | null> {
  const [found] = (await manager.query(
    `SELECT min(event.occurred_at) - interval '${oldest} hours' AS at
     FROM event WHERE event.type = 'exposure' AND event.experiment_id = $1`,
    [experimentId],
  )) as { at: Date | null }[];
  return found?.at ?? null;
}

function seenOf({ project, older, reversed, hasLinks }: LogView) {
  // A project without events has no number yet, and no row has this one.
  return { project: project ?? 0, snapshot: older, reversed, hasLinks };
}

/** Attributes that strata and breakdowns are made of. */
function dimensionsOf({ analysis }: AnalysisPlan): string[] {
  const { stratifyBy, dimensions = [] } = analysis;
  return [...new Set([...(stratifyBy === undefined ? [] : [stratifyBy]), ...dimensions])];
}
