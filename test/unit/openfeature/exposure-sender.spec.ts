import { accepting, answering, seen, SenderWorld, unreachable } from './sender-world.js';

const KIB = 1024;

describe('ExposureSender', () => {
  it('waits a moment, then sends what came together, with the time of each and of sending', async () => {
    const world = new SenderWorld();
    world.sender.record(seen('v-1'));
    await world.pass(2_000);
    world.sender.record({
      type: 'event',
      unit: { kind: 'visitor', id: 'v-1' },
      name: 'signup',
      value: 2,
    });
    await world.pass(2_999);
    expect(world.batches).toEqual([]);
    await world.pass(1);
    expect(world.batches).toEqual([
      {
        url: 'https://experiments.example/v1/events',
        authorization: 'Bearer pk_test',
        keepalive: true,
        sentAt: '2026-03-02T09:30:05.000Z',
        events: [
          { ...seen('v-1'), id: expect.any(String), occurredAt: '2026-03-02T09:30:00.000Z' },
          {
            type: 'event',
            unit: { kind: 'visitor', id: 'v-1' },
            name: 'signup',
            value: 2,
            id: expect.any(String),
            occurredAt: '2026-03-02T09:30:02.000Z',
          },
        ],
      },
    ]);
  });

  it('sends at once what fills a batch', async () => {
    const world = new SenderWorld({ flushAt: 3 });
    for (const unit of ['a', 'b', 'c']) world.sender.record(seen(unit));
    await world.pass(0);
    expect(world.idsOf(0)).toHaveLength(3);
  });

  it('gives every event a UUID of version 7, which sorts by time', async () => {
    const world = new SenderWorld();
    for (let n = 0; n < 100; n += 1) {
      world.sender.record(seen(`v-${n}`));
      await world.pass(1);
    }
    await world.sender.flush();
    const ids = world.batches.flatMap((_, batch) => world.idsOf(batch));
    expect(new Set(ids).size).toBe(100);
    for (const [ms, id] of ids.entries()) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const at = parseInt(id.replace('-', '').slice(0, 12), 16);
      expect(new Date(at)).toEqual(new Date(Date.parse('2026-03-02T09:30:00.000Z') + ms));
    }
  });

  it.each([
    ['a network that is away', unreachable],
    ['503', answering(503)],
    ['429', answering(429)],
    ['the sign-in page of a network', () => new Response('<html>', { status: 200 })],
  ])('P4: sends again after %s, and each event keeps its id', async (_name, reply) => {
    const world = new SenderWorld();
    world.replies = [reply, reply];
    world.sender.record(seen('v-1'));
    await world.pass(5_000);
    expect(world.batches).toHaveLength(1);
    // Doubling from a second: the second attempt after at most 1 s, the third after 2 s more.
    await world.pass(1_000);
    expect(world.batches).toHaveLength(2);
    await world.pass(2_000);
    expect(world.batches).toHaveLength(3);
    await world.pass(600_000);
    expect(world.batches).toHaveLength(3);
    expect([world.idsOf(1), world.idsOf(2)]).toEqual([world.idsOf(0), world.idsOf(0)]);
    expect(world.losses).toEqual([]);
  });

  it.each([
    ['seconds', '7'],
    ['a date', 'Mon, 02 Mar 2026 09:30:12 GMT'],
  ])('waits as long as Retry-After says, in %s', async (_name, retryAfter) => {
    const world = new SenderWorld();
    world.replies = [answering(429, { 'retry-after': retryAfter })];
    world.sender.record(seen('v-1'));
    await world.pass(5_000 + 6_999);
    expect(world.batches).toHaveLength(1);
    await world.pass(1);
    expect(world.batches).toHaveLength(2);
  });

  it('has one batch under way at a time, so that a service that recovers is not overrun', async () => {
    const world = new SenderWorld({ flushAt: 1 });
    world.replies = [unreachable];
    for (let n = 0; n < 250; n += 1) world.sender.record(seen(`v-${n}`));
    await world.pass(0);
    expect(world.batches).toHaveLength(1);
    await world.pass(1_000);
    expect(world.batches.map(({ events }) => events.length)).toEqual([1, 1, 100, 100, 49]);
  });

  it('gives up what waited 15 minutes in vain, and says so', async () => {
    const world = new SenderWorld();
    world.replies = Array.from({ length: 100 }, () => unreachable);
    const lost: string[] = [];
    world.sender.record(seen('v-1'), () => lost.push('v-1'));
    await world.pass(14 * 60_000);
    expect(world.losses).toEqual([]);
    await world.pass(3 * 60_000);
    expect(world.losses).toEqual([
      { reason: 'unreachable', events: [seen('v-1')], detail: 'fetch failed' },
    ]);
    expect(lost).toEqual(['v-1']);
    const attempts = world.batches.length;
    expect(attempts).toBeGreaterThan(10);
    expect(attempts).toBeLessThan(40);
    await world.pass(3_600_000);
    expect(world.batches).toHaveLength(attempts);
  });

  it('holds no more than its queue takes, and says what did not fit', async () => {
    const world = new SenderWorld({ queueMax: 2 });
    const lost: string[] = [];
    for (const unit of ['a', 'b', 'c']) world.sender.record(seen(unit), () => lost.push(unit));
    expect(world.losses).toMatchObject([{ reason: 'queue-full', events: [seen('c')] }]);
    expect(lost).toEqual(['c']);
    await world.sender.flush();
    world.sender.record(seen('d'));
    await world.sender.flush();
    expect(world.batches.map(({ events }) => events.length)).toEqual([2, 1]);
  });

  it.each([400, 401, 403, 404, 413, 422, 301])(
    'does not insist when the whole request is refused: %d',
    async (status) => {
      const world = new SenderWorld();
      world.replies = [answering(status, {}, { code: 'some-code', detail: 'Why.' })];
      const lost: string[] = [];
      world.sender.record(seen('v-1'), () => lost.push('v-1'));
      await world.pass(3_600_000);
      expect(world.batches).toHaveLength(1);
      expect(world.losses).toEqual([
        {
          reason: 'refused',
          events: [seen('v-1')],
          detail: `${status} Why.`,
          code: 'some-code',
        },
      ]);
      // Nor would it help to be asked again.
      expect(lost).toEqual([]);
    },
  );

  it('E29: tells which event was rejected, and the others are in', async () => {
    const world = new SenderWorld();
    world.replies = [
      () =>
        Response.json({
          results: [
            { id: '1', status: 'accepted' },
            { id: '2', status: 'rejected', code: 'unknown-experiment', detail: 'No such test.' },
            { id: '3', status: 'duplicate' },
          ],
        }),
    ];
    for (const unit of ['a', 'b', 'c']) world.sender.record(seen(unit));
    await world.sender.flush();
    expect(world.losses).toEqual([
      {
        reason: 'rejected',
        events: [seen('b')],
        detail: 'unknown-experiment: No such test.',
        code: 'unknown-experiment',
      },
    ]);
  });

  it('keeps a batch under what a closing page may still send', async () => {
    const world = new SenderWorld();
    const long = 'x'.repeat(20 * KIB);
    for (let n = 0; n < 5; n += 1) {
      world.sender.record({ ...seen(`v-${n}`), attributes: { long } });
    }
    await world.sender.flush();
    expect(world.batches.map(({ events }) => events.length)).toEqual([2, 2, 1]);
    expect(world.batches.every(({ keepalive }) => keepalive)).toBe(true);
  });

  it('refuses what cannot be sent: too large, or no JSON', () => {
    const world = new SenderWorld();
    const loop: Record<string, unknown> = {};
    loop['itself'] = loop;
    world.sender.record({ ...seen('v-1'), attributes: { long: 'x'.repeat(33 * KIB) } });
    world.sender.record({ ...seen('v-2'), attributes: loop });
    world.sender.record({ ...seen('v-3'), attributes: { big: 10n } });
    expect(world.losses.map(({ reason }) => reason)).toEqual(Array(3).fill('unsendable'));
  });

  it('closing sends what waits, cuts a back-off short, and does not wait for a service that is away', async () => {
    const world = new SenderWorld({ flushAt: 1 });
    world.replies = [unreachable, unreachable];
    world.sender.record(seen('a'));
    await world.pass(0);
    world.sender.record(seen('b'));
    await world.sender.close();
    expect(world.batches.map(({ events }) => events.length)).toEqual([1, 1]);
    expect(world.losses).toEqual([
      { reason: 'closed', events: [seen('a'), seen('b')], detail: 'fetch failed' },
    ]);
    world.sender.record(seen('c'));
    expect(world.losses[1]).toMatchObject({ reason: 'closed', events: [seen('c')] });
    expect(world.batches).toHaveLength(2);
  });

  it('closing delivers everything while the service is there', async () => {
    const world = new SenderWorld({ flushAt: 500 });
    world.replies = [answering(503), accepting];
    for (let n = 0; n < 250; n += 1) world.sender.record(seen(`v-${n}`));
    const flushed = world.sender.flush();
    await world.pass(1_000);
    await flushed;
    for (let n = 0; n < 150; n += 1) world.sender.record(seen(`w-${n}`));
    await world.sender.close();
    const units = new Set(
      world.batches
        .slice(1)
        .flatMap(({ events }) => events.map(({ unit }) => (unit as { id: string }).id)),
    );
    expect([units.size, world.losses]).toEqual([400, []]);
  });

  describe('in a page', () => {
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    beforeAll(() => Object.assign(globalThis, { document: page }));
    afterAll(() => Reflect.deleteProperty(globalThis, 'document'));
    const become = (visibilityState: string): void => {
      page.visibilityState = visibilityState;
      page.dispatchEvent(new Event('visibilitychange'));
    };

    it('sends all at once when the page is hidden, side by side, and what fails again later', async () => {
      const world = new SenderWorld({ flushAt: 500 });
      world.replies = [unreachable];
      for (let n = 0; n < 250; n += 1) world.sender.record(seen(`v-${n}`));
      become('visible');
      expect(world.batches).toHaveLength(0);
      become('hidden');
      expect(world.batches.map(({ events }) => events.length)).toEqual([100, 100, 50]);
      // 250 exposures are less than browsers let outlive a page.
      expect(world.batches.map(({ keepalive }) => keepalive)).toEqual([true, true, true]);
      await world.pass(1_000);
      expect(world.idsOf(3)).toEqual(world.idsOf(0));
      await world.sender.close();
      become('hidden');
      expect(world.batches).toHaveLength(4);
    });

    it('asks the browser to keep no more than 60 KiB alive at a time', async () => {
      const world = new SenderWorld();
      const long = 'x'.repeat(25 * KIB);
      for (let n = 0; n < 3; n += 1) {
        world.sender.record({ ...seen(`v-${n}`), attributes: { long } });
      }
      become('hidden');
      expect(world.batches.map(({ keepalive }) => keepalive)).toEqual([true, true, false]);
      await world.sender.close();
    });
  });
});
