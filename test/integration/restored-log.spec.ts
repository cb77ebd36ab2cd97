import { DataSource } from 'typeorm';
import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import type { PlanMoments } from '../../src/domain/evaluation/moments.js';
import { AnalyticsStore } from '../../src/modules/analytics/analytics-store.reader.js';
import { dataSourceOptions } from '../../src/platform/database/data-source-options.js';
import { adoptLog } from '../../src/platform/database/prepare-database.js';
import { Logger } from '../../src/platform/logging/logger.js';
import {
  behaviour,
  evaluatedExperiment,
  exposure,
  log,
  money,
} from '../support/evaluated-experiment.js';
import { AFTER_ALL, at, START } from '../support/evaluation-views.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const LOGGED = ['event', 'event_id', 'identity_link', 'erased_unit', 'import_reversal'];
const SUMMED = [
  'evaluation_state',
  'evaluation_unit',
  'evaluation_occurrence',
  'evaluation_moment',
];

/** A dump of the database, restored into another cluster: its transaction ids mean nothing there. */
describe('a restored log', () => {
  let it_: TestApp;
  const starters: DataSource[] = [];
  beforeEach(async () => {
    it_ = await startTestApp();
    await it_.moveClock(AFTER_ALL);
  });
  afterEach(async () => {
    for (const source of starters.splice(0)) await source.destroy();
    await it_.close();
  });

  const starter = async (): Promise<DataSource> => {
    const source = await new DataSource(dataSourceOptions(it_.databaseUrl)).initialize();
    starters.push(source);
    return source;
  };
  const quiet = Logger.create('silent');
  const evaluate = async (): Promise<EvaluationResult> =>
    (await it_.ok('post', '/v1/experiments/checkout/evaluations')).body as EvaluationResult;
  const generation = async (): Promise<number> =>
    (await it_.sql<{ generation: number }>('SELECT generation FROM event_log_origin'))[0]
      ?.generation ?? 0;

  /** Links, an erased unit and a reversed import: whatever names its transaction. */
  const anExperiment = async () => {
    const experiment = await evaluatedExperiment(it_);
    const [brought] = await it_.sql<{ id: string; number: number }>(
      `INSERT INTO event_import (project_id, id, name, format, status, started_at, updated_at)
       VALUES ($1, gen_random_uuid(), 'old', 'ndjson', 'done', becausal_now(), becausal_now())
       RETURNING event_import.id, event_import.number`,
      [experiment.projectId],
    );
    const number = brought?.number ?? 0;
    await log(it_, experiment, [
      exposure('c1', 'control', START),
      exposure('s1', 'short', START),
      exposure('c2', 'control', at(1)),
      exposure('gone', 'short', at(1)),
      { unit: 'c1', to: { kind: 'user', id: 'ann' }, at: at(1) },
      money('ann', 'revenue', 500, at(2), { kind: 'user' }),
      money('s1', 'revenue', 300, at(2)),
      money('s1', 'revenue', 999, at(2), { import: number }),
      behaviour('c2', 'clicks', at(2)),
    ]);
    await it_.ok('post', '/v1/units/erasure', { unit: { kind: 'visitor', id: 'gone' } });
    await it_.ok('post', `/v1/imports/${brought?.id}/reverse`, { reason: 'a test' });
    return experiment;
  };
  /** As if every row had been written by a transaction that comes long after all of this cluster. */
  const liftTransactions = async (): Promise<void> => {
    await it_.sql('ALTER TABLE import_reversal DISABLE TRIGGER import_reversal_append_only');
    for (const table of LOGGED) {
      const lifted = await it_.sql<{ n: number }>(
        `WITH lifted AS (UPDATE ${table} SET xid = xid + 1000000000 RETURNING 1)
         SELECT count(*)::int AS n FROM lifted`,
      );
      expect([table, lifted[0]?.n]).not.toEqual([table, 0]);
    }
    await it_.sql('ALTER TABLE import_reversal ENABLE TRIGGER import_reversal_append_only');
  };
  const restore = async (): Promise<void> => {
    await liftTransactions();
    await it_.sql(`UPDATE event_log_origin SET system_identifier = '1'`);
  };
  const readingAt = async (
    experiment: Awaited<ReturnType<typeof anExperiment>>,
    cutoff: string,
    asOf: string,
  ): Promise<PlanMoments> =>
    await it_.app.get(AnalyticsStore).moments({
      projectId: experiment.projectId,
      experimentId: experiment.id,
      plan: experiment.plan,
      enrolmentEndedAt: null,
      asOf: new Date(asOf),
      cutoff,
    });
  const countsOf = ({ units, metrics }: EvaluationResult) => ({
    units,
    arms: metrics.map(({ key, arms }) => [key, arms]),
  });

  it('counts wholly, begins a new generation, and knows no cut-off of before', async () => {
    const experiment = await anExperiment();
    const before = await evaluate();
    expect(before.units).toEqual([
      { variant: 'control', n: 2 },
      { variant: 'short', n: 1 },
    ]);
    expect(before.cutoff).toMatch(/^1\//);
    const reading = await readingAt(experiment, before.cutoff, before.asOf);
    await restore();
    // As it is, a reading of what had been seen finds nothing.
    expect((await readingAt(experiment, before.cutoff, before.asOf)).units).toEqual([0, 0]);

    await adoptLog(await starter(), quiet);
    expect(await generation()).toBe(2);
    for (const table of LOGGED) {
      expect([table, await it_.sql(`SELECT DISTINCT xid::int FROM ${table}`)]).toEqual([
        table,
        [{ xid: 2 }],
      ]);
    }
    for (const table of SUMMED) {
      expect([table, await it_.sql(`SELECT FROM ${table}`)]).toEqual([table, []]);
    }
    const after = await evaluate();
    expect(after.cutoff).toMatch(/^2\//);
    expect(countsOf(after)).toEqual(countsOf(before));
    const {
      cutoff: _new,
      asOf: _later,
      ...again
    } = await readingAt(experiment, after.cutoff, after.asOf);
    const { cutoff: _old, asOf: _earlier, ...first } = reading;
    expect(again).toEqual(first);
    await expect(readingAt(experiment, before.cutoff, before.asOf)).rejects.toMatchObject({
      code: 'cutoff-of-another-log',
    });

    // What comes afterwards is new, and counts once.
    await log(it_, experiment, [exposure('s2', 'short', at(3))]);
    for (const _ of [1, 2]) {
      expect((await evaluate()).units).toEqual([
        { variant: 'control', n: 2 },
        { variant: 'short', n: 2 },
      ]);
    }
    expect((await readingAt(experiment, after.cutoff, after.asOf)).units).toEqual([2, 1]);
    // Reversals cannot be changed, as before.
    await expect(it_.sql(`UPDATE import_reversal SET reason = 'none'`)).rejects.toThrow();
  });

  it('is adopted too where it had no origin, by transactions that have not happened yet', async () => {
    await anExperiment();
    const before = await evaluate();
    await liftTransactions();
    await adoptLog(await starter(), quiet);
    expect(await generation()).toBe(2);
    expect(countsOf(await evaluate())).toEqual(countsOf(before));
  });

  it('is adopted once by several starters at once, with one line in the log', async () => {
    await anExperiment();
    await restore();
    const logger = Logger.create('silent');
    const lines: unknown[][] = [];
    logger.concern = (...args) => {
      lines.push(args);
    };
    const sources = await Promise.all([1, 2, 3].map(() => starter()));
    await Promise.all(sources.map((source) => adoptLog(source, logger)));
    expect(await generation()).toBe(2);
    expect(lines).toEqual([['adopted the log of another cluster', { generation: 2 }]]);
  });

  it('of this cluster is left as it is', async () => {
    await anExperiment();
    const before = await evaluate();
    const xids = () => it_.sql('SELECT xid FROM event ORDER BY key');
    const [first, states] = [await xids(), await it_.sql('SELECT * FROM evaluation_state')];
    await adoptLog(await starter(), quiet);
    expect(await generation()).toBe(1);
    expect(await xids()).toEqual(first);
    expect(await it_.sql('SELECT * FROM evaluation_state')).toEqual(states);
    expect((await evaluate()).cutoff.split('/')[0]).toBe(before.cutoff.split('/')[0]);
  });

  it('is left whole when taking it over breaks off', async () => {
    await anExperiment();
    await restore();
    const xids = () => it_.sql('SELECT xid FROM event ORDER BY key');
    const first = await xids();
    await it_.sql('ALTER TABLE evaluation_occurrence RENAME TO hidden');
    const source = await starter();
    await expect(adoptLog(source, quiet)).rejects.toThrow('evaluation_occurrence');
    expect([await generation(), await xids()]).toEqual([1, first]);
    await it_.sql('ALTER TABLE hidden RENAME TO evaluation_occurrence');
    await adoptLog(source, quiet);
    expect(await generation()).toBe(2);
  });
});
