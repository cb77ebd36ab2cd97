import { crowdOf } from './analytics-store-crowd.js';
import { meansOf, type StoreUnderTest, Trial } from './analytics-store-trial.js';
import { aMetric } from './evaluated-experiment.js';
import { dayAt } from './happened-rows.js';
import type { HappenedLog } from './moments-oracle-units.js';

const CLICKS = aMetric({ key: 'clicks', kind: 'count' });
const SHORT_DELAY = aMetric({ key: 'clicks', kind: 'count', windowDays: 2, delayHours: 36 });
const on = (day: number): Date => new Date(dayAt(day));

/** When things happen, arrive and are asked for. */
export function describeTime(opened: () => StoreUnderTest): void {
  const trialOf = (changes = {}): Promise<Trial> =>
    Trial.of(opened(), { metrics: [CLICKS], ...changes });

  describe('places in time', () => {
    it('windows that open after a delay and are half-open', async () => {
      const trial = await trialOf({ metrics: [SHORT_DELAY] });
      const days = [1.5, 2.499_99, 2.5, 3, 4.499_99, 4.5, 6];
      await trial.arrives([
        trial.met('a', 'control', 1),
        ...days.map((day) => trial.did('a', 'clicks', day)),
      ]);
      expect(meansOf(await trial.answer())?.[0]).toEqual([3]);
    });

    it('a refund at the time of its original, before and after that has arrived', async () => {
      const trial = await trialOf();
      const sale = trial.paid('a', 5_000, 20);
      const early = trial.paid('b', 700, -2);
      const refunds = [
        trial.paid('a', -2_000, 35, { refersTo: sale.id }),
        trial.paid('a', -1_000, 44, { refersTo: sale.id }),
        trial.paid('b', -300, 3, { refersTo: early.id }),
      ];
      await trial.write(trial.met('a', 'control'), trial.met('b', 'control'), ...refunds);
      const before = await trial.agrees();
      expect(meansOf(before, 1)?.[0]).toEqual([-1.5]);
      await trial.write(sale, early);
      const after = await trial.agreesRebuilt();
      expect(meansOf(after, 1)?.[0]).toEqual([15]);
      // An original after the cut-off is not known yet.
      await trial.agreesRebuilt({ asOf: on(19) });
      await trial.agrees({ asOf: on(36) });
    });

    it('a longer window that is asked for once, before and after what is kept has moved on', async () => {
      const trial = await trialOf();
      const sale = trial.paid('a', 5_000, 20);
      await trial.write(trial.met('a', 'control'), trial.met('b', 'short'), sale);
      await trial.agrees({ asOf: on(50) });
      await trial.write(
        trial.paid('a', -2_000, 60, { refersTo: sale.id }),
        trial.paid('b', 700, 70),
      );
      const { plan } = trial.experiment;
      const metrics = plan.metrics.map((metric) =>
        metric.inExperiment === 'deciding'
          ? { ...metric, definition: { ...metric.definition, windowDays: 80 } }
          : metric,
      );
      const once = { isOnce: true, plan: { ...plan, metrics } } as const;
      const longer = await trial.agrees(once);
      expect(meansOf(longer, 1)).toEqual([[30], [7]]);
      const kept = await trial.agreesRebuilt();
      expect(meansOf(kept, 1)).toEqual([[50], [0]]);
      await trial.agrees(once);
      expect(await trial.tested.store.check(trial.request)).toEqual({ agrees: true });
    });

    it('a refund whose original is no money, and one of an original of somebody else', async () => {
      const trial = await trialOf();
      const order = trial.did('a', 'orders', 2);
      const sale = trial.paid('b', 900, 2);
      await trial.arrives([
        trial.met('a', 'control'),
        trial.met('b', 'short'),
        order,
        sale,
        trial.paid('a', -400, 33, { refersTo: order.id }),
        trial.paid('a', -500, 34, { refersTo: sale.id }),
      ]);
      expect(meansOf(await trial.answer(), 1)).toEqual([[-9], [9]]);
    });

    it('a refund that by its own clock came before its sale, and before the exposure', async () => {
      const trial = await trialOf();
      const sale = trial.paid('a', 900, 2);
      await trial.arrives([
        trial.met('a', 'control', 1),
        sale,
        trial.paid('a', -400, 0.5, { refersTo: sale.id }),
      ]);
      expect(meansOf(await trial.answer(), 1)?.[0]).toEqual([5]);
    });

    it('what nobody has counted yet: no exposure at all, and an empty arm', async () => {
      const trial = await trialOf();
      await trial.write(trial.did('a', 'clicks', 1));
      expect((await trial.agreesRebuilt()).lastExposureAt).toBeNull();
      await trial.write(trial.met('a', 'control', 0.5), trial.met('b', 'control', 3));
      const moments = await trial.agreesRebuilt();
      expect([moments.units, moments.lastExposureAt]).toEqual([[2, 0], dayAt(3)]);
    });
  });

  describe('arrivals', () => {
    it('events that are late, of names the plan counts', async () => {
      const trial = await trialOf();
      const late = { receivedAt: dayAt(9) };
      const { lateEvents } = await trial.arrives([
        trial.met('a', 'control', 1, late),
        trial.did('a', 'clicks', 2, { receivedAt: dayAt(3) }),
        trial.did('a', 'clicks', 2, { receivedAt: dayAt(3.000_01) }),
        trial.did('a', 'clicks', 0.5, late),
        trial.did('a', 'nobody counts', 2, late),
        trial.paid('a', 100, 5, late),
        trial.paid('a', 100, 60, { receivedAt: dayAt(70) }),
        trial.did('stranger', 'clicks', 2, late),
      ]);
      expect(lateEvents).toBe(2);
    });

    it('an exposure that comes after all it led to', async () => {
      const trial = await trialOf();
      await trial.write(
        trial.met('a', 'short', 1),
        ...[0.5, 2, 3, 4].map((day) => trial.did('b', 'clicks', day)),
        trial.paid('b', 700, 5),
      );
      await trial.agrees();
      await trial.write(trial.met('b', 'control', 1));
      expect(meansOf(await trial.agreesRebuilt())?.[0]).toEqual([3]);
    });

    it('an exposure earlier than the one that was known', async () => {
      const trial = await trialOf();
      await trial.write(
        trial.met('a', 'control', 5),
        ...[2, 4, 6, 10].map((day) => trial.did('a', 'clicks', day)),
      );
      expect(meansOf(await trial.agrees())?.[0]).toEqual([2]);
      await trial.write(trial.met('a', 'control', 3), trial.did('a', 'clicks', 3));
      expect(meansOf(await trial.agreesRebuilt())?.[0]).toEqual([3]);
      // A later one changes nothing.
      await trial.write(trial.met('a', 'control', 4));
      expect((await trial.agreesRebuilt()).lastExposureAt).toBe(dayAt(3));
    });

    it('nothing new', async () => {
      const trial = await trialOf();
      await trial.write(...crowdOf(trial, 10, trial.uniform));
      const first = await trial.agrees();
      const { cutoff: _then, ...again } = await trial.agrees();
      expect(again).toEqual({ ...first, cutoff: undefined });
    });

    it('many at once, more than were known', async () => {
      const trial = await trialOf();
      await trial.write(...crowdOf(trial, 3, trial.uniform));
      await trial.agrees();
      await trial.write(...crowdOf(trial, 60, trial.uniform));
      await trial.agreesRebuilt();
    });
  });

  describe('moments of asking', () => {
    it('the clock moves on and nothing else: units mature', async () => {
      const trial = await trialOf({ metrics: [SHORT_DELAY] });
      await trial.write(...crowdOf(trial, 30, trial.uniform));
      const matured: (number | undefined)[] = [];
      for (const day of [0, 2, 3.5, 5, 8, 45, 60]) {
        const { metrics } = await trial.agrees({ asOf: on(day) });
        matured.push(metrics[0]?.matured[0]?.n);
      }
      expect(matured).toEqual(matured.toSorted((one, other) => (one ?? 0) - (other ?? 0)));
      expect(matured.at(-1)).toBeGreaterThan(matured[3] ?? Infinity);
      await trial.agreesRebuilt({ asOf: on(60) });
    });

    it('an earlier moment than the one before', async () => {
      const trial = await trialOf();
      await trial.write(...crowdOf(trial, 30, trial.uniform));
      await trial.agrees({ asOf: on(50) });
      await trial.agrees({ asOf: on(5) });
      await trial.agrees({ asOf: on(20) });
      await trial.agreesRebuilt({ asOf: on(3) });
      await trial.agrees();
    });

    it('an end of enrolment that is set later, moved, and taken back', async () => {
      const trial = await trialOf();
      await trial.write(...crowdOf(trial, 40, trial.uniform));
      await trial.agrees();
      const { outsideCohort } = await trial.agrees({ enrolmentEndedAt: on(3) });
      expect(outsideCohort).toBeGreaterThan(0);
      await trial.write(
        trial.met('new', 'control', 4),
        trial.met('known', 'control', 2),
        trial.met('known', 'short', 5),
        trial.met('edge', 'short', 3),
      );
      await trial.agreesRebuilt({ enrolmentEndedAt: on(3) });
      await trial.agrees({ enrolmentEndedAt: on(4.5) });
      await trial.agrees({ enrolmentEndedAt: on(1) });
      await trial.agrees();
    });

    it('a cut-off that an earlier answer named, whatever came since', async () => {
      const trial = await trialOf({ analysis: { cuped: { days: 7 }, dimensions: ['device'] } });
      await trial.write(...crowdOf(trial, 20, trial.uniform));
      const then: HappenedLog = { ...trial.log, rows: [...trial.log.rows] };
      const named = await trial.agrees();
      await trial.write(...crowdOf(trial, 20, trial.uniform), trial.met('unit0', 'control', -1));
      await trial.agrees();
      const again = await trial.agrees({ cutoff: named.cutoff }, then);
      expect(again).toEqual(named);
      // Looking back does not disturb what goes on.
      await trial.agreesRebuilt();
      expect(await trial.answer({ cutoff: named.cutoff })).toEqual(named);
    });

    it('periods between the ends of variants, as they come to be known', async () => {
      const trial = await trialOf();
      await trial.write(...crowdOf(trial, 30, trial.uniform));
      await trial.agrees();
      const { plan } = trial.experiment;
      const [control, short] = plan.variants;
      if (control === undefined || short === undefined) throw new Error('there are two variants');
      const variants = [control, { ...short, killed: true, killedAt: dayAt(3) }];
      const killed = { plan: { ...plan, version: 2, variants } };
      const { unitsByPeriod } = await trial.agreesRebuilt(killed);
      expect(unitsByPeriod).toHaveLength(2);
      await trial.write(trial.met('edge', 'control', 3), trial.met('before', 'short', 2.999_99));
      await trial.agreesRebuilt(killed);
    });

    it('a metric that an amendment adds', async () => {
      const trial = await trialOf({
        metrics: [CLICKS, aMetric({ key: 'views', kind: 'mean', windowDays: 3, delayHours: 24 })],
      });
      const { plan } = trial.experiment;
      await trial.write(...crowdOf(trial, 30, trial.uniform));
      await trial.agrees({ plan: { ...plan, metrics: plan.metrics.slice(0, 2) } });
      const amended = { plan: { ...plan, version: 2 } };
      await trial.agrees(amended);
      await trial.write(...crowdOf(trial, 10, trial.uniform));
      await trial.agreesRebuilt(amended);
      await trial.agreesRebuilt({ plan: { ...plan, version: 3, metrics: plan.metrics.slice(1) } });
    });

    it('two experiments that the same units met', async () => {
      const trial = await trialOf();
      const other = await trialOf();
      const rows = crowdOf(trial, 15, trial.uniform);
      await trial.write(...rows);
      await trial.agrees();
      const met = rows.filter(({ type }) => type === 'exposure');
      const alike = met.map((row, n) => ({
        ...row,
        id: `${row.id.slice(0, 24)}${String(n).padStart(12, '0')}`,
        experiment: other.experiment.id,
      }));
      other.log.rows.push(...rows);
      await other.write(...alike);
      expect((await other.agreesRebuilt()).units).toEqual((await trial.agrees()).units);
    });
  });
}
