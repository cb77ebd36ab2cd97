import {
  closesAt,
  countsInWindow,
  isMature,
  maturedFraction,
  matureAt,
  windowOf,
} from './maturity.js';

const at = (text: string) => new Date(text);
const PROFIT = { windowDays: 30, delayHours: 0, settlingDays: 14 };
const EXPOSED = at('2026-03-01T10:00:00Z');

describe('windows and maturity', () => {
  it.each([
    [PROFIT, '2026-03-01T10:00:00Z', '2026-03-31T10:00:00Z', '2026-04-14T10:00:00Z'],
    [
      { windowDays: 7, delayHours: 36, settlingDays: 0 },
      '2026-03-02T22:00:00Z',
      '2026-03-09T22:00:00Z',
      '2026-03-09T22:00:00Z',
    ],
    [
      { windowDays: 1, delayHours: 0, settlingDays: 1 },
      '2026-03-01T10:00:00Z',
      '2026-03-02T10:00:00Z',
      '2026-03-03T10:00:00Z',
    ],
  ])('%j', (metric, from, to, mature) => {
    expect(windowOf(EXPOSED, metric)).toEqual({ from: at(from), to: at(to) });
    expect(matureAt(EXPOSED, metric)).toEqual(at(mature));
    expect(closesAt(EXPOSED, metric)).toEqual(at(mature));
  });

  it('counts days of 24 hours when the clocks change', () => {
    const exposed = at('2026-03-28T12:00:00+01:00');
    const { to } = windowOf(exposed, { windowDays: 2, delayHours: 0, settlingDays: 0 });
    expect(to).toEqual(at('2026-03-30T13:00:00+02:00'));
  });

  it('is mature from the instant on, not a moment before', () => {
    expect(isMature(EXPOSED, PROFIT, at('2026-04-14T09:59:59.999Z'))).toBe(false);
    expect(isMature(EXPOSED, PROFIT, at('2026-04-14T10:00:00Z'))).toBe(true);
  });

  it.each([
    [0, 0, null],
    [0, 10, 0],
    [5, 10, 0.5],
    [10, 10, 1],
  ])('%d of %d matured: %s', (matured, exposed, fraction) => {
    expect(maturedFraction({ matured, exposed })).toBe(fraction);
  });
});

describe('which money counts', () => {
  it.each<[string, string, string | null, boolean]>([
    ['at the exposure', '2026-03-01T10:00:00Z', null, true],
    ['just before the exposure', '2026-03-01T09:59:59.999Z', null, false],
    ['in the last moment of the window', '2026-03-31T09:59:59.999Z', null, true],
    ['at the end of the window', '2026-03-31T10:00:00Z', null, false],
    [
      'refund in settling, bought in the window',
      '2026-04-10T00:00:00Z',
      '2026-03-20T00:00:00Z',
      true,
    ],
    [
      'refund in the last moment before maturity',
      '2026-04-14T09:59:59.999Z',
      '2026-03-20T00:00:00Z',
      true,
    ],
    ['refund at maturity', '2026-04-14T10:00:00Z', '2026-03-20T00:00:00Z', false],
    [
      'refund in the window, bought before exposure',
      '2026-03-05T00:00:00Z',
      '2026-02-27T00:00:00Z',
      false,
    ],
    [
      'refund in the window, bought after it',
      '2026-03-30T00:00:00Z',
      '2026-04-01T00:00:00Z',
      false,
    ],
    ['refund dated before its purchase', '2026-02-28T00:00:00Z', '2026-03-02T00:00:00Z', true],
    ['refund in settling without an original', '2026-04-10T00:00:00Z', null, false],
  ])('%s', (_name, occurredAt, original, counts) => {
    const entry = {
      occurredAt: at(occurredAt),
      originalOccurredAt: original === null ? null : at(original),
    };
    expect(countsInWindow(entry, EXPOSED, PROFIT)).toBe(counts);
  });
});
