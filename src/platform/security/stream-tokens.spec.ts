import { StreamTokens } from './stream-tokens.js';

describe('tokens for streams', () => {
  const HOUR = 3_600_000;
  const START = Date.parse('2026-03-01T12:00:00Z');
  const tokens = new StreamTokens({ masterKey: Buffer.alloc(32, 1) });
  const caller = {
    projectId: '01a20000-0000-7000-8000-000000000000',
    keyId: 'pk_0123456789abcdef',
  };
  const untilOf = (place: number, now: number): number =>
    tokens.grantOf(tokens.tokenFor(caller, place, now), now)?.until ?? NaN;

  it.each([0, 0.25, 0.999])('are good for one to two hours, wherever in the hour: %s', (place) => {
    for (let at = START; at < START + 3 * HOUR; at += HOUR / 7) {
      const left = untilOf(place, at) - at;
      expect(left).toBeGreaterThan(HOUR);
      expect(left).toBeLessThanOrEqual(2 * HOUR);
    }
  });

  it('E25: stay the same for an hour, so that no stream moves', () => {
    const each10Minutes = Array.from({ length: 13 }, (_, index) =>
      tokens.tokenFor(caller, 0.5, START + (index * HOUR) / 6),
    );
    expect(new Set(each10Minutes).size).toBe(3);
  });

  it('do not all expire at once', () => {
    const ends = new Set(Array.from({ length: 600 }, (_, index) => untilOf(index / 600, START)));
    expect(ends.size).toBe(60);
  });

  it('are told apart by key', () => {
    const other = { ...caller, keyId: 'pk_fedcba9876543210' };
    expect(tokens.tokenFor(other, 0, START)).not.toBe(tokens.tokenFor(caller, 0, START));
    expect(tokens.grantOf(tokens.tokenFor(other, 0, START), START)).toMatchObject(other);
  });
});
