import { ATTEMPTS_MAX, type ChannelWish, judgeStatus, pauseBefore, wants } from './delivery.js';

describe('wants', () => {
  const notice = { kind: 'guardrail_breach', severity: 'warning' } as const;
  it.each<[string, ChannelWish, boolean]>([
    ['everything', { kinds: [], minSeverity: 'info' }, true],
    ['what is as grave as this', { kinds: [], minSeverity: 'warning' }, true],
    ['only graver things', { kinds: [], minSeverity: 'urgent' }, false],
    ['this kind among others', { kinds: ['srm', 'guardrail_breach'], minSeverity: 'info' }, true],
    ['other kinds', { kinds: ['srm'], minSeverity: 'info' }, false],
    ['this kind when it is graver', { kinds: ['guardrail_breach'], minSeverity: 'urgent' }, false],
  ])('a channel that wants %s', (_name, wish, expected) => {
    expect(wants(wish, notice)).toBe(expected);
  });
});

describe('pauseBefore', () => {
  it('waits longer each time and gives up after about an hour', () => {
    const pauses = [1, 2, 3, 4, 5].map((attempts) => pauseBefore(attempts, null));
    expect(pauses).toEqual([30, 120, 600, 2700, null]);
    expect(pauses.filter((pause) => pause !== null)).toHaveLength(ATTEMPTS_MAX - 1);
  });

  it.each([
    ['longer than the pause', 1, 90, 90],
    ['shorter than the pause', 2, 5, 120],
    ['longer than an hour', 1, 86_400, 3_600],
    ['after the last attempt', ATTEMPTS_MAX, 10, null],
  ])('is asked by the receiver to wait %s', (_name, attempts, retryAfterS, expected) => {
    expect(pauseBefore(attempts, retryAfterS)).toBe(expected);
  });
});

describe('judgeStatus', () => {
  it.each([200, 201, 202, 204, 299])('%i is sent', (status) => {
    expect(judgeStatus(status)).toEqual({ is: 'sent' });
  });
  it.each([
    [408, true, false],
    [425, true, false],
    [429, true, false],
    [500, true, false],
    [503, true, false],
    [404, false, true],
    [410, false, true],
    [301, false, false],
    [302, false, false],
    [308, false, false],
    [400, false, false],
    [401, false, false],
    [403, false, false],
    [199, false, false],
  ])('%i is not: again %s, stop %s', (status, again, stop) => {
    expect(judgeStatus(status)).toEqual({ is: 'failed', code: `http-${status}`, again, stop });
  });
});
