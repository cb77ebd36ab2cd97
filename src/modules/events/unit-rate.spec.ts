import { randomUUID } from 'node:crypto';
import { UNIT_EVENTS_AN_HOUR_MAX, UnitRate } from './unit-rate.js';

const NOW = new Date('2026-03-02T12:10:00Z');
const NEXT_HOUR = new Date('2026-03-02T13:00:00Z');

describe('B59: the rate of a unit', () => {
  const counted = (rate: UnitRate, unit: string, times: number) => {
    for (let n = 0; n < times; n += 1) rate.count(unit, NOW);
  };

  it('lets so many through in an hour, and again in the next', () => {
    const rate = new UnitRate();
    const unit = randomUUID();
    expect(rate.left(unit, NOW)).toBe(UNIT_EVENTS_AN_HOUR_MAX);
    counted(rate, unit, 3);
    expect(rate.left(unit, NOW)).toBe(UNIT_EVENTS_AN_HOUR_MAX - 3);
    counted(rate, unit, 70_000);
    expect(rate.left(unit, NOW)).toBe(0);
    expect(rate.left(unit, NEXT_HOUR)).toBe(UNIT_EVENTS_AN_HOUR_MAX);
  });

  it('does not take ordinary units for one that loops', () => {
    const rate = new UnitRate();
    for (let loops = 0; loops < 20; loops += 1)
      counted(rate, randomUUID(), UNIT_EVENTS_AN_HOUR_MAX);
    for (let unit = 0; unit < 20_000; unit += 1) rate.count(randomUUID(), NOW);
    const key = '00000001-0000-4000-8000-0000fffffffe';
    expect(rate.left(key, NOW)).toBeGreaterThan(UNIT_EVENTS_AN_HOUR_MAX - 10);
  });
});
