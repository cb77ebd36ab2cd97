import { readFixture } from '../../../test/fixtures/stats/read-golden.js';
import { firstSlot, type Scheduled, slotsIn } from './slot-times.js';

interface SlotTimes {
  timezone: string;
  cron: string;
  /** Slots that follow one another, around each change of the clocks. */
  windows: string[][];
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** By Python's zoneinfo: another implementation on another database of zones. */
const WITNESSES = readFixture<SlotTimes[]>('slot-times.json', 'schedule');

const scheduled = (cron: string, timezone: string, launchedAt: Date): Scheduled => ({
  launchedAt,
  plan: { schedule: { cron, timezone }, timezone: 'UTC' },
});
const texts = (slots: readonly Date[]) => slots.map((slot) => slot.toISOString());
const before = (slot: string | undefined) => new Date(Date.parse(slot ?? '') - 1);

/** The slots from here on, one asked for after the other. */
function stepping(experiment: Scheduled, count: number): string[] {
  const slots: Date[] = [];
  for (let at = experiment.launchedAt; slots.length < count;) {
    const slot = firstSlot(experiment, { after: at, until: null });
    if (slot === null) break;
    slots.push(slot);
    at = slot;
  }
  return texts(slots);
}

/** The wall clock of a zone, by the engine's own tables. */
function wallClock(instant: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' });
  return format.format(new Date(instant));
}

describe('slots around changes of the clocks', () => {
  const windows = WITNESSES.flatMap(({ timezone, cron, windows }) =>
    windows.map((slots) => ({ timezone, cron, slots, from: slots[0] })),
  );

  it.each(windows)('$cron in $timezone from $from', ({ timezone, cron, slots }) => {
    const experiment = scheduled(cron, timezone, before(slots[0]));
    expect(stepping(experiment, slots.length)).toEqual(slots);
    const last = new Date(slots.at(-1) ?? '');
    expect(texts(slotsIn(experiment, { after: experiment.launchedAt, until: last }))).toEqual(
      slots,
    );
  });

  // Six hours on each side, in steps of ten minutes: before, within and after gap and repetition.
  it.each([
    ['Europe/Berlin', '30 2 * * *', '2026-03-29T01:00:00Z'],
    ['Europe/Berlin', '30 2 * * *', '2026-10-25T01:00:00Z'],
    ['America/New_York', '30 1 * * *', '2026-11-01T06:00:00Z'],
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-03T15:30:00Z'],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-04T15:00:00Z'],
  ])('%s, %s: one slot a day, from wherever it is asked', (timezone, cron, change) => {
    const at = (minutes: number) => new Date(Date.parse(change) + minutes * MINUTE_MS);
    const experiment = scheduled(cron, timezone, at(-4 * 24 * 60));
    const known = stepping(experiment, 8);
    expect(new Set(known.map((slot) => slot.slice(0, 10))).size).toBe(8);
    for (let minutes = -360; minutes <= 360; minutes += 10) {
      const now = at(minutes);
      const next = known.find((slot) => Date.parse(slot) > now.getTime());
      expect(firstSlot(experiment, { after: now, until: null })?.toISOString()).toBe(next);
      const due = texts(slotsIn(experiment, { after: experiment.launchedAt, until: now }));
      expect(due).toEqual(known.filter((slot) => Date.parse(slot) <= now.getTime()));
    }
  });

  it('are at the first instant after a gap, and at the first of two', () => {
    const wall = (cron: string, timezone: string, from: string) =>
      stepping(scheduled(cron, timezone, new Date(from)), 1).map((slot) =>
        wallClock(slot, timezone),
      );
    expect(wall('30 2 * * *', 'Europe/Berlin', '2026-03-29T00:00:00Z')).toEqual(['03:00']);
    expect(wall('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T15:00:00Z')).toEqual(['02:30']);
    expect(stepping(scheduled('30 2 * * *', 'Europe/Berlin', before('2026-10-25T00:00:00Z')), 1))
      // 02:30 of summer; that of winter is an hour later.
      .toEqual(['2026-10-25T00:30:00.000Z']);
  });

  it.each([
    ['Europe/Berlin', '2026-03-28T22:30:00Z'],
    ['Europe/Berlin', '2026-10-24T21:30:00Z'],
    ['America/New_York', '2026-11-01T03:30:00Z'],
  ])('every hour in %s stay an hour apart from %s', (timezone, from) => {
    const slots = stepping(scheduled('0 * * * *', timezone, new Date(from)), 8);
    const gaps = slots.slice(1).map((slot, n) => Date.parse(slot) - Date.parse(slots[n] ?? ''));
    expect(gaps).toEqual(Array.from({ length: 7 }, () => HOUR_MS));
  });
});

describe('ranges of slots', () => {
  const daily = scheduled('0 6 * * *', 'UTC', new Date('2026-03-01T06:00:00Z'));

  it.each([
    ['the launch itself is no slot', '2026-02-01T00:00:00Z', '2026-03-01T07:00:00Z', []],
    ['the start is outside', '2026-03-02T06:00:00Z', '2026-03-02T07:00:00Z', []],
    ['the end is inside', '2026-03-02T06:00:00Z', '2026-03-03T06:00:00Z', ['2026-03-03']],
    ['a millisecond earlier it is not', '2026-03-02T06:00:00Z', '2026-03-03T05:59:59.999Z', []],
    ['an end before the start holds none', '2026-03-05T06:00:00Z', '2026-03-03T06:00:00Z', []],
  ])('%s', (_, after, until, days) => {
    const range = { after: new Date(after), until: new Date(until) };
    expect(texts(slotsIn(daily, range)).map((slot) => slot.slice(0, 10))).toEqual(days);
    expect(firstSlot(daily, range)?.toISOString().slice(0, 10) ?? null).toBe(days[0] ?? null);
  });

  it('are empty without a schedule', () => {
    const never: Scheduled = { ...daily, plan: { schedule: null, timezone: 'UTC' } };
    expect(firstSlot(never, { after: new Date(0), until: null })).toBeNull();
    expect(slotsIn(never, { after: new Date(0), until: new Date() })).toEqual([]);
  });
});
