import { awaitedSlot } from './awaited-slot.js';

const hour = (n: number) => new Date(Date.UTC(2026, 2, 1, n));
const SLOT = hour(6);

describe('awaitedSlot', () => {
  it.each<[string, string[], Record<string, Date>, boolean, string, string[] | null]>([
    ['runs when it waits for nothing', [], {}, false, 'pending', null],
    [
      'runs when a feed is complete to the instant',
      ['orders'],
      { orders: SLOT },
      false,
      'pending',
      null,
    ],
    ['runs when a feed is further', ['orders'], { orders: hour(7) }, false, 'pending', null],
    [
      'waits for one millisecond',
      ['orders'],
      { orders: new Date(SLOT.getTime() - 1) },
      false,
      'waiting',
      ['orders'],
    ],
    ['waits for what nobody ever reported', ['orders'], {}, false, 'waiting', ['orders']],
    [
      'names those that are missing only, in the order of the plan',
      ['refunds', 'orders', 'costs'],
      { orders: hour(9), costs: hour(1) },
      false,
      'waiting',
      ['refunds', 'costs'],
    ],
    ['ignores feeds of others', ['orders'], { clicks: hour(9) }, false, 'waiting', ['orders']],
    [
      'is given up when the next falls due',
      ['orders'],
      { orders: hour(5) },
      true,
      'skipped',
      ['orders'],
    ],
    ['runs late rather than not at all', ['orders'], { orders: hour(6) }, true, 'pending', null],
  ])('%s', (_, waitFor, reported, isOvertaken, is, missing) => {
    const completeUntil = new Map(Object.entries(reported));
    expect(awaitedSlot({ slotAt: SLOT, waitFor, completeUntil, isOvertaken })).toEqual({
      is,
      ...(missing === null ? {} : { missing }),
    });
  });
});
