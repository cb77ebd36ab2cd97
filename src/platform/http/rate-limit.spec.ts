import { TokenBuckets } from './rate-limit.js';

describe('token buckets', () => {
  const taken = (buckets: TokenBuckets, caller: string, nowMs: number, times: number): number =>
    Array.from({ length: times }, () => buckets.take(caller, nowMs)).filter(Boolean).length;

  it.each([
    ['a burst, and no more', 10, 30, [[0, 100]], [30]],
    ['what was filled since', 10, 30, [[0, 100], [1_000, 100]], [30, 10]], // prettier-ignore
    ['never more than the burst', 10, 30, [[0, 100], [60_000, 100]], [30, 30]], // prettier-ignore
    ['a steady caller for ever', 10, 1, [[0, 1], [100, 1], [200, 1], [300, 1]], [1, 1, 1, 1]], // prettier-ignore
    ['a refused call costs nothing', 10, 1, [[0, 1], [50, 100], [100, 1]], [1, 0, 1]], // prettier-ignore
    ['calls between two tokens', 1_000_000, 2_000_000, [[5, 10_000]], [10_000]],
  ] as const)('allow %s', (_, perSecond, burst, calls, allowed) => {
    const buckets = new TokenBuckets(perSecond, burst);
    expect(calls.map(([at, times]) => taken(buckets, 'a', at, times))).toEqual(allowed);
  });

  it('P28: one caller does not empty the bucket of another', () => {
    const buckets = new TokenBuckets(10, 20);
    expect(taken(buckets, 'noisy', 0, 1_000)).toBe(20);
    expect(taken(buckets, 'quiet', 0, 20)).toBe(20);
  });

  it('forget who has been quiet, and nobody else', () => {
    const buckets = new TokenBuckets(1, 2);
    expect(taken(buckets, 'noisy', 0, 2)).toBe(2);
    for (let index = 0; index < 20_000; index += 1) buckets.take(`once-${index}`, 0);
    expect(buckets.take('noisy', 0)).toBe(false);
    expect(taken(buckets, 'once-1', 0, 2)).toBe(1);
  });
});
