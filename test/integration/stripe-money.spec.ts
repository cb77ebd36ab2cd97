import fc from 'fast-check';
import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { anotherProject } from '../support/another-project.js';
import { evaluatedExperiment } from '../support/evaluated-experiment.js';
import { AFTER_ALL, at, ENDED, metricOf, START } from '../support/evaluation-views.js';
import { verdictsOf } from '../support/event-senders.js';
import {
  deliver,
  signingSecret,
  stripeEvent,
  type StripeFixture,
} from '../support/stripe-events.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const SECRET = signingSecret('money');
const DELIVERIES = 3;

const seconds = (days: number): number => Date.parse(at(days)) / 1000;
const dated = (days: number) => ({ created: seconds(days) });

const charge = (n: string, day: number, object: object = {}): StripeFixture =>
  stripeEvent(
    'charge-succeeded',
    { id: `ch_${n}`, payment_intent: `pi_${n}`, ...dated(day), ...object },
    dated(day),
  );
const about = (n: string) => ({ charge: `ch_${n}`, payment_intent: `pi_${n}` });

/**
 * What happened to eight visitors, in the order in which it happened. Who paid is said in every way
 * there is: by the charge, by the Checkout session, by the invoice of a subscription in the new and
 * the old way.
 */
const STORY: readonly StripeFixture[] = [
  // c1: 49.00 USD; his own charge says so.
  charge('c1', 1, { amount_captured: 4900, metadata: { user_id: 'c1' } }),
  // c2: 5000 JPY, at 0.0067 33.50 USD; Checkout says so.
  charge('c2', 2, { amount: 5000, amount_captured: 5000, currency: 'jpy' }),
  stripeEvent(
    'checkout-session-completed',
    { payment_intent: 'pi_c2', client_reference_id: 'c2' },
    dated(2),
  ),
  // c3: 60.00 USD, given back, which fails: 60.00. The invoice of the subscription says so.
  charge('c3', 3, { amount_captured: 6000 }),
  stripeEvent('invoice-payment-paid', { invoice: 'in_c3', payment: { payment_intent: 'pi_c3' } }),
  stripeEvent(
    'invoice-paid',
    {
      id: 'in_c3',
      parent: { subscription_details: { metadata: {}, subscription: 'sub_c3' } },
    },
    dated(3),
  ),
  stripeEvent(
    'checkout-session-completed',
    {
      payment_intent: null,
      subscription: 'sub_c3',
      client_reference_id: 'c3',
      mode: 'subscription',
    },
    dated(3),
  ),
  stripeEvent(
    'refund-created',
    { id: 're_c3', amount: 6000, ...about('c3'), ...dated(5) },
    dated(5),
  ),
  stripeEvent(
    'refund-failed',
    { id: 're_c3', amount: 6000, ...about('c3'), ...dated(5) },
    dated(9),
  ),
  // c4: an authorisation that was never captured: nothing.
  charge('c4', 2, { captured: false, amount_captured: 0, metadata: { user_id: 'c4' } }),

  // s1: 10.250 KWD at 3.25 are 33.3125 USD, less 2.500 KWD of 8.125 USD: 33.31 - 8.13 = 25.18.
  charge('s1', 1, {
    amount: 10250,
    amount_captured: 10250,
    currency: 'kwd',
    metadata: { user_id: 's1' },
  }),
  stripeEvent(
    'refund-created',
    { id: 're_s1', amount: 2500, currency: 'kwd', status: 'pending', ...about('s1'), ...dated(4) },
    dated(4),
  ),
  // s2: 100.00 USD, charged back; then 20.00 USD of the old kind of invoice.
  charge('s2a', 1, { amount_captured: 10000, metadata: { user_id: 's2' } }),
  stripeEvent(
    'dispute-funds-withdrawn',
    { id: 'du_s2', amount: 10000, balance_transactions: [], ...about('s2a') },
    dated(12),
  ),
  charge('s2b', 6, { amount_captured: 2000 }),
  stripeEvent(
    'invoice-paid-2024-06-20',
    {
      id: 'in_s2',
      payment_intent: 'pi_s2b',
      subscription: 'sub_s2',
      subscription_details: { metadata: { user_id: 's2' } },
    },
    dated(6),
  ),
  // s3: 49.00 USD, disputed and won: 49.00. s4 pays nothing.
  charge('s3', 2, { metadata: { user_id: 's3' } }),
  stripeEvent('dispute-funds-withdrawn', { id: 'du_s3', ...about('s3') }, dated(8)),
  stripeEvent('dispute-funds-reinstated', { id: 'du_s3', ...about('s3') }, dated(20)),
];

