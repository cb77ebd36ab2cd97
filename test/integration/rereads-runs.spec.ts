import type { Reread } from '../../src/domain/rereads/reread.js';
import { DueWorkRegistry } from '../../src/platform/scheduling/due-work.js';
import { evaluatedExperiment, exposure, log, money } from '../support/evaluated-experiment.js';
import { at, ENDED, START } from '../support/evaluation-views.js';
import { eventually } from '../support/eventually.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DECIDED = 20;

/** Who makes a re-read, when, and how often. The visitors are invented. */
describe('due re-reads', () => {
  let app: TestApp;
  let worker: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    worker = await startTestApp({ worker: true }, app.databaseUrl);
  });
  afterAll(async () => {
    await worker.close();
    await app.close();
  });

  /** A test of four visitors, decided on without waiting for anything. */
  const decided = async (key: string, currency = 'USD') => {
    const shop = await evaluatedExperiment(app, {
      key,
      status: 'maturing',
      enrolmentEndedAt: ENDED,
    });
    const rows = [1, 2].flatMap((n) => [
      exposure(`${key}-c-${n}`, 'control', START),
      exposure(`${key}-s-${n}`, 'short', START),
      money(`${key}-s-${n}`, 'revenue', 1000 * n, at(1), { currency }),
    ]);
    await log(app, shop, rows);
    await app.moveClock(at(DECIDED));
    const stop = { action: 'stop', reason: 'Enough was seen.' };
    await app.ok('post', `/v1/experiments/${key}/decide`, stop);
    return shop;
  };
  const rereads = async (key: string): Promise<Reread[]> =>
    ((await app.ok('get', `/v1/experiments/${key}/rereads`)).body as { data: Reread[] }).data;
  const statuses = async (key: string): Promise<string[]> =>
    (await rereads(key)).map(({ status }) => status);
  const runDue = (who: TestApp, day: number, how: 'inline' | 'queued' = 'inline') =>
    who.app.get(DueWorkRegistry).runDue(new Date(at(day, 1)), how);
  const told = (shop: { id: string }) =>
    app.sql(
      `SELECT timeline_entry.id FROM timeline_entry
       WHERE timeline_entry.what = 'reread' AND timeline_entry.experiment_id = $1`,
      [shop.id],
    );
  const lease = (shop: { id: string }, seconds: number) =>
    app.sql(
      `UPDATE reread SET lease_owner = 'another', attempts = 1,
         lease_until = clock_timestamp() + $2 * interval '1 s'
       WHERE reread.experiment_id = $1 AND reread.days = 30`,
      [shop.id, seconds],
    );

  it('fall due in order, for a clock that steps through them', async () => {
    await decided('in-order');
    const registry = app.app.get(DueWorkRegistry);
    const next = async (from: number, to: number) =>
      (await registry.nextDue(new Date(at(from)), new Date(at(to))))?.toISOString().slice(0, 10);
    const day = (n: number) => at(n).slice(0, 10);
    expect(await next(DECIDED, 400)).toBe(day(50));
    expect(await next(51, 400)).toBe(day(110));
    expect(await next(51, 109)).toBeUndefined();
  });

  it('are made once by two replicas at the same moment', async () => {
    const shops = [await decided('two-a'), await decided('two-b')];
    await Promise.all([runDue(app, 110), runDue(worker, 110), runDue(worker, 110)]);
    for (const shop of shops) {
      expect(await statuses(shop.key)).toEqual(['done', 'done', 'due', 'due']);
      expect(await told(shop)).toHaveLength(2);
    }
  });

  it('are taken over from a worker that died, and left to one that lives', async () => {
    const shop = await decided('leased');
    await lease(shop, 600);
    await runDue(worker, 50, 'queued');
    await lease(shop, -1);
    await runDue(worker, 50, 'queued');
    const isDone = ([first]: string[]) => first === 'done';
    expect(await eventually(() => statuses('leased'), isDone)).toEqual([
      'done',
      'due',
      'due',
      'due',
    ]);
    const [row] = await app.sql<{ attempts: number }>(
      `SELECT reread.attempts FROM reread WHERE reread.experiment_id = $1 AND reread.days = 30`,
      [shop.id],
    );
    // The dead one's and the one that made it: nobody began it while the other lived.
    expect(row?.attempts).toBe(2);
    expect(await told(shop)).toHaveLength(1);
  });

  it('that were missed are made once, each as of its own date', async () => {
    const shop = await decided('missed');
    await log(app, shop, [money('missed-s-1', 'refund', -900, at(60))]);
    await app.moveClock(at(400));
    await runDue(app, 400);
    const found = await rereads('missed');
    expect(found.map(({ status, windowDays }) => [status, windowDays])).toEqual([
      ['done', 30],
      ['done', 87],
      ['done', 177],
      ['done', 362],
    ]);
    const meanOf = async ({ id }: Reread) => {
      const { body } = await app.ok('get', `/v1/experiments/missed/rereads/${id}`);
      const profit = body.result.metrics.find((metric: { key: string }) => metric.key === 'profit');
      return [body.result.asOf.slice(0, 10), profit.arms[1].mean];
    };
    const [first, second] = found;
    if (first === undefined || second === undefined) throw new Error('two re-reads');
    // By hand: 10 and 20 dollars; a refund of 9 on day 60 is in the second only.
    expect(await meanOf(first)).toEqual([at(50).slice(0, 10), 15]);
    expect(await meanOf(second)).toEqual([at(110).slice(0, 10), 10.5]);
  });

  it('of a poisoned experiment fail alone, and can be asked for again', async () => {
    await decided('a-before');
    await decided('poisoned', 'EUR');
    await decided('z-after');
    await expect(runDue(app, 50)).rejects.toThrow('some due work failed');
    expect((await statuses('a-before'))[0]).toBe('done');
    expect((await statuses('z-after'))[0]).toBe('done');
    const [failed, next] = await rereads('poisoned');
    expect(failed).toMatchObject({ status: 'failed', error: 'exchange-rate-missing' });
    const notices = () =>
      app.sql(
        `SELECT notice.kind, notice.ended_at IS NULL AS open FROM notice
         WHERE notice.subject = $1`,
        [`reread-${failed?.id}`],
      );
    expect(await notices()).toEqual([{ kind: 'evaluation_failed', open: true }]);
    // Given up is given up, until somebody asks.
    await runDue(app, 50);
    expect((await statuses('poisoned'))[0]).toBe('failed');

    const path = '/v1/experiments/poisoned/rereads';
    await app.ok('put', '/v1/exchange-rates', {
      date: at(1).slice(0, 10),
      base: 'USD',
      rates: { EUR: 0.5 },
      source: 'central bank',
    });
    expect((await app.ok('post', `${path}/${failed?.id}/retry`)).body.status).toBe('due');
    await runDue(app, 50);
    expect((await rereads('poisoned'))[0]).toMatchObject({ status: 'done', dueAt: failed?.dueAt });
    expect((await rereads('poisoned'))[0]).not.toHaveProperty('error');
    expect(await notices()).toEqual([{ kind: 'evaluation_failed', open: false }]);
    const refused = await app.send('post', `${path}/${next?.id}/retry`);
    expect([refused.status, refused.body.code]).toEqual([409, 'reread-not-failed']);
    const foreign = await app.send('get', `/v1/experiments/a-before/rereads/${failed?.id}`);
    expect([foreign.status, foreign.body.code]).toEqual([404, 'not-found']);
  });

  it('go on when the experiment is archived, and say so; an A/A test has none', async () => {
    await decided('archived');
    await app.ok('post', '/v1/experiments/archived/archive');
    await runDue(app, 110);
    const found = await rereads('archived');
    expect(found[1]).toMatchObject({ status: 'done', controlFate: 'nobody_treated' });
    await evaluatedExperiment(app, { key: 'aa', kind: 'aa', status: 'maturing' });
    await app.ok('post', '/v1/experiments/aa/decide', { action: 'stop', reason: 'Healthy.' });
    expect(await rereads('aa')).toEqual([]);
  });

  it('are cancelled by a decision that comes first', async () => {
    await decided('again');
    await runDue(app, 50);
    await app.moveClock(at(51));
    const stop = { action: 'roll_back', reason: 'Once more, with a date.' };
    const { body } = await app.ok('post', '/v1/experiments/again/decide', stop);
    const found = await rereads('again');
    expect(found.map(({ status }) => status)).toEqual([
      'done',
      ...Array<string>(3).fill('cancelled'),
      ...Array<string>(4).fill('due'),
    ]);
    expect(found.slice(4).every(({ decisionId }) => decisionId === body.id)).toBe(true);
    const page = await app.ok('get', '/v1/experiments/again/rereads?limit=5');
    const rest = `/v1/experiments/again/rereads?limit=5&cursor=${page.body.nextCursor}`;
    expect([...page.body.data, ...(await app.ok('get', rest)).body.data]).toEqual(found);
  });
});
