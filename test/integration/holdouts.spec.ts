import { DataSource } from 'typeorm';
import { isHeldOut } from '../../src/domain/assignment/exclusion.js';
import type { AnalysisPlan } from '../../src/domain/experiments/plan.js';
import { anotherProject } from '../support/another-project.js';
import { eventually } from '../support/eventually.js';
import { launchedExperiment } from '../support/launched-experiment.js';
import { aaBody, launchedOverApi, planOf, served, serveNow } from '../support/live-tests.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const holdout = (key: string, changes: object = {}) => ({
  key,
  name: `Holdout ${key}`,
  unit: 'visitor',
  share: 0.3,
  ...changes,
});

describe('a holdout', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  // Each test with holdouts of its own: none is left that the next would find in its plans.
  afterEach(() =>
    app.sql('UPDATE holdout SET ended_at = becausal_now() WHERE holdout.ended_at IS NULL'),
  );
  afterAll(() => app.close());

  const create = (key: string, changes: object = {}) =>
    app.send('post', '/v1/holdouts', holdout(key, changes));
  const end = (key: string, reason = 'The year is over') =>
    app.send('post', `/v1/holdouts/${key}/end`, { reason });
  const unitsOf = ({ holdouts = [] }: AnalysisPlan) => {
    const all = Array.from({ length: 200 }, (_, index) => `unit-${index}`);
    const heldOut = all.filter((unit) => isHeldOut(holdouts, unit));
    return { heldOut, others: all.filter((unit) => !heldOut.includes(unit)) };
  };

  it('is created once, shown, listed page by page, and ended once', async () => {
    const created = await create('q1', { share: 0.05 });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: expect.any(String),
      key: 'q1',
      name: 'Holdout q1',
      unit: 'visitor',
      share: 0.05,
      createdAt: expect.any(String),
      createdBy: expect.any(String),
    });
    expect((await app.ok('get', '/v1/holdouts/q1')).body).toEqual(created.body);
    await create('q2');
    const page = await app.ok('get', '/v1/holdouts?limit=1');
    expect(page.body.data).toEqual([created.body]);
    const rest = await app.ok('get', `/v1/holdouts?limit=1&cursor=${page.body.nextCursor}`);
    expect(rest.body).toEqual({ data: [expect.objectContaining({ key: 'q2' })] });

    const ended = await end('q1', 'We know enough');
    expect(ended.body).toEqual({
      ...created.body,
      endedAt: expect.any(String),
      endedBy: created.body.createdBy,
      endReason: 'We know enough',
    });
    expect((await end('q1', 'Again')).body).toEqual(ended.body);
    const [audited] = await app.sql<{ actions: string[] }>(
      `SELECT array_agg(audit_entry.action ORDER BY audit_entry.seq) AS actions FROM audit_entry
       WHERE audit_entry.object_id = $1`,
      [created.body.id],
    );
    expect(audited?.actions).toEqual(['holdout.create', 'holdout.end']);
    const again = await create('q1');
    expect([again.status, again.body.code]).toEqual([409, 'already-exists']);
  });

  it.each<[string, object, string]>([
    ['nobody', { share: 0 }, '/share'],
    ['more than half', { share: 0.51 }, '/share'],
    ['another unit', { unit: 'session' }, '/unit'],
    ['a path for a key', { key: '../x' }, '/key'],
    ['no name', { name: '' }, '/name'],
  ])('of %s is refused', async (_name, changes, pointer) => {
    const { status, body } = await create('q1', changes);
    expect([status, body.code]).toEqual([422, 'validation-failed']);
    expect(body.errors).toEqual([expect.objectContaining({ pointer })]);
  });

  it('is ended for a reason, and is of one project', async () => {
    await create('mine');
    const blank = await end('mine', ' ');
    expect([blank.status, blank.body.code]).toEqual([422, 'reason-missing']);
    const { secret } = await anotherProject(app, 'other');
    for (const [method, path] of [
      ['get', '/v1/holdouts/mine'],
      ['post', '/v1/holdouts/mine/end'],
      ['get', '/v1/holdouts/q9'],
    ] as const) {
      const body = method === 'get' ? undefined : { reason: 'x' };
      expect((await app.send(method, path, body, secret)).status).toBe(404);
    }
    expect((await app.ok('get', '/v1/holdouts', undefined, secret)).body).toEqual({ data: [] });
    expect((await app.ok('get', '/v1/holdouts/mine')).body).not.toHaveProperty('endedAt');
  });

  it('keeps its units out of tests launched later, and out of none before', async () => {
    const before = await launchedOverApi(app, 'before');
    for (const [key, unit] of [
      ['h1', 'visitor'],
      ['h2', 'visitor'],
      ['accounts', 'account'],
      ['over', 'visitor'],
    ] as const) {
      expect((await create(key, { unit })).status).toBe(201);
    }
    await end('over');
    const after = await launchedOverApi(app, 'after');
    expect(before).not.toHaveProperty('holdouts');
    expect(after.holdouts).toEqual(
      ['h1', 'h2'].map((key) => ({ key, points: 3_000, seed: expect.stringMatching(/^\w{32}$/) })),
    );
    expect(new Set(after.holdouts?.map(({ seed }) => seed)).size).toBe(2);
    expect(await planOf(app, 'before')).toEqual(before);
    await serveNow(app);
    const { heldOut, others } = unitsOf(after);
    // Two of 30% leave 49% of 200: six standard errors are 42.
    expect(Math.abs(others.length - 98)).toBeLessThan(42);
    for (const [units, isIn] of [
      [heldOut.slice(0, 20), false],
      [others.slice(0, 20), true],
    ] as const) {
      for (const targetingKey of units) {
        const answer = await served(app, 'after', { targetingKey });
        expect([targetingKey, answer.metadata.inExperiment]).toEqual([targetingKey, isIn]);
        if (!isIn) expect(answer.value).toBe('control');
        const earlier = await served(app, 'before', { targetingKey });
        expect(earlier.metadata.inExperiment).toBe(true);
      }
    }
    // Ended, it stays in the plan of a test that is live.
    await end('h1');
    await serveNow(app);
    const held = { targetingKey: heldOut[0] ?? '' };
    expect((await served(app, 'after', held)).metadata.inExperiment).toBe(false);
    expect(await planOf(app, 'after')).toEqual(after);
    const last = await launchedOverApi(app, 'last');
    expect(last.holdouts?.map(({ key }) => key)).toEqual(['h2']);
  });

  it('is in no plan of units that another system assigns', async () => {
    await create('ext');
    const plan = await launchedOverApi(app, 'theirs', { assignment: 'external' });
    expect(plan).not.toHaveProperty('holdouts');
  });

  it('keeps what was shipped from its units until it is ended', async () => {
    await create('kept');
    const seen = await launchedOverApi(app, 'seen');
    const { id, plan } = await launchedExperiment(app, {
      key: 'shipped',
      status: 'decided',
      holdouts: seen.holdouts ?? [],
    });
    await app.sql(
      `INSERT INTO decision (project_id, id, experiment_id, action, variant, reason, decided_by,
         decided_at, gate_decision_id)
       SELECT experiment.project_id, gen_random_uuid(), experiment.id, 'ship', 'treatment', 'It won',
         experiment.created_by, becausal_now(), gate_decision.id
       FROM experiment JOIN gate_decision ON gate_decision.subject_key = 'seen'
       WHERE experiment.id = $1 LIMIT 1`,
      [id],
    );
    await serveNow(app);
    const { heldOut, others } = unitsOf(plan);
    const valueOf = async (unit = '') =>
      (await served(app, 'shipped', { targetingKey: unit })).value;
    expect(await valueOf(others[0])).toBe('treatment');
    expect(await valueOf(heldOut[0])).toBe('control');
    await end('kept');
    await serveNow(app);
    expect(await valueOf(heldOut[0])).toBe('treatment');
  });

  it('that is created while a test launches is not in its plan, and comes after it', async () => {
    await app.ok('post', '/v1/experiments', aaBody('launching'));
    const blocker = app.app.get(DataSource).createQueryRunner();
    const waiting = async () => {
      const [row] = await app.sql<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_locks
         JOIN pg_database ON pg_database.oid = pg_locks.database
         WHERE pg_database.datname = current_database() AND NOT pg_locks.granted`,
      );
      return row?.count ?? 0;
    };
    let answered = 0;
    const sent = async (path: string, body?: object) => {
      const answer = await app.send('post', path, body);
      answered += 1;
      return answer.status;
    };
    // The launch has read the holdouts when it stores its plan; there it is kept waiting.
    await blocker.startTransaction();
    await blocker.query('LOCK TABLE plan IN SHARE MODE');
    const launching = sent('/v1/experiments/launching/launch');
    expect(await eventually(waiting, (count) => count === 1)).toBe(1);
    const creating = sent('/v1/holdouts', holdout('meanwhile'));
    await eventually(waiting, (count) => count === 2 || answered > 0);
    await blocker.rollbackTransaction();
    await blocker.release();
    expect(await Promise.all([launching, creating])).toEqual([200, 201]);
    expect(await planOf(app, 'launching')).not.toHaveProperty('holdouts');
    // The audit chain is in the order of the commits.
    const rows = await app.sql<{ action: string }>(
      `SELECT audit_entry.action FROM audit_entry
       WHERE audit_entry.action IN ('experiment.launch', 'holdout.create')
       ORDER BY audit_entry.seq DESC LIMIT 2`,
    );
    expect(rows.map(({ action }) => action)).toEqual(['holdout.create', 'experiment.launch']);
  });
});
