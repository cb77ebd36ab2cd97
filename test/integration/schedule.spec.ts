import { DataSource } from 'typeorm';
import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { DueWorkRegistry } from '../../src/platform/scheduling/due-work.js';
import { evaluatedExperiment, exposure, log, money } from '../support/evaluated-experiment.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const START = '2026-01-01T00:00:00Z';
const hour = (n: number): string => new Date(Date.parse(START) + n * 3_600_000).toISOString();
const HOURLY = { cron: '0 * * * *' };

interface SlotView {
  slotAt: string;
  status: string;
  attempts: number;
  evaluationId?: string;
  error?: string;
}

describe('scheduled evaluations', () => {
  let it_: TestApp;
  const replicas: TestApp[] = [];

  beforeEach(async () => {
    it_ = await startTestApp();
    await it_.moveClock(START);
  });
  afterEach(async () => {
    for (const replica of replicas.splice(0)) await replica.close();
    await it_.close();
  });

  const replica = async (worker: boolean): Promise<TestApp> => {
    const app = await startTestApp({ worker }, it_.databaseUrl);
    replicas.push(app);
    return app;
  };
  const slots = async (key = 'checkout'): Promise<SlotView[]> =>
    ((await it_.ok('get', `/v1/experiments/${key}/slots`)).body as { data: SlotView[] }).data;
  const runDue = (app: TestApp, instant: string, how: 'inline' | 'queued' = 'inline') =>
    app.app.get(DueWorkRegistry).runDue(new Date(instant), how);

  it('finds the next slot in the zone of the schedule', async () => {
    await evaluatedExperiment(it_, {
      schedule: { cron: '0 9 * * *', timezone: 'Europe/Helsinki' },
    });
    const registry = it_.app.get(DueWorkRegistry);
    const next = (after: string, until: string) =>
      registry.nextDue(new Date(after), new Date(until));
    expect(await next(START, hour(48))).toEqual(new Date(hour(7)));
    expect(await next(hour(7), hour(48))).toEqual(new Date(hour(31)));
    expect(await next(START, hour(6))).toBeNull();
  });

  it('P14: evaluates the newest of the missed slots and records the others as skipped', async () => {
    await evaluatedExperiment(it_, { schedule: HOURLY });
    await runDue(it_, hour(6.5));
    const recorded = await slots();
    expect(recorded.map(({ slotAt, status }) => [slotAt, status])).toEqual([
      [hour(6), 'done'],
      ...[5, 4, 3, 2, 1].map((n) => [hour(n), 'skipped']),
    ]);
    const latest = await it_.ok('get', '/v1/experiments/checkout/evaluations/latest');
    expect(latest.body).toMatchObject({
      id: recorded[0]?.evaluationId,
      slot: hour(6),
      asOf: hour(6),
    });
    // Nothing is due any more, however often it is asked for.
    await runDue(it_, hour(6.5));
    expect(await slots()).toEqual(recorded);
  });

  it('P14: takes no slot twice when the clock jumps back, and one of six when it jumps forward', async () => {
    await evaluatedExperiment(it_, { schedule: HOURLY });
    const tick = async (n: number) => {
      await it_.moveClock(hour(n));
      await runDue(it_, hour(n));
    };
    for (const n of [1, 2.1, 1.1, 2, 2.2]) await tick(n);
    const before = await slots();
    expect(before.map(({ slotAt, status, attempts }) => [slotAt, status, attempts])).toEqual([
      [hour(2), 'done', 1],
      [hour(1), 'done', 1],
    ]);
    await tick(8.2);
    expect((await slots()).map(({ slotAt, status }) => [slotAt, status])).toEqual([
      [hour(8), 'done'],
      ...[7, 6, 5, 4, 3].map((n) => [hour(n), 'skipped']),
      ...before.map(({ slotAt, status }) => [slotAt, status]),
    ]);
    expect(await it_.sql('SELECT evaluation.id FROM evaluation')).toHaveLength(3);
  });

  it.each([
    ['forward', '2026-03-28', ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']],
    ['back', '2026-10-24', ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']],
  ])('P14: once a day while the clocks of the zone go %s', async (_, from, days) => {
    const launchedAt = `${from}T12:00:00Z`;
    await evaluatedExperiment(it_, {
      launchedAt,
      schedule: { cron: '30 2 * * *', timezone: 'Europe/Berlin' },
    });
    // A tick every half hour for two days, as a service would have them.
    for (let tick = 1; tick <= 80; tick += 1) {
      await runDue(it_, new Date(Date.parse(launchedAt) + tick * 1_800_000).toISOString());
    }
    expect((await slots()).map(({ slotAt, status }) => [slotAt, status])).toEqual(
      days.toReversed().map((day) => [day, 'done']),
    );
  });

  it('does nothing for drafts, ended and unscheduled experiments', async () => {
    await evaluatedExperiment(it_, { key: 'unscheduled' });
    await evaluatedExperiment(it_, { key: 'stopped', status: 'stopped', schedule: HOURLY });
    await evaluatedExperiment(it_, { key: 'maturing', status: 'maturing', schedule: HOURLY });
    await runDue(it_, hour(1));
    expect(await slots('unscheduled')).toEqual([]);
    expect(await slots('stopped')).toEqual([]);
    expect(await slots('maturing')).toHaveLength(1);
  });

  it('P15: a poisoned experiment fails alone, after three attempts', async () => {
    const keys = ['a', 'poisoned', 'z'];
    for (const key of keys) {
      const experiment = await evaluatedExperiment(it_, { key, schedule: HOURLY });
      const currency = key === 'poisoned' ? 'EUR' : 'USD';
      await log(it_, experiment, [
        exposure(`${key}-1`, 'control', START),
        money(`${key}-1`, 'revenue', 100, START, { currency }),
      ]);
    }
    await expect(runDue(it_, hour(1))).rejects.toThrow('some due work failed');
    expect(await slots('a')).toMatchObject([{ status: 'done' }]);
    expect(await slots('z')).toMatchObject([{ status: 'done' }]);
    expect(await slots('poisoned')).toMatchObject([
      { slotAt: hour(1), status: 'failed', attempts: 3, error: 'exchange-rate-missing' },
    ]);
    // Every other slot was closed before the failing one was tried again.
    const begun = await it_.sql<{ key: string; started_at: Date; finished_at: Date }>(
      `SELECT experiment.key, evaluation_slot.started_at, evaluation_slot.finished_at
       FROM evaluation_slot JOIN experiment ON experiment.id = evaluation_slot.experiment_id`,
    );
    const of = (key: string) => begun.find((one) => one.key === key);
    const again = of('poisoned')?.started_at.getTime() ?? 0;
    expect(of('a')?.finished_at.getTime()).toBeLessThanOrEqual(again);
    expect(of('z')?.finished_at.getTime()).toBeLessThanOrEqual(again);
  });

  it('P10: two replicas at once make one evaluation for each slot', async () => {
    const other = await replica(false);
    for (const key of ['a', 'b', 'c']) await evaluatedExperiment(it_, { key, schedule: HOURLY });
    for (let n = 1; n <= 5; n += 1) {
      await Promise.all([runDue(it_, hour(n)), runDue(other, hour(n))]);
    }
    const counted = await it_.sql<{ key: string; slots: number; evaluations: number }>(
      `SELECT experiment.key,
         (SELECT count(*)::int FROM evaluation_slot
          WHERE evaluation_slot.experiment_id = experiment.id
            AND evaluation_slot.status = 'done') AS slots,
         (SELECT count(*)::int FROM evaluation
          WHERE evaluation.experiment_id = experiment.id) AS evaluations
       FROM experiment ORDER BY experiment.key`,
    );
    expect(counted).toEqual(['a', 'b', 'c'].map((key) => ({ key, slots: 5, evaluations: 5 })));
  });

  it('hands queued slots to the workers, which evaluate each once', async () => {
    await evaluatedExperiment(it_, { schedule: HOURLY });
    const workers = [await replica(true), await replica(true)];
    for (const worker of workers) await runDue(worker, hour(2), 'queued');
    await until(async () => (await slots())[0]?.status === 'done');
    expect((await slots()).map(({ status }) => status)).toEqual(['done', 'skipped']);
    expect(await it_.sql('SELECT evaluation.id FROM evaluation')).toHaveLength(1);
  });

  it('P11: a worker takes over the slot of a dead one and leaves that of a live one', async () => {
    const dead = await evaluatedExperiment(it_, { key: 'dead', schedule: HOURLY });
    const live = await evaluatedExperiment(it_, { key: 'live', schedule: HOURLY });
    const leased = (experiment: { id: string; projectId: string }, seconds: number) =>
      it_.sql(
        `INSERT INTO evaluation_slot (project_id, experiment_id, slot_at, status, lease_owner,
           lease_until, attempts)
         VALUES ($1, $2, $3, 'running', 'another', clock_timestamp() + $4 * interval '1 s', 1)`,
        [experiment.projectId, experiment.id, hour(1), seconds],
      );
    await leased(dead, -1);
    await leased(live, 600);
    let isBack = false;
    const running = runDue(it_, hour(1)).then(() => (isBack = true));
    await until(async () => (await slots('dead'))[0]?.status === 'done');
    expect(await slots('dead')).toMatchObject([{ attempts: 2 }]);
    // It comes back when the live worker is done, and not before.
    await new Promise((wake) => setTimeout(wake, 500));
    expect(await slots('live')).toMatchObject([{ status: 'running', attempts: 1 }]);
    expect(isBack).toBe(false);
    await it_.sql(
      `UPDATE evaluation_slot SET status = 'failed', error = 'test', lease_owner = NULL,
         lease_until = NULL
       WHERE evaluation_slot.experiment_id = $1`,
      [live.id],
    );
    await running;
    expect(await slots('live')).toMatchObject([{ status: 'failed', attempts: 1 }]);
  });

  it('drops the result of a worker that has lost its lease', async () => {
    const experiment = await evaluatedExperiment(it_, { schedule: HOURLY });
    // The row is held while the worker computes; meanwhile another takes the lease over.
    const gate = it_.app.get(DataSource).createQueryRunner();
    await gate.startTransaction();
    await gate.query('LOCK TABLE event IN ACCESS EXCLUSIVE MODE');
    const working = runDue(it_, hour(1));
    await until(async () => (await slots())[0]?.status === 'running');
    const evaluationId = '00000000-0000-7000-8000-000000000000';
    await it_.sql(
      `INSERT INTO evaluation (project_id, id, experiment_id, plan_version, slot_at, cutoff, as_of,
         moments, history, result, result_digest, code_version, duration_ms, created_at)
       VALUES ($1, $2, $3, 1, $4, '1:1:', $4, '{}', '{}', '{}', '', '', 0, $4)`,
      [experiment.projectId, evaluationId, experiment.id, hour(1)],
    );
    await it_.sql(
      `UPDATE evaluation_slot SET status = 'done', evaluation_id = $1, lease_owner = 'another'`,
      [evaluationId],
    );
    await gate.commitTransaction();
    await gate.release();
    await working;
    expect(await slots()).toMatchObject([{ status: 'done', evaluationId }]);
    expect(await it_.sql('SELECT evaluation.id FROM evaluation')).toHaveLength(1);
  });

  it('sees in a slot only what had happened by then', async () => {
    const experiment = await evaluatedExperiment(it_, { schedule: HOURLY });
    await log(it_, experiment, [
      exposure('one', 'control', hour(0.5)),
      exposure('two', 'short', hour(1)),
    ]);
    await runDue(it_, hour(1));
    const latest = (await it_.ok('get', '/v1/experiments/checkout/evaluations/latest'))
      .body as EvaluationResult;
    expect(latest.units.map(({ n }) => n)).toEqual([1, 0]);
  });
});

/** Waits for something that other workers bring about. */
async function until(happened: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await happened())) {
    if (Date.now() > deadline) throw new Error('it did not happen');
    await new Promise((wake) => setTimeout(wake, 100));
  }
}
