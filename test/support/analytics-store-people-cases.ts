import { crowdOf } from './analytics-store-crowd.js';
import { meansOf, type StoreUnderTest, Trial } from './analytics-store-trial.js';
import { aMetric, PROFIT } from './evaluated-experiment.js';
import { dayAt, shuffled } from './happened-rows.js';

const CLICKS = aMetric({ key: 'clicks', kind: 'count' });
const CLICK_LOADS = aMetric({ key: 'clicks', kind: 'quantile', quantile: 0.5 });

/** Who is who, who met two variants, and what is undone. */
export function describePeople(opened: () => StoreUnderTest): void {
  const trialOf = (changes = {}): Promise<Trial> =>
    Trial.of(opened(), { metrics: [CLICKS], ...changes });

  describe('people', () => {
    it('who met two variants count for neither, whenever that is found out', async () => {
      const trial = await trialOf();
      await trial.write(
        trial.met('a', 'control', 1),
        trial.met('b', 'short', 1),
        trial.did('a', 'clicks', 2),
        trial.did('b', 'clicks', 2),
      );
      expect((await trial.agrees()).units).toEqual([1, 1]);
      await trial.write(trial.met('a', 'short', 3), trial.did('a', 'clicks', 4));
      const { units, crossovers } = await trial.agreesRebuilt();
      expect([units, crossovers]).toEqual([[0, 1], 1]);
      // Seen from before, it was in one arm only.
      expect((await trial.agrees({ asOf: new Date(dayAt(3)) })).units).toEqual([1, 1]);
      await trial.agrees();
    });

    it('who met another variant than they were assigned are counted once each', async () => {
      const trial = await trialOf();
      const { unassigned } = await trial.arrives([
        trial.met('a', 'control', 1, { unassigned: true }),
        trial.met('a', 'control', 2, { unassigned: true }),
        trial.met('b', 'control', 1),
        trial.met('b', 'control', 2, { unassigned: true }),
        trial.met('c', 'short', 1, { unassigned: true }),
        trial.met('c', 'control', 2, { unassigned: true }),
        trial.met('d', 'short', 1),
      ]);
      expect(unassigned).toBe(2);
    });

    it('who are linked count once: exposures, behaviour and money of all their units', async () => {
      const trial = await trialOf({ analysis: { cuped: { days: 7 } } });
      await trial.arrives([
        trial.met('phone', 'control', 2),
        trial.met('desk', 'control', 3),
        trial.is('phone', 'user/u', 4),
        trial.is('user/u', 'desk', 5),
        trial.did('desk', 'clicks', 1),
        ...['phone', 'desk', 'user/u'].flatMap((unit) => [
          trial.did(unit, 'clicks', 6),
          trial.paid(unit, 700, 7),
        ]),
      ]);
      const moments = await trial.answer();
      expect([moments.units, meansOf(moments, 1)?.[0]?.[0]]).toEqual([[1, 0], 21]);
      expect(meansOf(moments)?.[0]?.[0]).toBe(3);
    });

    it('a link that comes after all else moves what was counted', async () => {
      const trial = await trialOf({ metrics: [CLICK_LOADS], analysis: { dimensions: ['device'] } });
      await trial.write(
        trial.met('phone', 'control', 2, { properties: { device: 'phone' } }),
        trial.met('desk', 'short', 1, { properties: { device: 'desk' } }),
        trial.met('tablet', 'short', 3, { properties: { device: 'tablet' } }),
        ...['phone', 'desk', 'tablet', 'user/u'].map((unit, n) =>
          trial.did(unit, 'clicks', 5, { value: n }),
        ),
      );
      expect((await trial.agrees()).units).toEqual([1, 2]);
      await trial.write(trial.is('desk', 'user/u', 4));
      await trial.agrees();
      await trial.write(trial.is('tablet', 'user/u', 4));
      expect((await trial.agreesRebuilt()).units).toEqual([1, 1]);
      await trial.write(trial.is('phone', 'user/u', 6));
      expect((await trial.agreesRebuilt()).crossovers).toBe(1);
      expect((await trial.agrees({ asOf: new Date(dayAt(5.5)) })).units).toEqual([1, 1]);
    });

    it('of several links the earliest counts, and an earlier one may come later', async () => {
      const trial = await trialOf();
      const people = ['user/one', 'user/two'].flatMap((unit) => trial.did(unit, 'clicks', 6));
      await trial.write(
        trial.met('a', 'control', 1),
        ...people,
        trial.did('user/two', 'clicks', 6),
        trial.is('a', 'user/one', 5),
      );
      expect(meansOf(await trial.agrees())?.[0]).toEqual([1]);
      await trial.write(trial.is('a', 'user/two', 4));
      expect(meansOf(await trial.agreesRebuilt())?.[0]).toEqual([2]);
      await trial.write(trial.is('a', 'user/one', 4.5));
      expect(meansOf(await trial.agreesRebuilt())?.[0]).toEqual([2]);
      expect(meansOf(await trial.agrees({ asOf: new Date(dayAt(10)) }))?.[0]).toEqual([2]);
    });

    it('chains and circles of links, built up in any order', async () => {
      const trial = await trialOf();
      const names = [...Array(12).keys()].map((n) => `v${n}`);
      const links = [
        ...names.slice(0, 4).map((name, n) => trial.is(name, `v${(n + 1) % 4}`, 1 + n)),
        trial.is('v4', 'v0', 2),
        trial.is('v5', 'v6', 2),
        trial.is('v6', 'user/x', 3),
        trial.is('user/x', 'user/y', 3),
        trial.is('user/y', 'user/x', 4),
        trial.is('v7', 'user/y', 1),
        trial.is('v9', 'account/c', 0),
        trial.is('v9', 'v10', 1),
        trial.is('user/x', 'account/c', 1),
      ];
      const rest = names.flatMap((name, n) => [
        trial.met(name, n < 9 ? 'control' : 'short', 1),
        ...[...Array(n + 1).keys()].map(() => trial.did(name, 'clicks', 2)),
        trial.paid(name, 100 * n, 3),
      ]);
      await trial.write(...rest);
      for (const link of shuffled(links, trial.uniform)) {
        await trial.write(link);
        await trial.agrees();
      }
      const { units } = await trial.agreesRebuilt();
      expect(units).toEqual([3, 2]);
      await trial.agrees({ asOf: new Date(dayAt(2.5)) });
    });

    it('a company is all units that lead to it', async () => {
      const trial = await trialOf();
      const plan = { ...trial.experiment.plan, unit: 'account' as const };
      await trial.arrives(
        [
          trial.met('account/c', 'control', 1),
          trial.met('account/d', 'short', 1),
          trial.is('v', 'user/u', 2),
          trial.is('user/u', 'account/c', 3),
          trial.is('user/w', 'account/d', 3),
          trial.is('account/old', 'account/d', 3),
          ...['v', 'user/u', 'user/w', 'account/c', 'account/old', 'nobody'].flatMap((unit) => [
            trial.did(unit, 'clicks', 4),
            trial.paid(unit, 100, 4),
          ]),
        ],
        { plan },
      );
      expect(meansOf(await trial.answer({ plan }))).toEqual([[3], [2]]);
    });

    it('a user is no visitor, though both have one id', async () => {
      const trial = await trialOf();
      await trial.arrives([
        trial.met('same', 'control'),
        trial.did('same', 'clicks', 1),
        trial.did('user/same', 'clicks', 1),
        trial.did('account/same', 'clicks', 1),
      ]);
      expect(meansOf(await trial.answer())?.[0]).toEqual([1]);
    });
  });

  describe('what is undone', () => {
    it('leaves with a unit that is erased, and its links', async () => {
      const trial = await trialOf({ metrics: [CLICK_LOADS], analysis: { dimensions: ['device'] } });
      await trial.write(...crowdOf(trial, 12, trial.uniform));
      await trial.write(
        trial.met('a', 'control', 1),
        trial.met('b', 'control', 2),
        trial.is('a', 'user/u', 3),
        trial.is('b', 'user/u', 3),
        ...['a', 'b', 'user/u'].map((unit) => trial.did(unit, 'clicks', 4, { value: 2 })),
      );
      const before = await trial.agrees();
      await trial.eraseUnit('unit3');
      await trial.agreesRebuilt();
      await trial.eraseUnit('a');
      await trial.agreesRebuilt();
      await trial.eraseUnit('user/u');
      const { units } = await trial.agreesRebuilt();
      const count = (of: readonly number[]) => of.reduce((sum, n) => sum + n, 0);
      expect(count(units)).toBeLessThanOrEqual(count(before.units));
      // What is gone is gone from what was seen before, too.
      await trial.agrees({ cutoff: before.cutoff });
    });

    it('leaves its times, so that what refers to it stays where it was', async () => {
      const trial = await trialOf();
      const sale = trial.paid('user/u', 900, 3);
      await trial.write(
        trial.met('a', 'control', 1),
        trial.is('a', 'user/u', 2),
        sale,
        trial.paid('a', -200, 40, { refersTo: sale.id }),
      );
      expect(meansOf(await trial.agrees(), 1)?.[0]).toEqual([7]);
      await trial.eraseUnit('user/u');
      expect(meansOf(await trial.agreesRebuilt(), 1)?.[0]).toEqual([-2]);
    });

    it('goes with its import: exposures, events, money and links', async () => {
      const trial = await trialOf({ metrics: [CLICK_LOADS, PROFIT].slice(0, 1) });
      await trial.write(...crowdOf(trial, 8, trial.uniform));
      const sale = trial.paid('a', 900, 3, { import: 'first' });
      await trial.write(
        trial.met('a', 'control', 1),
        trial.met('c', 'short', 1),
        trial.did('user/u', 'clicks', 3, { value: 1 }),
        trial.paid('a', -200, 40, { refersTo: sale.id }),
      );
      await trial.write(
        sale,
        trial.met('a', 'short', 2, { import: 'first' }),
        trial.met('b', 'short', 2, { import: 'first' }),
        trial.met('c', 'short', 0, { import: 'first' }),
        trial.is('c', 'user/u', 2, { import: 'first' }),
        trial.did('c', 'clicks', 7.5, { import: 'first', value: 4 }),
      );
      await trial.write(trial.did('c', 'clicks', 2, { import: 'second', value: 3 }));
      const then = { ...trial.log, rows: [...trial.log.rows], reversedImports: [] };
      const before = await trial.agrees();
      expect(before.crossovers).toBeGreaterThan(0);
      await trial.reverseImport('first');
      await trial.agreesRebuilt();
      // What was asked before is still answered as it was.
      await trial.agrees({ cutoff: before.cutoff }, then);
      await trial.reverseImport('second');
      await trial.agreesRebuilt();
      // More that arrives is counted as if it had never been.
      await trial.write(trial.did('c', 'clicks', 3, { value: 5 }));
      await trial.agreesRebuilt();
    });

    it('goes before it was ever looked at', async () => {
      const trial = await trialOf();
      await trial.write(
        trial.met('a', 'control', 1, { import: 'bad' }),
        trial.met('b', 'control', 1),
        trial.did('b', 'clicks', 2, { import: 'bad' }),
      );
      await trial.reverseImport('bad');
      expect((await trial.agreesRebuilt()).units).toEqual([1, 0]);
    });
  });
}
