import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DataSource, type QueryRunner } from 'typeorm';
import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { anotherProject } from '../support/another-project.js';
import {
  evaluatedExperiment,
  exposure,
  log,
  money,
  behaviour,
} from '../support/evaluated-experiment.js';
import { AFTER_ALL, armsOf, at, START } from '../support/evaluation-views.js';
import { REPOSITORY } from '../support/source-files.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';

interface Rebuild {
  id: string;
  experimentKey: string;
  status: string;
  percent: number;
  eventsPerSecond?: number;
  eventsCounted: number;
  error?: string;
  createdAt: string;
  updatedAt: string;
  endedAt?: string;
}

describe('rebuilds', () => {
  let it_: TestApp;
  const replicas: TestApp[] = [];
  beforeEach(async () => {
    it_ = await startTestApp();
    await it_.moveClock(AFTER_ALL);
  });
  afterEach(async () => {
    for (const replica of replicas.splice(0)) await replica.close();
    await it_.close();
  });

  const begin = async (key = 'checkout', app = it_): Promise<Rebuild> => {
    const answer = await app.ok('post', `/v1/experiments/${key}/rebuilds`);
    expect(answer.status).toBe(202);
    return answer.body as Rebuild;
  };
  const shown = async (id: string): Promise<Rebuild> =>
    (await it_.ok('get', `/v1/rebuilds/${id}`)).body as Rebuild;
  const listed = async (query = ''): Promise<{ data: Rebuild[]; nextCursor?: string }> =>
    (await it_.ok('get', `/v1/experiments/checkout/rebuilds${query}`)).body;
  const ended = async (id: string): Promise<Rebuild> => {
    for (;;) {
      const rebuild = await shown(id);
      if (rebuild.status !== 'running') return rebuild;
      await new Promise((wake) => setTimeout(wake, 20));
    }
  };
  const evaluate = async (): Promise<EvaluationResult> =>
    (await it_.ok('post', '/v1/experiments/checkout/evaluations')).body as EvaluationResult;
  /** Keeps every reader of the log waiting until it is released. */
  const holdTheLog = async (): Promise<() => Promise<void>> => {
    const runner: QueryRunner = it_.app.get(DataSource).createQueryRunner();
    await runner.startTransaction();
    await runner.query('LOCK TABLE event IN ACCESS EXCLUSIVE MODE');
    return async () => {
      await runner.commitTransaction();
      await runner.release();
    };
  };
  const fourUnits = async () => {
    const experiment = await evaluatedExperiment(it_);
    await log(
      it_,
      experiment,
      [1, 2].flatMap((n) => [
        exposure(`c${n}`, 'control', START),
        exposure(`s${n}`, 'short', START),
        behaviour(`s${n}`, 'clicks', at(1)),
        money(`c${n}`, 'revenue', 100 * n, at(2)),
      ]),
    );
    return experiment;
  };

  it('answers at once, says how it went, and changes no number', async () => {
    await fourUnits();
    const before = await evaluate();
    const begun = await begin();
    expect(begun).toMatchObject({
      experimentKey: 'checkout',
      status: 'running',
      percent: 0,
      eventsCounted: 0,
    });
    expect(begun).not.toHaveProperty('endedAt');
    expect(begun).not.toHaveProperty('eventsPerSecond');
    const rebuild = await ended(begun.id);
    // Clicks and money of the cohort.
    expect(rebuild).toMatchObject({ id: begun.id, status: 'done', percent: 100, eventsCounted: 4 });
    expect(rebuild.eventsPerSecond).toBeGreaterThan(0);
    expect(rebuild).not.toHaveProperty('error');
    expect(Date.parse(rebuild.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(begun.createdAt));
    const after = await evaluate();
    expect(after.metrics).toEqual(before.metrics);
    expect((await it_.ok('get', '/v1/audit')).body.data).toContainEqual(
      expect.objectContaining({ action: 'experiment.rebuild', objectId: begun.id }),
    );
  });

  it('replaces sums that had gone wrong', async () => {
    await fourUnits();
    const before = await evaluate();
    await it_.sql(`UPDATE evaluation_moment SET sums = ARRAY(SELECT 2 * x FROM unnest(sums) AS x)`);
    const wrong = await evaluate();
    expect(armsOf(wrong, 'profit')).not.toEqual(armsOf(before, 'profit'));
    expect((await ended((await begin()).id)).status).toBe('done');
    expect(armsOf(await evaluate(), 'profit')).toEqual(armsOf(before, 'profit'));
  });

  it('runs once for whoever asks while it runs, in whichever replica', async () => {
    await fourUnits();
    const other = await startTestApp({}, it_.databaseUrl);
    replicas.push(other);
    const release = await holdTheLog();
    const asked = await Promise.all([it_, other, it_, other].map((app) => begin('checkout', app)));
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    await release();
    const [first] = asked;
    expect((await ended(first?.id ?? '')).status).toBe('done');
    expect((await listed()).data).toHaveLength(1);
    const entries = (await it_.ok('get', '/v1/audit')).body.data as { action: string }[];
    expect(entries.filter(({ action }) => action === 'experiment.rebuild')).toHaveLength(1);
    // When it is over, the next one is a new one.
    const next = await begin();
    expect(next.id).not.toBe(first?.id);
    await ended(next.id);
  });

  it('does two at a time, and those that wait are shown as running', async () => {
    const keys = ['a', 'b', 'c'];
    for (const key of keys) await evaluatedExperiment(it_, { key });
    const release = await holdTheLog();
    const begun = [];
    for (const key of keys) begun.push(await begin(key));
    const working = async () =>
      it_.sql(
        `SELECT pid FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%event%'`,
      );
    while ((await working()).length < 2) await new Promise((wake) => setTimeout(wake, 20));
    await new Promise((wake) => setTimeout(wake, 300));
    expect(await working()).toHaveLength(2);
    for (const { id } of begun) expect(await shown(id)).toMatchObject({ status: 'running' });
    await release();
    for (const { id } of begun) expect(await ended(id)).toMatchObject({ status: 'done' });
  });

  it('fails with the code of what is missing, and keeps the sums of before', async () => {
    const experiment = await fourUnits();
    const before = await evaluate();
    await log(it_, experiment, [money('c1', 'revenue', 5, at(3), { currency: 'EUR' })]);
    expect(await ended((await begin()).id)).toMatchObject({
      status: 'failed',
      error: 'exchange-rate-missing',
      eventsCounted: 0,
    });
    const body = { date: at(3).slice(0, 10), base: 'USD', rates: { EUR: 2 }, source: 'a test' };
    await it_.ok('put', '/v1/exchange-rates', body);
    expect((await ended((await begin()).id)).status).toBe('done');
    expect((await evaluate()).units).toEqual(before.units);
  });

  it('shows one whose process died as interrupted, and is not kept from a new one by it', async () => {
    const experiment = await fourUnits();
    const dead = randomUUID();
    await it_.sql(
      `INSERT INTO rebuild (project_id, id, experiment_id, status, percent, created_by, created_at,
         updated_at)
       SELECT $1, $2, $3, 'running', 40, member.id, clock_timestamp() - interval '5 minutes',
         clock_timestamp() - interval '59 seconds'
       FROM member WHERE member.project_id = $1`,
      [experiment.projectId, dead, experiment.id],
    );
    expect(await shown(dead)).toMatchObject({ status: 'running', percent: 40 });
    expect((await begin()).id).toBe(dead);
    await it_.sql(`UPDATE rebuild SET updated_at = clock_timestamp() - interval '61 seconds'`);
    const lost = await shown(dead);
    expect(lost).toMatchObject({ status: 'failed', error: 'interrupted', percent: 40 });
    expect(lost.endedAt).toBe(lost.updatedAt);
    const next = await begin();
    expect(next.id).not.toBe(dead);
    expect((await ended(next.id)).status).toBe('done');
    // It has failed for good: a process that only slept does not end it after all.
    expect(await it_.sql('SELECT status FROM rebuild WHERE id = $1', [dead])).toEqual([
      { status: 'failed' },
    ]);
  });

  it('is waited for by a service that stops, which begins no other', async () => {
    const keys = ['a', 'b', 'c'];
    for (const key of keys) await evaluatedExperiment(it_, { key });
    const other = await startTestApp({}, it_.databaseUrl);
    const release = await holdTheLog();
    const begun = [];
    for (const key of keys) begun.push(await begin(key, other));
    let isClosed = false;
    const closing = other.close().then(() => (isClosed = true));
    const [first, second, third] = begun.map(({ id }) => id);
    expect(await ended(third ?? '')).toMatchObject({ status: 'failed', error: 'interrupted' });
    expect(isClosed).toBe(false);
    for (const id of [first, second]) {
      expect(await shown(id ?? '')).toMatchObject({ status: 'running' });
    }
    await release();
    await closing;
    for (const id of [first, second]) {
      expect(await shown(id ?? '')).toMatchObject({ status: 'done' });
    }
  });

  it('lists them in pages, newest first', async () => {
    await fourUnits();
    const ids = [];
    for (let n = 0; n < 3; n += 1) {
      const { id } = await begin();
      await ended(id);
      ids.unshift(id);
    }
    const first = await listed('?limit=2');
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await listed(`?limit=2&cursor=${first.nextCursor}`);
    expect(second.data.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(second).not.toHaveProperty('nextCursor');
  });

  it('refuses what cannot be summed, and shows nothing of another project', async () => {
    await fourUnits();
    const { id } = await begin();
    await ended(id);
    await it_.sql(
      `INSERT INTO experiment (project_id, id, key, kind, status, definition, version, created_by,
         created_at)
       SELECT project_id, $1, 'draft', 'aa', 'draft', definition, 1, created_by, created_at
       FROM experiment WHERE key = 'checkout'`,
      [randomUUID()],
    );
    const { secret } = await anotherProject(it_, 'other');
    const answers: [string, 'get' | 'post', string, string?][] = [
      ['409 not-launched', 'post', '/v1/experiments/draft/rebuilds'],
      ['404 not-found', 'post', '/v1/experiments/nothing/rebuilds'],
      ['404 not-found', 'get', '/v1/experiments/nothing/rebuilds'],
      ['404 not-found', 'get', `/v1/rebuilds/${randomUUID()}`],
      ['404 not-found', 'get', '/v1/rebuilds/nonsense'],
      ['422 invalid-cursor', 'get', '/v1/experiments/checkout/rebuilds?cursor=x'],
      ['404 not-found', 'post', '/v1/experiments/checkout/rebuilds', secret],
      ['404 not-found', 'get', '/v1/experiments/checkout/rebuilds', secret],
      ['404 not-found', 'get', `/v1/rebuilds/${id}`, secret],
    ];
    for (const [expected, method, path, key] of answers) {
      const answer = await it_.send(method, path, undefined, key);
      expect(`${path} ${answer.status} ${answer.body.code}`).toBe(`${path} ${expected}`);
    }
    expect((await it_.ok('get', '/v1/experiments/draft/rebuilds')).body).toEqual({ data: [] });
  });

  describe('the command', () => {
    const run = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
      const url = await it_.app.getUrl();
      const script = join(REPOSITORY, 'scripts', 'rebuild.mjs');
      return await new Promise((done) => {
        execFile(
          process.execPath,
          [script, '--url', url, '--key', ADMIN_KEY, ...args],
          (error, out, err) => done({ code: error === null ? 0 : Number(error.code), out, err }),
        );
      });
    };

    it('shows how far it is and ends well', async () => {
      await fourUnits();
      const { code, out, err } = await run('checkout');
      expect([code, err]).toEqual([0, expect.stringContaining('100.0 %')]);
      expect(out).toMatch(/^checkout: done in \d+\.\d s, 4 events, \d+ events\/s; rebuild /);
    });

    it('ends with an error where the rebuild fails or is refused', async () => {
      const experiment = await fourUnits();
      await log(it_, experiment, [money('c1', 'revenue', 5, at(3), { currency: 'EUR' })]);
      const failed = await run('checkout');
      expect([failed.code, failed.err]).toEqual([
        1,
        expect.stringContaining('exchange-rate-missing'),
      ]);
      const refused = await run('nothing');
      expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('404 not-found')]);
      expect((await run()).code).toBe(2);
    });
  });
});
