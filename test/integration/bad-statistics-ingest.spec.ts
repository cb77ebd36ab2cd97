import { randomUUID } from 'node:crypto';
import { PROFIT_KEY } from '../../src/domain/metrics/metric.js';
import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { UNIT_EVENTS_AN_HOUR_MAX } from '../../src/modules/events/unit-rate.js';
import { evaluatedExperiment } from '../support/evaluated-experiment.js';
import { AFTER_ALL, armsOf, at, ENDED, START } from '../support/evaluation-views.js';
import { launchedExperiment } from '../support/launched-experiment.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Verdict {
  status: string;
  code?: string;
}

/** Every bad event of the table of bad inputs has its named answer (B53 to B63). */
describe('bad events', () => {
  let it_: TestApp;

  beforeAll(async () => {
    it_ = await startTestApp();
    await it_.moveClock(AFTER_ALL);
    await launchedExperiment(it_, { key: 'gone', status: 'archived' });
    await launchedExperiment(it_, { key: 'known' });
  });
  afterAll(() => it_.close());

  const unit = (id: string) => ({ kind: 'visitor', id });
  const item = (type: string, changes: object) => ({
    id: randomUUID(),
    type,
    unit: unit('v-1'),
    occurredAt: START,
    ...changes,
  });
  const event = (changes: object = {}) => item('event', { name: 'signup', ...changes });
  const money = (changes: object = {}) =>
    item('money', { name: 'revenue', amountMinor: 4900, currency: 'USD', ...changes });
  const exposure = (changes: object = {}) =>
    item('exposure', { experiment: 'known', variant: 'control', ...changes });

  const send = async (events: readonly object[], more: object = {}): Promise<Verdict[]> =>
    ((await it_.ok('post', '/v1/events', { events, ...more })).body as { results: Verdict[] })
      .results;
  const answerTo = async (...events: object[]) =>
    (await send(events)).map(({ status, code }) => code ?? status);
  const evaluate = async (key: string): Promise<EvaluationResult> =>
    (await it_.ok('post', `/v1/experiments/${key}/evaluations`)).body as EvaluationResult;

  /** Two units in each arm of an experiment of its own, whose names begin with its key. */
  const launched = async (key: string, events: readonly object[]): Promise<EvaluationResult> => {
    await evaluatedExperiment(it_, { key, enrolmentEndedAt: ENDED });
    const met = ['control', 'short'].flatMap((variant) =>
      [1, 2].map((n) =>
        exposure({ experiment: key, variant, unit: unit(`${key}-${variant}-${n}`) }),
      ),
    );
    expect(new Set(await answerTo(...met, ...events))).toEqual(new Set(['accepted']));
    return await evaluate(key);
  };

  it.each([
    ['an experiment nobody knows', exposure({ experiment: 'nope' }), 'unknown-experiment'],
    ['an archived experiment', exposure({ experiment: 'gone' }), 'unknown-experiment'],
    ['a variant nobody knows', exposure({ variant: 'nope' }), 'unknown-variant'],
  ])('B53 %s: the item is refused', async (_name, bad, code) => {
    expect(await answerTo(bad, event())).toEqual([code, 'accepted']);
  });

  it('B53 a metric nobody knows: the experiment that names it is refused', async () => {
    const answer = await it_.send('post', '/v1/experiments', {
      key: 'asks-for-nope',
      name: 'Asks for nope',
      kind: 'aa',
      owner: 'admin',
      unit: 'visitor',
      assignment: 'internal',
      variants: [
        { key: 'a', name: 'A', weight: 1 },
        { key: 'b', name: 'B', weight: 1 },
      ],
      audience: { populations: [] },
      traffic: 1,
      metrics: { leading: 'nope', deciding: PROFIT_KEY },
      analysis: { plannedDays: 14 },
    });
    expect([answer.status, answer.body.code]).toEqual([422, 'validation-failed']);
    expect(answer.body.errors).toEqual([{ pointer: '/metrics/leading', code: 'unknown-metric' }]);
  });

  it.each([
    'infinity',
    'yesterday',
    '2026-02-30T00:00:00Z',
    '2026-01-02T00:00:00',
    '2026-01-02',
    '2026-W01-1',
    '2026-01-02T24:00:00Z',
    '2026-01-02T00:00:60Z',
    '0000-01-01T00:00:00Z',
    '10000-01-01T00:00:00Z',
    1767225600,
  ])('B54 the time %s is no instant', async (occurredAt) => {
    expect(await answerTo(event({ occurredAt }))).toEqual(['invalid-timestamp']);
  });

  it('B55 a clock three hours ahead is corrected by what it says as it sends', async () => {
    const hour = 3_600_000;
    const now = Date.parse(AFTER_ALL);
    const ahead = (ms: number) => new Date(now + 3 * hour + ms).toISOString();
    const late = event({ occurredAt: ahead(-10 * 60_000) });
    const [verdict] = await send([late], { sentAt: ahead(0) });
    expect(verdict?.status).toBe('accepted');
    const [stored] = await it_.sql<{ occurred_at: Date; claimed_at: Date; received_at: Date }>(
      `SELECT event.occurred_at, event.claimed_at, event.received_at FROM event
       WHERE event.key = $1`,
      [late.id],
    );
    if (stored === undefined) throw new Error('not stored');
    // Ten minutes before we received it; what was claimed is kept beside.
    expect(stored.received_at.getTime() - stored.occurred_at.getTime()).toBe(10 * 60_000);
    expect(stored.claimed_at.toISOString()).toBe(late.occurredAt);
    expect(await answerTo(event({ occurredAt: ahead(-10 * 60_000) }))).toEqual(['event-in-future']);
  });

  it('B56 too far ahead and too old are refused; after the end is stored and not counted', async () => {
    const from = (ms: number) => new Date(Date.parse(AFTER_ALL) + ms).toISOString();
    expect(
      await answerTo(
        event({ occurredAt: from(10 * 60_000) }),
        event({ occurredAt: from(-26 * 31 * 86_400_000) }),
      ),
    ).toEqual(['event-in-future', 'event-too-old']);
    const { health, units } = await launched('b56', [
      exposure({ experiment: 'b56', variant: 'short', unit: unit('b56-late'), occurredAt: ENDED }),
      // After window and settling time.
      money({ unit: unit('b56-short-1'), occurredAt: at(45) }),
    ]);
    expect(health.outsideCohort).toBe(1);
    expect(units.map(({ n }) => n)).toEqual([2, 2]);
    expect(armsOf(await evaluate('b56'), 'profit')[1]).toMatchObject({ mean: 0, nonZero: 0 });
  });

  it('B57 what was done before the exposure is stored and not counted, also where it came late', async () => {
    const click = (id: string, occurredAt: string) =>
      event({ name: 'clicks', unit: unit(`b57-${id}`), occurredAt });
    const before = [click('control-1', at(-1)), click('nobody', at(1))];
    const first = await launched('b57', [...before, click('short-1', at(1))]);
    expect(armsOf(first, 'clicks').map(({ nonZero }) => nonZero)).toEqual([0, 1]);
    // The exposure of `nobody` arrives after what it did, and lies before it.
    await answerTo(exposure({ experiment: 'b57', unit: unit('b57-nobody') }));
    const second = await evaluate('b57');
    expect(armsOf(second, 'clicks').map(({ n, nonZero }) => [n, nonZero])).toEqual([
      [3, 1],
      [2, 1],
    ]);
  });

  it.each([
    ['ada@example.org', 'unit-id-looks-personal'],
    ['+43 660 1234567', 'unit-id-looks-personal'],
    ['', 'invalid-unit-id'],
    ['null', 'invalid-unit-id'],
    ['undefined', 'invalid-unit-id'],
    ['0', 'invalid-unit-id'],
    ['anonymous', 'invalid-unit-id'],
  ])('B58 "%s" names no unit', async (id, code) => {
    expect(await answerTo(event({ unit: unit(id) }))).toEqual([code]);
  });

  it('B58 ids that differ in case, spaces or composition are different units', async () => {
    await evaluatedExperiment(it_, { key: 'b58', enrolmentEndedAt: ENDED });
    const twins = ['Zoe', 'zoe', 'zoe ', 'zo\u00e9', 'zoe\u0301'];
    const met = twins.map((id) =>
      exposure({ experiment: 'b58', variant: 'short', unit: unit(id) }),
    );
    expect(new Set(await answerTo(...met))).toEqual(new Set(['accepted']));
    expect((await evaluate('b58')).units[1]).toEqual({ variant: 'short', n: 5 });
  });

  it('B59 a unit that sends without end is stopped for the hour; others are not', async () => {
    const codes: string[] = [];
    const batches = UNIT_EVENTS_AN_HOUR_MAX / 500 + 1;
    for (let batch = 0; batch < batches; batch += 1) {
      const loop = Array.from({ length: 500 }, () => event({ unit: unit('b59-loop') }));
      codes.push(...(await answerTo(...loop)));
    }
    expect(codes.filter((code) => code === 'accepted')).toHaveLength(UNIT_EVENTS_AN_HOUR_MAX);
    expect(new Set(codes.slice(UNIT_EVENTS_AN_HOUR_MAX))).toEqual(new Set(['unit-rate-exceeded']));
    expect(await answerTo(event({ unit: unit('b59-other') }))).toEqual(['accepted']);
  });

  it.each([
    ['1e15', 1e15, 'invalid-amount'],
    ['a thousandth', 0.001, 'invalid-amount'],
    ['text', '12.30', 'invalid-amount'],
    ['with decimals', 12.345, 'invalid-amount'],
    ['less than nothing', -1, 'wrong-sign'],
    ['nothing', 0, 'accepted'],
    ['10^12', 1e12, 'accepted'],
  ])('B60 revenue of %s', async (_name, amountMinor, code) => {
    expect(await answerTo(money({ amountMinor }))).toEqual([code]);
  });

  it('B60 revenue of 1e308: no whole number that JSON can carry, so it cannot be read', async () => {
    const answers = await answerTo(money(), money({ amountMinor: 1e308 }), money());
    expect(answers).toEqual(['accepted', 'number-out-of-range', 'accepted']);
  });

  it('B61 the sign belongs to the name, and a total may be below 0', async () => {
    expect(await answerTo(money({ name: 'refund', amountMinor: 100 }))).toEqual(['wrong-sign']);
    const result = await launched('b61', [
      money({ name: 'refund', amountMinor: -300, unit: unit('b61-short-1'), occurredAt: at(2) }),
    ]);
    expect(armsOf(result, 'profit')[1]).toMatchObject({ mean: -1.5, nonZero: 1 });
  });

  it('B62 a refund dated before its purchase, or after the window, is netted with it', async () => {
    const bought = (n: number, occurredAt: string) =>
      money({ unit: unit(`b62-short-${n}`), occurredAt, amountMinor: 1000 });
    const [one, two] = [bought(1, at(3)), bought(2, at(20))];
    const back = (sale: { id: string; unit: object }, occurredAt: string) =>
      money({
        name: 'refund',
        amountMinor: -1000,
        unit: sale.unit,
        refersTo: sale.id,
        occurredAt,
      });
    const result = await launched('b62', [back(one, at(2)), one, two, back(two, at(35))]);
    expect(armsOf(result, 'profit')[1]).toMatchObject({ mean: 0, nonZero: 0 });
  });

  it.each([undefined, 'eur', 'XXX', 'BTC', ''])('B63 %s is no currency', async (currency) => {
    expect(await answerTo(money({ currency }))).toEqual(['unknown-currency']);
  });

  it('B63 yen have no decimals', async () => {
    expect(await answerTo(money({ currency: 'JPY', amountMinor: 100.5 }))).toEqual([
      'invalid-amount',
    ]);
  });

  it('B63 currencies are not mixed: without a rate there is no result, and it says for which day', async () => {
    await evaluatedExperiment(it_, { key: 'b63', enrolmentEndedAt: ENDED });
    await answerTo(
      exposure({ experiment: 'b63', variant: 'short', unit: unit('b63-1') }),
      money({ unit: unit('b63-1'), currency: 'CHF', occurredAt: at(2) }),
      money({ unit: unit('b63-1'), currency: 'USD', occurredAt: at(2) }),
    );
    const answer = await it_.send('post', '/v1/experiments/b63/evaluations');
    expect([answer.status, answer.body.code]).toEqual([422, 'exchange-rate-missing']);
    expect(answer.body.missing).toEqual([{ currency: 'CHF', date: '2026-01-03' }]);
  });
});
