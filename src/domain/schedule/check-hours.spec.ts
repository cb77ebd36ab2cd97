import { isCheckHour } from './check-hours.js';

describe('isCheckHour', () => {
  it.each([
    ['2026-03-01T00:59:59.999Z', false],
    ['2026-03-01T01:00:00Z', true],
    ['2026-03-01T04:59:59.999Z', true],
    ['2026-03-01T05:00:00Z', false],
    ['2026-03-01T13:00:00Z', false],
    ['2026-03-01T03:00:00+02:00', true],
    ['2026-03-01T03:00:00-05:00', false],
  ])('%s: %s', (at, expected) => {
    expect(isCheckHour(new Date(at))).toBe(expected);
  });
});
