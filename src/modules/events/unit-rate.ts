import { Injectable } from '@nestjs/common';

/** More events of one unit in an hour are a programme that loops, not a person. */
export const UNIT_EVENTS_AN_HOUR_MAX = 10_000;

const HOUR_MS = 3_600_000;
const COUNTERS = 2 ** 18;

/**
 * How many events each unit brought in this hour, in memory that does not grow with the number of
 * units: two rows of counters, of which a unit has one each, chosen by its key. Others that share a
 * counter can only make a count too high, and both must be shared for that to matter.
 *
 * Source: Cormode, Muthukrishnan (2005), the count-min sketch.
 */
@Injectable()
export class UnitRate {
  private readonly first = new Uint16Array(COUNTERS);
  private readonly second = new Uint16Array(COUNTERS);
  private hour = 0;

  /** How many more events of the unit may come in this hour. */
  left(unit: string, now: Date): number {
    this.turn(now);
    const [a, b] = countersOf(unit);
    const counted = Math.min(this.first[a] ?? 0, this.second[b] ?? 0);
    return Math.max(0, UNIT_EVENTS_AN_HOUR_MAX - counted);
  }

  /** Counts one event that was stored. */
  count(unit: string, now: Date): void {
    this.turn(now);
    const [a, b] = countersOf(unit);
    this.first[a] = Math.min((this.first[a] ?? 0) + 1, UNIT_EVENTS_AN_HOUR_MAX);
    this.second[b] = Math.min((this.second[b] ?? 0) + 1, UNIT_EVENTS_AN_HOUR_MAX);
  }

  private turn(now: Date): void {
    const hour = Math.floor(now.getTime() / HOUR_MS);
    if (hour === this.hour) return;
    this.hour = hour;
    this.first.fill(0);
    this.second.fill(0);
  }
}

/** The key of a unit is a salted hash already: two parts of it are as good as two hashes. */
function countersOf(unit: string): [number, number] {
  return [
    parseInt(unit.slice(0, 8), 16) % COUNTERS,
    // The last eight digits.
    parseInt(unit.slice(-8), 16) % COUNTERS,
  ];
}
