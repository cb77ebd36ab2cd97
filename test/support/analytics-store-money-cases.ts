import { Invalid } from '../../src/domain/errors.js';
import { meansOf, type StoreUnderTest, Trial } from './analytics-store-trial.js';
import { aMetric } from './evaluated-experiment.js';
import { dayAt } from './happened-rows.js';
import type { HappenedRow } from './moments-oracle-units.js';
import { RatesMissing } from './moments-oracle-entries.js';

const CLICKS = aMetric({ key: 'clicks', kind: 'count' });
type Three = [HappenedRow, HappenedRow, HappenedRow];

/** Rates of a day are for all trials, so each has days of its own. */
let nextDay = 200;

/** Money in other currencies than the reporting one. */
export function describeCurrencies(opened: () => StoreUnderTest): void {
  const daysOfOwn = (): number => (nextDay += 50);
  /** The rates that the store misses, which are those that the oracle misses. */
  const missing = async (trial: Trial, asOf: Date): Promise<unknown> => {
    const found = await trial.answer({ asOf }).catch((error: unknown) => error);
    expect(found).toBeInstanceOf(Invalid);
    const { code, facts } = found as Invalid;
    expect(code).toBe('exchange-rate-missing');
    try {
      trial.expected({ asOf });
    } catch (error) {
      expect(facts['missing']).toEqual((error as RatesMissing).missing);
      return facts['missing'];
    }
    throw new Error('no rate was missing');
  };

  describe('sales of which more was taken back than they brought', () => {
    it('are counted in the cohort, whoever of a person took back', async () => {
      const trial = await Trial.of(opened(), { metrics: [CLICKS] });
      const day = daysOfOwn();
      const asOf = new Date(dayAt(day + 49));
      await trial.storeRates(day + 3, { EUR: 1 });
      const early = trial.paid('a', 100, day);
      const [sale, partly, other] = [1, 2, 3].map(() => trial.paid('a', 100, day + 2)) as Three;
      const linked = trial.paid('user/u', 100, day + 2);
      const late = trial.paid('b', 100, day + 7);
      const back = (of: HappenedRow, amount: number, more = {}): HappenedRow =>
        trial.paid('a', amount, day + (of === late ? 8 : 3), { refersTo: of.id, ...more });
      const refund = back(sale, -60);
      const rows = [
        trial.met('a', 'control', day + 1),
        trial.met('b', 'short', day + 6),
        trial.is('a', 'user/u', day + 1),
        early,
        sale,
        partly,
        other,
        linked,
        late,
        refund,
        back(sale, -41),
        back(early, -200),
        back(linked, -101),
        back(late, -300),
        back(partly, -60),
        back(partly, -40),
        // What a sale cost refers to it too, and takes nothing back.
        back(partly, -70, { name: 'cogs' }),
        back(other, -60),
        back(other, -60, { currency: 'EUR' }),
        // What undoes a part of a refund refers to one that was no sale.
        trial.paid('a', 10, day + 4, { refersTo: refund.id }),
      ];
      const { overRefunded } = await trial.arrives(rows, { asOf });
      expect(overRefunded).toBe(3);
      const ended = await trial.agrees({ asOf, enrolmentEndedAt: new Date(dayAt(day + 5)) });
      expect(ended.overRefunded).toBe(2);
    });
  });

  describe('money of other currencies', () => {
    it('waits for the rates of its days, and is rounded once for each entry', async () => {
      const day = daysOfOwn();
      const asOf = new Date(dayAt(day + 49));
      const trial = await Trial.of(opened(), { metrics: [CLICKS] });
      const sale = trial.paid('a', 100_005, day + 2, { currency: 'JPY' });
      await trial.write(
        trial.met('a', 'control', day),
        trial.met('b', 'short', day),
        sale,
        trial.paid('a', -30_003, day + 33, { currency: 'JPY', refersTo: sale.id }),
        ...[5, 15, 25].map((minor) => trial.paid('b', minor, day + 3, { currency: 'EUR' })),
        ...[-5, -15].map((minor) => trial.paid('b', minor, day + 3, { currency: 'EUR' })),
        trial.paid('b', 1_234, day + 3, { currency: 'KWD' }),
        // No window is open then, so no rate is needed.
        trial.paid('b', 999, day - 3, { currency: 'GBP' }),
      );
      expect(await missing(trial, asOf)).toHaveLength(4);
      await trial.storeRates(day + 2, { JPY: 0.006_543_21 });
      await trial.storeRates(day + 3, { EUR: 1.1, KWD: 3.251 });
      expect(await missing(trial, asOf)).toHaveLength(1);
      await trial.storeRates(day + 33, { JPY: 0.007 });
      await trial.agreesRebuilt({ asOf });
      expect(meansOf(await trial.answer({ asOf }), 1)?.[1]?.[0]).toBeCloseTo(4.29, 9);
    });

    it('goes on from where it stood when a rate was missing', async () => {
      const day = daysOfOwn();
      const asOf = new Date(dayAt(day + 49));
      const trial = await Trial.of(opened(), { metrics: [CLICKS] });
      await trial.write(trial.met('a', 'control', day), trial.paid('a', 500, day + 1));
      await trial.agrees({ asOf });
      await trial.write(trial.paid('a', 700, day + 2, { currency: 'EUR' }));
      await missing(trial, asOf);
      await trial.write(trial.did('a', 'clicks', day + 1), trial.paid('a', 100, day + 2));
      await missing(trial, asOf);
      // Before that day nothing is missing.
      await trial.agrees({ asOf: new Date(dayAt(day + 2)) });
      await trial.storeRates(day + 2, { EUR: 1.25 });
      await trial.agreesRebuilt({ asOf });
      expect(meansOf(await trial.answer({ asOf }), 1)?.[0]).toEqual([14.75]);
    });

    it('takes the day of the project, not of Greenwich', async () => {
      const day = daysOfOwn();
      const asOf = new Date(dayAt(day + 49));
      const trial = await Trial.of(opened(), {
        metrics: [CLICKS],
        timezone: 'America/New_York',
      });
      await trial.storeRates(day + 1, { EUR: 2 });
      await trial.storeRates(day + 2, { EUR: 3 });
      await trial.arrives(
        [
          trial.met('a', 'control', day),
          trial.paid('a', 100, day + 2 + 3 / 24, { currency: 'EUR' }),
          trial.paid('a', 1, day + 2 + 6 / 24, { currency: 'EUR' }),
        ],
        { asOf },
      );
      expect(meansOf(await trial.answer({ asOf }), 1)?.[0]).toEqual([2.03]);
    });

    it('converts what costs are declared to be', async () => {
      const day = daysOfOwn();
      const asOf = new Date(dayAt(day + 49));
      const trial = await Trial.of(opened(), {
        metrics: [CLICKS],
        costs: {
          support_cost: { how: 'unit_price', event: 'calls', amountMinor: 333, currency: 'EUR' },
          cogs: { how: 'rate', ofRevenue: 0.333 },
        },
      });
      await trial.write(
        trial.met('a', 'control', day),
        trial.did('a', 'calls', day + 1),
        trial.did('a', 'calls', day + 1),
        trial.paid('a', 12_345, day + 2, { currency: 'EUR' }),
        trial.paid('a', 501, day + 2),
      );
      expect(await missing(trial, asOf)).toHaveLength(2);
      await trial.storeRates(day + 1, { EUR: 1.117 });
      await trial.storeRates(day + 2, { EUR: 1.05 });
      await trial.agreesRebuilt({ asOf });
    });

    it('counts a declared cost once, and knows what it is made of through erasure and reversal', async () => {
      const day = daysOfOwn();
      const asOf = new Date(dayAt(day + 49));
      const trial = await Trial.of(opened(), {
        metrics: [CLICKS],
        costs: {
          support_cost: { how: 'unit_price', event: 'calls', amountMinor: 300, currency: 'USD' },
          cogs: { how: 'rate', ofRevenue: 0.5 },
        },
      });
      const spent = (name: string, minor: number, more = {}): HappenedRow =>
        trial.paid('a', minor, day + 2, { name, ...more });
      const brought = { import: 'books' };
      await trial.arrives(
        [
          trial.met('a', 'control', day),
          trial.met('b', 'short', day),
          trial.did('a', 'calls', day + 1),
          spent('revenue', 1_001),
          spent('cogs', -400),
          spent('cogs', -7, brought),
          spent('support_cost', -250),
          spent('tips', 5),
          spent('chargeback', -20, brought),
          trial.paid('b', 800, day + 3),
        ],
        { asOf },
      );
      const madeOf = async () => {
        const { compositions = [] } = await trial.agreesRebuilt({ asOf });
        const [own, none] = [compositions[1], compositions[0]];
        expect(none).toBeNull();
        return own?.running.map(({ total, pieces }) => ({
          total,
          ...Object.fromEntries(
            own.parts.flatMap(({ name, how }, at) =>
              pieces[at] === '0' ? [] : [[`${name} ${how}`, pieces[at]]],
            ),
          ),
        }));
      };
      const a = {
        // 1001 - 501 - 300 + 5, and 20 less as long as the file stands.
        total: '205',
        'revenue entries': '1001',
        'cogs rate': '-501',
        'support_cost unit_price': '-300',
        'support_cost left_out': '-250',
      };
      const b = { total: '400', 'revenue entries': '800', 'cogs rate': '-400' };
      expect(await madeOf()).toEqual([
        { ...a, total: '185', 'cogs left_out': '-407', 'chargeback entries': '-20' },
        b,
      ]);
      await trial.reverseImport('books');
      expect(await madeOf()).toEqual([{ ...a, 'cogs left_out': '-400' }, b]);
      await trial.eraseUnit('a');
      expect(await madeOf()).toEqual([{ total: '0' }, b]);
    });
  });
}
