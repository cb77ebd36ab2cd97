import { describeMetrics } from './analytics-store-metric-cases.js';
import { describeCurrencies } from './analytics-store-money-cases.js';
import { describePeople } from './analytics-store-people-cases.js';
import { describeTime } from './analytics-store-time-cases.js';
import type { StoreUnderTest } from './analytics-store-trial.js';

/**
 * What every store must answer: the moments of the oracle, whatever arrives in whatever order, from
 * what it has kept and from the log alone. All cases share one log and do not see each other.
 */
export function describeAnalyticsStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a store of moments`, () => {
    let tested: StoreUnderTest;
    beforeAll(async () => {
      tested = await open();
    });
    afterAll(() => tested.close());
    const opened = (): StoreUnderTest => tested;

    describeMetrics(opened);
    describeTime(opened);
    describePeople(opened);
    describeCurrencies(opened);
  });
}
