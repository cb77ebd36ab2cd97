import { randomUUID } from 'node:crypto';
import { dayAt, type Happenings } from './happened-rows.js';
import type { HappenedRow } from './moments-oracle-units.js';

const HOUR = 1 / 24;
/** Where windows open and close, and a moment beside them. */
const EDGES = [-7, 0, HOUR, 1, 7, 8, 30, 44].flatMap((day) => [day, day - 1e-5]);
const DEVICES = ['phone', 'desk', 'tablet', '', undefined, null, 3, true];

/**
 * Units with a past, a first and a second exposure, behaviour at the edges of windows, money and what
 * is taken back of it; a third of the rows reached the log at a time of their own.
 */
export function crowdOf(
  happenings: Happenings,
  units: number,
  uniform: () => number,
): HappenedRow[] {
  const one = <T>(of: readonly T[]): T => of[Math.floor(uniform() * of.length)] as T;
  const times = (most: number): number[] => [...Array(Math.floor(uniform() * (most + 1))).keys()];
  const reached = (row: HappenedRow): HappenedRow => {
    const days = (Date.parse(row.at) - Date.parse(dayAt(0))) / 86_400_000;
    return uniform() < 1 / 3 ? { ...row, receivedAt: dayAt(days + uniform() * 2) } : row;
  };
  return [...Array(units).keys()].flatMap((n) => {
    const unit = `unit${n}`;
    const variant = one(['control', 'short']);
    const exposed = Math.floor(uniform() * 6 * 24) / 24;
    const when = (days: number): number =>
      exposed + (uniform() < 0.3 ? one(EDGES) : uniform() * days - 8);
    const attributes = { properties: { device: DEVICES[n % DEVICES.length], visits: n % 5 } };
    const rows = [happenings.met(unit, variant, exposed, attributes)];
    if (uniform() < 0.3) rows.push(happenings.met(unit, variant, exposed + 1));
    for (const _ of times(9)) {
      const name = one(['clicks', 'views', 'orders']);
      const value = uniform() < 0.8 ? { value: Math.round(uniform() * 2_000 - 300) / 100 } : {};
      rows.push(
        happenings.did(unit, name, when(18), { ...value, properties: properties(uniform) }),
      );
    }
    for (const _ of times(2)) {
      const sale = happenings.paid(unit, Math.floor(uniform() * 9_000), when(50), {
        properties: properties(uniform),
      });
      rows.push(sale);
      if (uniform() < 0.4) {
        const refersTo = uniform() < 0.8 ? sale.id : randomUUID();
        rows.push(happenings.paid(unit, -Math.floor(uniform() * 3_000), when(50), { refersTo }));
      }
      if (uniform() < 0.3) rows.push(happenings.paid(unit, -100, when(50), { name: 'cogs' }));
    }
    return rows.map(reached);
  });
}

function properties(uniform: () => number): Record<string, unknown> {
  const some: [string, unknown][] = [
    ['size', 'large'],
    ['colour', null],
    ['size', Math.floor(uniform() * 10)],
    ['weight', Math.round(uniform() * 1_000) / 1_000],
    ['colour', uniform() < 0.6 ? 'red' : 'blue'],
    ['isNew', uniform() < 0.5],
  ];
  return Object.fromEntries(some.filter(() => uniform() < 0.6));
}
