import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { decisionBody } from '../support/decision-body.js';
import { firstOf } from '../support/evaluation-views.js';
import { experimentBody, productNow, standardEvidence } from '../support/story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DAY_MS = 86_400_000;
const UNITS = 300;
const SALE = 8_000;
/** Of a sale, in cents. */
const REFUNDED = 7_900;

/**
 * More people start the checkout and buy, so that for three weeks all numbers are up; then those who
 * were hurried into buying send it back.
 */
describe('a proxy win that refunds of day 21 turn into a trap', () => {
  let app: TestApp;
  let start: Date;

  beforeAll(async () => {
    app = await startTestApp();
    const { people, insightId } = await standardEvidence(app);
    await app.ok(
      'post',
      '/v1/experiments',
      experimentBody(insightId, people, {
        assignment: 'external',
        schedule: { cron: '0 6 * * 1', timezone: 'Europe/Berlin' },
      }),
    );
    await app.ok('post', '/v1/experiments/total-first/launch');
    start = await productNow(app);
  });
  afterAll(() => app.close());

  const at = (days: number): string => new Date(start.getTime() + days * DAY_MS).toISOString();
  const goTo = (days: number) => app.ok('post', '/v1/sandbox/clock', { now: at(days) });
  const variantOf = (n: number): string => (n % 2 === 0 ? 'control' : 'total');
  /** Of six in the control two buy; of six in the variant four do. */
  const buys = (n: number): boolean => Math.floor(n / 2) % 6 < (variantOf(n) === 'total' ? 4 : 2);
  const buyers = Array.from({ length: UNITS }, (_, n) => n).filter(buys);

  const post = async (events: readonly object[]): Promise<void> => {
    const { body } = await app.ok('post', '/v1/events', { events });
    expect(new Set((body.results as { status: string }[]).map(({ status }) => status))).toEqual(
      new Set(['accepted']),
    );
  };
  const ofUnit = (n: number, day: number) => ({
    unit: { kind: 'visitor', id: `visitor-${n}` },
    occurredAt: at(day),
  });
  const latest = async (): Promise<EvaluationResult> =>
    (await app.ok('get', '/v1/experiments/total-first/evaluations/latest'))
      .body as EvaluationResult;
  const stateOf = (result: EvaluationResult) => result.verdict.perVariant[0]?.state;
  const refusalCodes = async (action: 'ship' | 'ship_provisional'): Promise<string[]> => {
    const body = await decisionBody(app, 'total-first', {
      action,
      variant: 'total',
      reason: 'More people start the checkout',
    });
    const refused = await app.send('post', '/v1/experiments/total-first/decide', body);
    expect(refused.status).toBe(422);
    return (refused.body.unmet as { code: string }[]).map(({ code }) => code);
  };

  it('waits while the click has won, sees the money turn, and ships nothing', async () => {
    await goTo(3);
    await post(
      Array.from({ length: UNITS }, (_, n) => ({
        id: `seen-${n}`,
        type: 'exposure',
        ...ofUnit(n, 1),
        experiment: 'total-first',
        variant: variantOf(n),
      })),
    );
    await post(
      buyers.flatMap((n) => [
        { id: `start-${n}`, type: 'event', ...ofUnit(n, 2), name: 'checkout_started' },
        {
          id: `sale-${n}`,
          type: 'money',
          ...ofUnit(n, 2),
          name: 'revenue',
          amountMinor: SALE + (n % 7) * 100,
          currency: 'USD',
        },
      ]),
    );

    // The windows of the click are over, enrolment is, and every number is up.
    await goTo(20);
    const hopeful = await latest();
    expect(stateOf(hopeful)).toBe('proxy_win_pending_profit');
    const soFar = hopeful.metrics.find(({ key }) => key === 'profit')?.running?.comparisons[0];
    expect(soFar?.absolute?.estimate).toBeGreaterThan(20);
    expect(await refusalCodes('ship')).toContain('PROFIT_NOT_MATURED');
    expect(await refusalCodes('ship_provisional')).toContain('LOSS_CAP_MISSING');

    await goTo(22);
    const hurried = buyers.filter((n) => variantOf(n) === 'total');
    await post(
      hurried.map((n) => ({
        id: `refund-${n}`,
        type: 'money',
        ...ofUnit(n, 21),
        name: 'refund',
        amountMinor: -REFUNDED,
        currency: 'USD',
        refersTo: `sale-${n}`,
      })),
    );
    await goTo(70);

    const final = await latest();
    expect(stateOf(final)).toBe('proxy_trap');
    expect(final.verdict).not.toHaveProperty('winner');
    expect(firstOf(final, 'checkout-start').absolute?.lower).toBeGreaterThan(0);
    // By hand: what the buyers of an arm paid, less what they got back, over all 150 of the arm.
    const perUnit = (variant: string, refund: number): number =>
      buyers
        .filter((n) => variantOf(n) === variant)
        .reduce((sum, n) => sum + SALE + (n % 7) * 100 - refund, 0) /
      (UNITS / 2) /
      100;
    const byHand = perUnit('total', REFUNDED) - perUnit('control', 0);
    expect(firstOf(final, 'profit').absolute?.estimate).toBeCloseTo(byHand, 9);
    expect(byHand).toBeLessThan(-20);
    expect(await refusalCodes('ship')).toContain('PROFIT_NOT_WON');

    // Every scheduled look said what was known then: nothing is called a win on the way.
    const { body } = await app.ok('get', '/v1/experiments/total-first/evaluations');
    const states = (body.data as EvaluationResult[]).map(stateOf);
    expect(new Set(states)).toEqual(
      new Set(['collecting', 'proxy_win_pending_profit', 'proxy_trap']),
    );
    expect(states).not.toContain('profit_win');

    const brief = await app.ok('get', '/v1/experiments/total-first/brief');
    expect(brief.body.verdicts[0].sentence).toContain('a proxy trap');
    expect(brief.body.learned.join(' ')).toContain('shadow of success');
    const decided = await app.ok('post', '/v1/experiments/total-first/decide', {
      action: 'roll_back',
      reason: 'They bought in a hurry and sent it back',
    });
    expect(decided.body.action).toBe('roll_back');
  });
});
