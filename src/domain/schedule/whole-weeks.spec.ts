import { isWeekly, type PlannedWeeks, weeksFaults } from './whole-weeks.js';

const WEEKLY = '0 6 * * 1';
const DAILY = '0 6 * * *';

describe('weeksFaults', () => {
  it.each<[string, Partial<PlannedWeeks>, string[]]>([
    ['two weeks', {}, []],
    ['one week', { plannedDays: 7 }, []],
    ['ten days', { plannedDays: 10 }, ['days']],
    ['one day', { plannedDays: 1 }, ['days']],
    ['no planned days', { plannedDays: undefined, looks: 4, cron: DAILY }, []],
    ['one look, read daily', { cron: DAILY }, []],
    ['looks without a schedule', { looks: 4 }, []],
    ['looks on Mondays', { looks: 4, cron: WEEKLY }, []],
    ['looks on any day', { looks: 4, cron: DAILY }, ['looks']],
    ['both', { plannedDays: 20, looks: 4, cron: DAILY }, ['days', 'looks']],
  ])('of %s', (_, changes, faults) => {
    expect(weeksFaults({ plannedDays: 14, looks: 1, cron: undefined, ...changes })).toEqual(faults);
  });
});

describe('isWeekly', () => {
  it.each([
    ['0 6 * * 1', true],
    ['06 6 * * mon', true],
    ['30 23 ? * SUN', true],
    ['0 6 * * 7', true],
    ['0 6 * JAN-JUN 1', true],
    ['0 6 * * 1#1', true],
    ['0 6 * * 5L', true],
    ['@weekly', true],
    [' 0  6 * * 1 ', true],
    ['0 6 * * 1-5', false],
    ['0 6 * * 1,4', false],
    ['0 6 * * *', false],
    ['0 6 * * ?', false],
    ['0 6,18 * * 1', false],
    ['0 */6 * * 1', false],
    ['*/5 6 * * 1', false],
    ['0 6 1 * *', false],
    // Mondays, and every first of a month.
    ['0 6 1 * 1', false],
    ['0 6 */7 * *', false],
    ['@daily', false],
    ['0 6 * *', false],
    ['', false],
  ])('%s: %s', (cron, weekly) => {
    expect(isWeekly(cron)).toBe(weekly);
  });
});
