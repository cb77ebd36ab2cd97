import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import type { StateCheck } from '../../src/modules/analytics/analytics-store.reader.js';
import { StateChecks } from '../../src/modules/evaluations/state-checks.js';
import { ExperimentsReader } from '../../src/modules/experiments/experiments.reader.js';
import { Logger } from '../../src/platform/logging/logger.js';
import { DueWorkRegistry } from '../../src/platform/scheduling/due-work.js';
import {
  behaviour,
  evaluatedExperiment,
  exposure,
  log,
  money,
} from '../support/evaluated-experiment.js';
import { AFTER_ALL, armsOf, at, START } from '../support/evaluation-views.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** What is kept of experiments is compared with the log; a difference is said until it is healed. */
describe('checks of the sums', () => {
  let it_: TestApp;
  let projectId: string;
  beforeEach(async () => {
    it_ = await startTestApp();
    await it_.moveClock(AFTER_ALL);
  });
  afterEach(() => it_.close());

  const anExperiment = async (key: string, status: 'running' | 'stopped' = 'running') => {
    const experiment = await evaluatedExperiment(it_, { key, status });
    ({ projectId } = experiment);
    const units = [...Array(6).keys()];
    await log(
      it_,
      experiment,
      units.flatMap((n) => [
        exposure(`${key}-${n}`, n % 2 === 0 ? 'control' : 'short', at(n / 10)),
        behaviour(`${key}-${n}`, 'clicks', at(1)),
        money(`${key}-${n}`, 'revenue', 100 + n, at(2)),
      ]),
    );
    return experiment;
  };
  const evaluate = async (key = 'checkout'): Promise<EvaluationResult> =>
    (await it_.ok('post', `/v1/experiments/${key}/evaluations`)).body as EvaluationResult;
  const check = async (key = 'checkout'): Promise<StateCheck> =>
    await it_.app
      .get(StateChecks)
      .check(await it_.app.get(ExperimentsReader).launched(projectId, key));
  const checkNext = () => it_.app.get(StateChecks).checkNext();
  const rows = () =>
    it_.sql<{ experiment_id: string; agrees: boolean; detail: string | null }>(
      `SELECT experiment_id, agrees, detail FROM evaluation_check ORDER BY checked_at`,
    );
  const rebuild = async (key = 'checkout'): Promise<void> => {
    const { id } = (await it_.ok('post', `/v1/experiments/${key}/rebuilds`)).body as { id: string };
    for (;;) {
      const { status } = (await it_.ok('get', `/v1/rebuilds/${id}`)).body as { status: string };
      if (status === 'done') return;
      if (status === 'failed') throw new Error('the rebuild failed');
      await new Promise((wake) => setTimeout(wake, 20));
    }
  };
  const age = (interval: string): Promise<unknown> =>
    it_.sql('UPDATE evaluation_check SET checked_at = checked_at - $1::interval', [interval]);
  /** Runs `work` and answers the failures it logged. */
  const loggedBy = async (work: () => Promise<unknown>): Promise<unknown[][]> => {
    const logger = it_.app.get(Logger);
    const failure = logger.failure.bind(logger);
    const logged: unknown[][] = [];
    logger.failure = (...args) => {
      logged.push(args);
    };
    try {
      await work();
    } finally {
      logger.failure = failure;
    }
    return logged;
  };

  it('agree, however late events came', async () => {
    const experiment = await anExperiment('checkout');
    await evaluate();
    expect(await check()).toEqual({ agrees: true });
    await log(it_, experiment, [
      exposure('checkout-0', 'control', START),
      money('checkout-1', 'refund', -50, at(3)),
      behaviour('checkout-2', 'clicks', at(4)),
    ]);
    expect(await check()).toEqual({ agrees: true });
    expect(await rows()).toEqual(
      [1, 2].map(() => ({ experiment_id: experiment.id, agrees: true, detail: null })),
    );
  });

  it.each([
    [
      'of a unit',
      `UPDATE evaluation_unit SET late = late + 1
       WHERE unit = (SELECT unit FROM evaluation_unit ORDER BY unit LIMIT 1)`,
    ],
    [
      'over units',
      `UPDATE evaluation_moment SET sums[2] = sums[2] + 1
       WHERE ctid = (SELECT ctid FROM evaluation_moment WHERE arm = 1 LIMIT 1)`,
    ],
  ])('find wrong sums %s, make the verdict invalid, and agree after a rebuild', async (_, harm) => {
    const experiment = await anExperiment('checkout');
    const before = await evaluate();
    expect(before.health).not.toHaveProperty('dataFaults');
    await it_.sql(harm);

    const logged = await loggedBy(check);
    expect(await rows()).toEqual([
      {
        experiment_id: experiment.id,
        agrees: false,
        detail: expect.stringMatching(/than in the log/),
      },
    ]);
    expect(logged).toEqual([
      [
        'sums of an experiment differ from the log',
        expect.any(Error),
        { projectId, experimentId: experiment.id },
      ],
    ]);
    const units = await it_.sql<{ unit: string }>('SELECT unit FROM evaluation_unit');
    for (const { unit } of units) expect(JSON.stringify(logged)).not.toContain(unit);

    const invalid = await evaluate();
    const sentence = expect.stringMatching(/differ from the log.*rebuild/);
    expect(invalid.health.dataFaults).toEqual([{ code: 'state-differs-from-log', sentence }]);
    expect(invalid.verdict.perVariant).toEqual([
      expect.objectContaining({
        state: 'invalid',
        reasons: expect.arrayContaining([
          expect.objectContaining({ code: 'DATA_FAULT', sentence }),
        ]),
      }),
    ]);
    const decision = { action: 'ship', variant: 'short', reason: 'It looks well.' };
    const refused = await it_.send('post', '/v1/experiments/checkout/decide', decision);
    expect([refused.status, refused.body.code]).toEqual([422, 'gate-refused']);
    expect(refused.body.unmet).toContainEqual(expect.objectContaining({ code: 'RESULT_INVALID' }));

    await rebuild();
    const healed = await evaluate();
    expect(healed.health).not.toHaveProperty('dataFaults');
    expect(armsOf(healed, 'profit')).toEqual(armsOf(before, 'profit'));
    expect(healed.verdict.perVariant[0]?.state).not.toBe('invalid');
    expect(await check()).toEqual({ agrees: true });
  });

  it('a difference stands until a rebuild, whatever is found or forgotten meanwhile', async () => {
    await anExperiment('checkout');
    await anExperiment('another');
    for (const key of ['checkout', 'another']) await evaluate(key);
    await rebuild();
    await it_.sql('UPDATE evaluation_unit SET late = late + 1');
    await check();
    await it_.sql('UPDATE evaluation_unit SET late = late - 1');
    expect(await check()).toEqual({ agrees: true });
    const codes = async (key = 'checkout') =>
      (await evaluate(key)).health.dataFaults?.map(({ code }) => code) ?? [];
    expect(await codes()).toEqual(['state-differs-from-log']);
    expect(await codes('another')).toEqual([]);
    await rebuild('another');
    expect(await codes()).toEqual(['state-differs-from-log']);
    await rebuild();
    expect(await codes()).toEqual([]);
    // Found again afterwards, it is a new one.
    await it_.sql('UPDATE evaluation_unit SET late = late + 1');
    await check();
    expect(await codes()).toEqual(['state-differs-from-log']);
  });

  it('are kept for 90 days, and a difference until it is healed', async () => {
    await anExperiment('checkout');
    await evaluate();
    await check();
    await it_.sql('UPDATE evaluation_unit SET late = late + 1');
    await check();
    const found = async () => (await rows()).map(({ agrees }) => agrees);
    await age('89 days');
    await check();
    expect(await found()).toEqual([true, false, false]);
    await age('2 days');
    await check();
    expect(await found()).toEqual([false, false, false]);
    await rebuild();
    await check();
    expect(await found()).toEqual([false, false, true]);
  });

  it('take one experiment at a time, the one that waits longest, and none twice a night', async () => {
    const [first, second] = [await anExperiment('first'), await anExperiment('second')];
    await anExperiment('ended', 'stopped');
    await anExperiment('unread');
    for (const key of ['first', 'second', 'ended']) await evaluate(key);
    const both = [await checkNext(), await checkNext()];
    expect(new Set(both)).toEqual(new Set([first.id, second.id]));
    expect(await checkNext()).toBeNull();
    await age('19 hours');
    expect(await checkNext()).toBeNull();
    await age('2 hours');
    expect([await checkNext(), await checkNext(), await checkNext()]).toEqual([...both, null]);
  });

  it('of one that fails keep none of the others from theirs', async () => {
    const poisoned = await anExperiment('poisoned');
    const sound = await anExperiment('sound');
    for (const key of ['poisoned', 'sound']) await evaluate(key);
    await log(it_, poisoned, [money('poisoned-0', 'revenue', 5, at(3), { currency: 'EUR' })]);
    const taken: (string | null)[] = [];
    const logged = await loggedBy(async () => {
      for (let n = 0; n < 3; n += 1) taken.push(await checkNext());
    });
    expect(new Set(taken.slice(0, 2))).toEqual(new Set([poisoned.id, sound.id]));
    expect(taken[2]).toBeNull();
    expect(logged).toEqual([
      [
        'check of the sums of an experiment',
        expect.objectContaining({ code: 'exchange-rate-missing' }),
        { projectId, experimentId: poisoned.id },
      ],
    ]);
    expect((await rows()).map((row) => row.experiment_id)).toEqual([sound.id]);
  });

  it('run in one replica at a time', async () => {
    await anExperiment('checkout');
    await evaluate();
    const other = await startTestApp({}, it_.databaseUrl);
    try {
      const taken = await Promise.all([checkNext(), other.app.get(StateChecks).checkNext()]);
      expect(taken.filter((id) => id !== null)).toHaveLength(1);
      expect(await rows()).toHaveLength(1);
    } finally {
      await other.close();
    }
  });

  it.each([
    ['begin with the minute tick at night', '02:30', 'queued', 1],
    ['do not begin by day', '12:00', 'queued', 0],
    ['do not begin while a clock is moved', '02:30', 'inline', 0],
  ] as const)('%s', async (_, time, how, expected) => {
    await anExperiment('checkout');
    await evaluate();
    // Real time, as the connections of the next replica see it.
    await it_.sql(`CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$
      SELECT (pg_catalog.clock_timestamp()::date + time '${time}') AT TIME ZONE 'UTC' $$`);
    const database = new URL(it_.databaseUrl).pathname.slice(1);
    await it_.sql(`ALTER DATABASE ${database} SET search_path = public, pg_catalog`);
    const other = await startTestApp({}, it_.databaseUrl);
    try {
      const due = [new Date(AFTER_ALL), new Date('2026-12-01T00:00:00Z')] as const;
      expect(await other.app.get(StateChecks).nextDue()).toBeNull();
      expect(await other.app.get(DueWorkRegistry).nextDue(...due)).toBeNull();
      await other.app.get(DueWorkRegistry).runDue(due[0], how);
      // It goes on behind the tick.
      await other.app.get(StateChecks).onApplicationShutdown();
      expect(await rows()).toHaveLength(expected);
    } finally {
      await other.close();
    }
  });
});
