import { type WaitingCase, waitingOf } from './waiting.js';

const half = (variant: string, width: number) => ({
  variant,
  absolute: { estimate: 1, lower: 1 - width, upper: 1 + width, standardError: width / 2 },
});
const situation: WaitingCase = {
  asOf: '2026-03-01T00:00:00.000Z',
  closesAt: '2026-03-11T00:00:00.000Z',
  maturedUnits: 100,
  units: 400,
  comparisons: [half('short', 6)],
};

describe('what waiting would do', () => {
  it.each<[string, Partial<WaitingCase>, { days: number; basis: string; later: number }]>([
    ['four times the units, half the width', {}, { days: 10, basis: 'matured', later: 3 }],
    [
      'a quarter more',
      { maturedUnits: 320 },
      { days: 10, basis: 'matured', later: 5.366563145999495 },
    ],
    ['nobody has matured', { maturedUnits: 0 }, { days: 10, basis: 'running', later: 6 }],
    [
      'a part of a day is a day',
      { closesAt: '2026-03-01T00:00:01.000Z' },
      { days: 1, basis: 'matured', later: 3 },
    ],
    [
      'a moment ago',
      { closesAt: '2026-02-28T00:00:00.000Z' },
      { days: 0, basis: 'matured', later: 3 },
    ],
  ])('%s', (_name, changes, { days, basis, later }) => {
    const waiting = waitingOf({ ...situation, ...changes });
    expect(waiting).toMatchObject({ days, basis });
    expect(waiting?.variants).toHaveLength(1);
    expect(waiting?.variants[0]).toMatchObject({ variant: 'short', halfWidthNow: 6 });
    expect(waiting?.variants[0]?.halfWidthThen).toBeCloseTo(later, 12);
  });

  it.each<[string, Partial<WaitingCase>]>([
    ['the whole cohort has matured', { maturedUnits: 400 }],
    ['nothing was computed', { comparisons: [{ variant: 'short' }] }],
    ['nobody was exposed', { maturedUnits: 0, units: 0 }],
  ])('says nothing when %s', (_name, changes) => {
    expect(waitingOf({ ...situation, ...changes })).toBeUndefined();
  });
});
