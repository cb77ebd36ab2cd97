import { correctedTime } from './corrected-time.js';

const RECEIVED = new Date('2026-03-02T12:00:00Z');

describe('B55: the time of an event whose sender has a wrong clock', () => {
  it.each([
    [
      'right clock, sent at once',
      '2026-03-02T12:00:00Z',
      '2026-03-02T12:00:00Z',
      '2026-03-02T12:00:00Z',
    ],
    [
      'right clock, sent an hour later',
      '2026-03-02T11:00:00Z',
      '2026-03-02T12:00:00Z',
      '2026-03-02T11:00:00Z',
    ],
    ['three hours ahead', '2026-03-02T15:00:00Z', '2026-03-02T15:00:00Z', '2026-03-02T12:00:00Z'],
    [
      'three hours ahead, sent an hour later',
      '2026-03-02T14:00:00Z',
      '2026-03-02T15:00:00Z',
      '2026-03-02T11:00:00Z',
    ],
    ['a day behind', '2026-03-01T12:00:00Z', '2026-03-01T12:00:10Z', '2026-03-02T11:59:50Z'],
    ['at the epoch', '1970-01-01T00:00:05Z', '1970-01-01T00:00:10Z', '2026-03-02T11:59:55Z'],
    [
      'two seconds on the way',
      '2026-03-02T11:59:58Z',
      '2026-03-02T11:59:58Z',
      '2026-03-02T12:00:00Z',
    ],
    [
      'happens after it is sent',
      '2026-03-02T12:00:03Z',
      '2026-03-02T12:00:00Z',
      '2026-03-02T12:00:03Z',
    ],
  ])('%s', (_, occurredAt, sentAt, corrected) => {
    const sender = { occurredAt: new Date(occurredAt), sentAt: new Date(sentAt) };
    expect(correctedTime(sender, RECEIVED)).toEqual(new Date(corrected));
  });
});
