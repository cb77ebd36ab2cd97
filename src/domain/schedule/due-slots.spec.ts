import { dueSlots, SKIPPED_SLOTS_MAX } from './due-slots.js';

const hour = (n: number) => new Date(Date.UTC(2026, 2, 1, n));
const hours = (count: number) => Array.from({ length: count }, (_, n) => hour(n));

describe('due slots', () => {
  it.each([
    [0, null, 0],
    [1, 0, 0],
    [2, 1, 1],
    [6, 5, 5],
  ])('of %d missed slots runs the newest and skips the rest', (count, newest, skipped) => {
    expect(dueSlots(hours(count))).toEqual({
      run: newest === null ? null : hour(newest),
      skipped: hours(skipped),
      unlisted: 0,
    });
  });

  it('lists a bounded number of skipped slots, the newest of them', () => {
    const due = dueSlots(hours(SKIPPED_SLOTS_MAX + 8));
    expect(due.run).toEqual(hour(SKIPPED_SLOTS_MAX + 7));
    expect(due.skipped).toHaveLength(SKIPPED_SLOTS_MAX);
    expect(due.skipped[0]).toEqual(hour(7));
    expect(due.unlisted).toBe(7);
  });

  it.each([[[hour(2), hour(1)]], [[hour(1), hour(1)]], [[hour(1), new Date(Number.NaN)]]])(
    'refuses slots that do not ascend',
    (slots) => {
      expect(() => dueSlots(slots)).toThrow(RangeError);
    },
  );
});