/** By id, with what was worked out by hand above. */
const LEDGER = [
  'stripe:ch_c1 c1 revenue 4900 USD',
  'stripe:ch_c2 c2 revenue 5000 JPY',
  'stripe:ch_c3 c3 revenue 6000 USD',
  'stripe:ch_s1 s1 revenue 10250 KWD',
  'stripe:ch_s2a s2 revenue 10000 USD',
  'stripe:ch_s2b s2 revenue 2000 USD',
  'stripe:ch_s3 s3 revenue 4900 USD',
  'stripe:du_s2 s2 chargeback -10000 USD of stripe:ch_s2a',
  'stripe:du_s3 s3 chargeback -4900 USD of stripe:ch_s3',
  'stripe:du_s3:reinstated s3 chargeback_reversal 4900 USD of stripe:ch_s3',
  'stripe:re_c3 c3 refund -6000 USD of stripe:ch_c3',
  'stripe:re_c3:returned c3 refund_reversal 6000 USD of stripe:ch_c3',
  'stripe:re_s1 s1 refund -2500 KWD of stripe:ch_s1',
];

describe('money that Stripe moves', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
    await app.moveClock(AFTER_ALL);
  });
  afterAll(() => app.close());

  const ledgerOf = async (projectId: string) =>
    await app.sql<{ line: string; at: Date }>(
      `SELECT concat_ws(' ', event.id, event.unit_id, event.name, event.amount_minor,
           event.currency, 'of ' || original.id) AS line, event.occurred_at AS at
       FROM event
       JOIN event_space ON event_space.number = event.project
       LEFT JOIN event AS original ON original.project = event.project
         AND original.key = event.refers_to
       WHERE event_space.project_id = $1 AND event.type = 'money'
       ORDER BY event.id`,
      [projectId],
    );

  it('is the profit of each arm, from the first call on', async () => {
    const { projectId } = await evaluatedExperiment(app, { enrolmentEndedAt: ENDED });
    await app.ok('put', '/v1/project/stripe', { signingSecrets: [SECRET], unit: 'visitor' });
    for (const day of [0, 1, 2, 3, 4, 5]) {
      await app.ok('put', '/v1/exchange-rates', {
        date: at(day).slice(0, 10),
        base: 'USD',
        rates: { JPY: 0.0067, KWD: 3.25 },
        source: 'by hand',
      });
    }
    const events = ['c', 's'].flatMap((arm) =>
      [1, 2, 3, 4].map((n) => ({
        id: `saw-${arm}${n}`,
        type: 'exposure',
        unit: { kind: 'visitor', id: `${arm}${n}` },
        occurredAt: START,
        experiment: 'checkout',
        variant: arm === 'c' ? 'control' : 'short',
      })),
    );
    expect(new Set(await verdictsOf(app, { events }))).toEqual(new Set(['accepted']));
    for (const event of STORY) expect((await deliver(app, event, SECRET)).status).toBe(200);

    expect((await ledgerOf(projectId)).map(({ line }) => line)).toEqual(LEDGER);
    const { body } = await app.ok('post', '/v1/experiments/checkout/evaluations');
    const profit = metricOf(body as EvaluationResult, 'profit');
    // (49.00 + 33.50 + 60.00 + 0) / 4 and (25.18 + 20.00 + 49.00 + 0) / 4.
    expect(profit.arms.map(({ n, mean }) => [n, mean])).toEqual([
      [4, expect.closeTo(35.625, 12)],
      [4, expect.closeTo(23.545, 12)],
    ]);
    expect(profit).toMatchObject({ unit: 'currency', currency: 'USD' });
    expect((await app.ok('get', '/v1/dead-letters')).body.data).toEqual([]);
  });

  it('is the same ledger however often and in whatever order its events come', async () => {
    const told = await anotherProject(app, 'in order');
    const secret = signingSecret('inorder');
    await app.ok(
      'put',
      '/v1/project/stripe',
      { signingSecrets: [secret], unit: 'visitor' },
      told.secret,
    );
    for (const event of STORY) await deliver(app, event, secret);
    const ledger = await ledgerOf(told.id);
    expect(ledger.map(({ line }) => line)).toEqual(LEDGER);

    let run = 0;
    const deliveries = fc.shuffledSubarray([...STORY, ...STORY], { minLength: STORY.length * 2 });
    await fc.assert(
      fc.asyncProperty(deliveries, fc.boolean(), async (shuffled, atOnce) => {
        run += 1;
        const { id, secret: key } = await anotherProject(app, `run-${run}`);
        const own = signingSecret(`run${run}x`);
        await app.ok('put', '/v1/project/stripe', { signingSecrets: [own], unit: 'visitor' }, key);
        const sent: Promise<{ status: number }>[] = [];
        for (const event of shuffled) {
          const answer = deliver(app, event, own);
          if (!atOnce) await answer;
          sent.push(answer);
        }
        const statuses = (await Promise.all(sent)).map(({ status }) => status);
        expect(new Set(statuses)).toEqual(new Set([200]));
        expect(await ledgerOf(id)).toEqual(ledger);
        const letters = await app.ok('get', '/v1/dead-letters', undefined, key);
        expect(letters.body.data).toEqual([]);
      }),
      { numRuns: DELIVERIES },
    );
  });
});
