import { evaluatedExperiment, exposure, log, money } from '../support/evaluated-experiment.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const START = '2026-01-01T00:00:00Z';
const hour = (n: number): string => new Date(Date.parse(START) + n * 3_600_000).toISOString();

describe('sandbox clock', () => {
  let it_: TestApp;

  beforeEach(async () => {
    it_ = await startTestApp();
  });
  afterEach(() => it_.close());

  const move = (now: string) => it_.send('post', '/v1/sandbox/clock', { now });
  const shown = async (): Promise<number> =>
    Date.parse((await it_.ok('get', '/v1/sandbox/clock')).body.now as string);

  it('goes anywhere while nothing but the start is there, then only forward', async () => {
    expect((await move('2020-06-01T12:00:00+02:00')).status).toBe(200);
    expect(Math.abs((await shown()) - Date.parse('2020-06-01T10:00:00Z'))).toBeLessThan(10_000);
    expect((await move('2019-06-01T00:00:00Z')).status).toBe(200);
    await it_.ok('post', '/v1/questions', { text: 'Why do they leave?' });
    const back = await move('2019-01-01T00:00:00Z');
    expect([back.status, back.body.code]).toEqual([409, 'clock-moves-forward-only']);
    const on = await move('2019-07-01T00:00:00Z');
    expect(on.body).toMatchObject({ sandbox: true, count: 0, steps: [] });
    expect(Math.abs((await shown()) - Date.parse('2019-07-01T00:00:00Z'))).toBeLessThan(10_000);
  });

  it('runs through everything that is due, in its order', async () => {
    await move(START);
    for (const [key, cron] of [
      ['hourly', '0 * * * *'],
      ['at-half', '30 * * * *'],
    ] as const) {
      await evaluatedExperiment(it_, { key, schedule: { cron } });
    }
    const answer = await move(hour(2.75));
    expect(answer.body.steps).toEqual(
      [0.5, 1, 1.5, 2, 2.5].map((n) => ({ at: hour(n), failures: [] })),
    );
    expect(answer.body.count).toBe(5);
    const rows = await it_.sql<{ key: string; as_of: Date; status: string }>(
      `SELECT experiment.key, evaluation.as_of, evaluation_slot.status
       FROM evaluation
       JOIN experiment ON experiment.id = evaluation.experiment_id
       JOIN evaluation_slot ON evaluation_slot.evaluation_id = evaluation.id
       ORDER BY evaluation.id`,
    );
    expect(rows.map(({ key, as_of, status }) => [key, as_of.toISOString(), status])).toEqual([
      ['at-half', hour(0.5), 'done'],
      ['hourly', hour(1), 'done'],
      ['at-half', hour(1.5), 'done'],
      ['hourly', hour(2), 'done'],
      ['at-half', hour(2.5), 'done'],
    ]);
  });

  it('reports what fails on the way and goes on', async () => {
    await move(START);
    const experiment = await evaluatedExperiment(it_, { schedule: { cron: '0 * * * *' } });
    await log(it_, experiment, [
      exposure('one', 'control', START),
      money('one', 'revenue', 100, hour(1.5), { currency: 'EUR' }),
    ]);
    const answer = await move(hour(3));
    expect(answer.status).toBe(200);
    expect(answer.body.steps).toMatchObject([
      { at: hour(1), failures: [] },
      { at: hour(2), failures: [{ code: 'exchange-rate-missing' }] },
      { at: hour(3), failures: [{ code: 'exchange-rate-missing' }] },
    ]);
  });

  it('says on every answer that it is one', async () => {
    for (const path of ['/v1/sandbox/clock', '/health/live', '/nowhere', '/openapi.json']) {
      const answer = await it_.send('get', path);
      expect([path, answer.headers['x-becausal-sandbox']]).toEqual([path, 'true']);
    }
  });

  it('does not exist outside a sandbox', async () => {
    const real = await startTestApp({ sandbox: false });
    try {
      const answer = await real.send('post', '/v1/sandbox/clock', { now: START });
      expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
      expect(answer.headers).not.toHaveProperty('x-becausal-sandbox');
    } finally {
      await real.close();
    }
  });

  it.each(['2026-01-01', 'now', '2026-02-30T00:00:00Z'])('B54 refuses %s', async (now) => {
    const answer = await move(now);
    expect([answer.status, answer.body.code]).toEqual([422, 'validation-failed']);
  });
});
