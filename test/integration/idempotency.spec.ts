import { Client } from 'pg';
import request, { type Response } from 'supertest';
import { IdempotentAnswers } from '../../src/platform/idempotency/idempotent-answers.js';
import { anotherProject } from '../support/another-project.js';
import { eventually } from '../support/eventually.js';
import { aPerson } from '../support/heard-people.js';
import { declareMetrics, experimentBody } from '../support/story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';

const WAITS_FOR_LOCK = `pg_stat_activity.datname = current_database()
  AND pg_stat_activity.wait_event_type = 'Lock'`;

/** P8, P9, B52: a request that is sent again is not done again. */
describe('Idempotency-Key', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  const post = async (
    path: string,
    name: string,
    body: object,
    key = ADMIN_KEY,
  ): Promise<Response> =>
    await request(app.app.getHttpServer())
      .post(path)
      .set('authorization', `Bearer ${key}`)
      .set('idempotency-key', name)
      .send(body);

  const department = (key: string) => ({ key, name: 'Invented', stages: [], touchpoints: [] });
  const departments = async (key: string): Promise<number> =>
    (await app.sql('SELECT 1 FROM department WHERE department.key = $1', [key])).length;
  const codeOf = ({ status, body }: Response): [number, unknown] => [
    status,
    (body as { code?: string }).code,
  ];

  it('answers the same again, and says so', async () => {
    const first = await post('/v1/questions', 'asked once', { text: 'Why do people leave?' });
    expect([first.status, first.headers['idempotency-replayed']]).toEqual([201, undefined]);
    const again = await post('/v1/questions', 'asked once', { text: 'Why do people leave?' });
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await app.sql('SELECT 1 FROM question')).toHaveLength(1);
  });

  it('B52: refuses another request under the name, and a name that is none', async () => {
    await post('/v1/departments', 'taken', department('taken'));
    const other = await post('/v1/departments', 'taken', department('other'));
    expect(codeOf(other)).toEqual([422, 'idempotency-key-reused']);
    const elsewhere = await post('/v1/questions', 'taken', { text: 'Why?' });
    expect(codeOf(elsewhere)).toEqual([422, 'idempotency-key-reused']);
    for (const name of ['x'.repeat(256), '']) {
      const refused = await post('/v1/departments', name, department('nameless'));
      expect(codeOf(refused)).toEqual([400, 'malformed-header']);
    }
    expect([await departments('other'), await departments('nameless')]).toEqual([0, 0]);
  });

  it('keeps no refusal: the mended request passes under the same name', async () => {
    const refused = await post('/v1/departments', 'mended', { key: 'mended' });
    expect(refused.status).toBe(422);
    const passed = await post('/v1/departments', 'mended', department('mended'));
    expect([passed.status, passed.headers['idempotency-replayed']]).toEqual([201, undefined]);
  });

  it('keeps what the gate itself keeps of a refusal', async () => {
    await declareMetrics(app);
    const { rationale: _missing, ...body } = experimentBody('', []);
    for (const decisions of [1, 2]) {
      const refused = await post('/v1/experiments', 'because', body);
      expect(codeOf(refused)).toEqual([422, 'gate-refused']);
      expect(
        await app.sql(`SELECT 1 FROM gate_decision WHERE gate_decision.outcome = 'refused'`),
      ).toHaveLength(decisions);
    }
  });

  it('is done once by twelve at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => post('/v1/departments', 'at once', department('at-once'))),
    );
    const codes = answers.map((answer) => codeOf(answer).join(' '));
    expect(codes.filter((code) => code !== '409 idempotency-in-progress')).toContain('201 ');
    expect(new Set(codes.filter((code) => !code.startsWith('201')))).toEqual(
      new Set(codes.includes('409 idempotency-in-progress') ? ['409 idempotency-in-progress'] : []),
    );
    expect(await departments('at-once')).toBe(1);
    const later = await post('/v1/departments', 'at once', department('at-once'));
    expect([later.status, later.headers['idempotency-replayed']]).toEqual([201, 'true']);
  });

  it('P9: tells a secret once', async () => {
    const body = { kind: 'write', name: 'shop' };
    const first = await post('/v1/keys', 'a key', body);
    expect(first.body.secret).toMatch(/^wk_/);
    const { secret: _told, ...rest } = first.body as Record<string, unknown>;
    const again = await post('/v1/keys', 'a key', body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(rest);
  });

  it('P37: means nothing in another project', async () => {
    const { secret } = await anotherProject(app, 'elsewhere');
    await post('/v1/departments', 'shared name', department('shared'));
    const theirs = await post('/v1/departments', 'shared name', department('theirs'), secret);
    expect([theirs.status, theirs.headers['idempotency-replayed']]).toEqual([201, undefined]);
  });

  /** Stops a request where it waits for a lock, and takes its connection away. */
  const killedAt = async (lock: string, name: string): Promise<Response> => {
    const blocker = new Client({ connectionString: app.databaseUrl });
    await blocker.connect();
    try {
      await blocker.query(`BEGIN; LOCK TABLE ${lock}`);
      const blocked = post('/v1/departments', name, department(name));
      await eventually(
        () =>
          app.sql(`SELECT pg_terminate_backend(pg_stat_activity.pid) FROM pg_stat_activity
            WHERE ${WAITS_FOR_LOCK}`),
        (killed) => killed.length > 0,
      );
      return await blocked;
    } finally {
      await blocker.end();
    }
  };

  it.each([
    ['before what it does', 'department IN ACCESS EXCLUSIVE MODE'],
    ['after what it does, before the answer is kept', 'idempotent_answer IN EXCLUSIVE MODE'],
    ['before it is known whether it was done', 'idempotent_answer IN ACCESS EXCLUSIVE MODE'],
  ])('P8: a crash %s leaves nothing, and the next one is the first', async (_, lock) => {
    const name = `crash-${lock.split(' ')[0]}-${lock.length}`;
    const broken = await killedAt(lock, name);
    expect(codeOf(broken)).toEqual([503, 'unavailable']);
    expect(await departments(name)).toBe(0);
    const again = await post('/v1/departments', name, department(name));
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([201, undefined]);
    expect(await departments(name)).toBe(1);
  });

  it('P8: an answer that nobody heard comes again', async () => {
    const blocker = new Client({ connectionString: app.databaseUrl });
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE idempotent_answer IN EXCLUSIVE MODE');
    const leaving = request(app.app.getHttpServer())
      .post('/v1/departments')
      .set('authorization', `Bearer ${ADMIN_KEY}`)
      .set('idempotency-key', 'unheard')
      .send(department('unheard'));
    const gone = leaving.then(
      () => 'heard',
      () => 'unheard',
    );
    await eventually(
      () => app.sql(`SELECT 1 FROM pg_stat_activity WHERE ${WAITS_FOR_LOCK}`),
      (waiting) => waiting.length > 0,
    );
    leaving.abort();
    await blocker.end();
    await eventually(
      () => departments('unheard'),
      (count) => count === 1,
    );
    const again = await post('/v1/departments', 'unheard', department('unheard'));
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([201, 'true']);
    expect(await gone).toBe('unheard');
  });

  it('P30: keeps no words in clear, and none after an erasure', async () => {
    const pseudonym = 'Somebody of the words 7f3a';
    const body = { pseudonym, kind: 'human', population: 'lead' };
    const person = await post('/v1/participants', 'a person', body);
    expect(person.status).toBe(201);
    const [kept] = await app.sql<{ sealed: Buffer }>(
      `SELECT idempotent_answer.body_sealed AS sealed FROM idempotent_answer
       WHERE idempotent_answer.key = 'a person'`,
    );
    expect(kept?.sealed.includes(Buffer.from(pseudonym))).toBe(false);
    const other = await aPerson(app, { pseudonym: 'Visitor Z' });
    await app.ok('post', `/v1/participants/${other}/erasure`, {});
    const again = await post('/v1/participants', 'a person', body);
    expect(codeOf(again)).toEqual([409, 'idempotent-answer-erased']);
  });

  it('remembers for a day', async () => {
    await post('/v1/departments', 'yesterday', department('yesterday'));
    await app.sql(
      `UPDATE idempotent_answer SET answered_at = clock_timestamp() - interval '23 hours'
       WHERE idempotent_answer.key = 'yesterday'`,
    );
    const answers = app.app.get(IdempotentAnswers, { strict: false });
    await answers.prune();
    const kept = await post('/v1/departments', 'yesterday', department('yesterday'));
    expect(kept.headers['idempotency-replayed']).toBe('true');
    await app.sql(
      `UPDATE idempotent_answer SET answered_at = clock_timestamp() - interval '25 hours'
       WHERE idempotent_answer.key = 'yesterday'`,
    );
    await answers.prune();
    const forgotten = await post('/v1/departments', 'yesterday', department('yesterday'));
    expect(codeOf(forgotten)).toEqual([409, 'already-exists']);
  });
});
