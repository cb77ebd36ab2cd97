import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { evaluatedExperiment } from './evaluated-experiment.js';
import { AFTER_ALL, armsOf, at, ENDED } from './evaluation-views.js';
import type { TestApp } from './test-app.js';

/** Eight visitors of a test, their orders, and what these come to, for any tracking client. */

/** A client, as far as the story needs one. */
export interface Tracker {
  track(message: {
    event: string;
    userId?: string;
    anonymousId?: string;
    properties: Record<string, unknown>;
  }): void;
  identify(message: { userId: string; anonymousId: string }): void;
  alias(message: { userId: string; previousId: string }): void;
  /** Resolves when all of it has been delivered. */
  flush(): Promise<void>;
}

const ARMS: Readonly<Record<string, readonly string[]>> = {
  control: ['v-1', 'v-2', 'v-3', 'v-4'],
  short: ['v-5', 'v-6', 'v-7', 'v-8'],
};

/**
 * Lets the test run and reads its profit. Visitors meet their variants, some become users, and buy:
 *
 * - v-1 buys for 25.00, as user u-1; reported twice, by two systems.
 * - v-2 buys for 40.10 before an alias makes u-2 of it, and gets 15.10 back.
 * - v-5 buys for 60, v-6 for 19.99, and v-7 for 19.99, all of which goes back.
 *
 * @param currency Of the project, with two decimals.
 */
export async function playOrders(
  app: TestApp,
  tracker: Tracker,
  currency = 'USD',
): Promise<EvaluationResult> {
  await evaluatedExperiment(app, { enrolmentEndedAt: ENDED, currency });
  await app.moveClock(at(1));
  for (const [variation_id, visitors] of Object.entries(ARMS)) {
    for (const anonymousId of visitors) {
      const properties = { experiment_id: 'checkout', variation_id };
      tracker.track({ event: 'Experiment Viewed', anonymousId, properties });
    }
  }
  await tracker.flush();

  await app.moveClock(at(2));
  const buy = (who: { userId?: string; anonymousId?: string }, order: object): void => {
    const properties = { tax: 1, products: [{ sku: 'a' }], currency, ...order };
    tracker.track({ event: 'Order Completed', ...who, properties });
  };
  tracker.identify({ anonymousId: 'v-1', userId: 'u-1' });
  buy({ userId: 'u-1' }, { order_id: '1', revenue: 25, total: 27.5 });
  buy({ userId: 'u-1' }, { order_id: '1', revenue: 25, total: 27.5, reporter: 'warehouse' });
  buy({ anonymousId: 'v-2' }, { order_id: '2', revenue: '40.10', total: '44.00' });
  tracker.alias({ userId: 'u-2', previousId: 'v-2' });
  buy({ anonymousId: 'v-5' }, { order_id: 5, revenue: 60 });
  buy({ anonymousId: 'v-6' }, { order_id: 6, revenue: 19.99 });
  buy({ anonymousId: 'v-7' }, { order_id: 7, revenue: 19.99 });
  await tracker.flush();

  await app.moveClock(at(3));
  const refund = (who: { userId?: string; anonymousId?: string }, order: object): void => {
    tracker.track({ event: 'Order Refunded', ...who, properties: { currency, ...order } });
  };
  refund({ userId: 'u-2' }, { order_id: '2', total: 15.1 });
  refund({ anonymousId: 'v-7' }, { order_id: '7', total: '19.99' });
  await tracker.flush();

  await app.moveClock(AFTER_ALL);
  const answer = await app.ok('post', '/v1/experiments/checkout/evaluations');
  return answer.body as EvaluationResult;
}

/**
 * By hand: the control earned 25, 25, 0 and 0: mean 12.5, variance 625/3. The short arm earned 60,
 * 19.99, 0 and 0: mean 79.99/4 = 19.9975, squares 3999.6001, variance (3999.6001 - 4 x 19.9975^2)/3.
 */
export function expectProfit(result: EvaluationResult): void {
  expect(armsOf(result, 'profit')).toEqual([
    { n: 4, mean: 12.5, variance: expect.closeTo(625 / 3, 9), nonZero: 2 },
    { n: 4, mean: 19.9975, variance: expect.closeTo(800.000025, 9), nonZero: 2 },
  ]);
}
