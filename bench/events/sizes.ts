/** How much is stored and sent. `BENCH_EVENTS_SCALE` below 1 makes all of it smaller, for a trial. */

export const ROUNDS = 5;
/** Events of a unit, its exposure included. */
export const EVENTS_PER_UNIT = 20;
/** The largest batch that is taken. */
export const BATCH = 500;

export interface Sizes {
  scale: number;
  /** Events in the two logs whose evaluations are compared. */
  large: number;
  small: number;
  /** Events in the log that ingestion writes into. */
  filled: number;
  /** New events before a refresh: a few, and one in a hundred. */
  few: number;
  hundredth: number;
  /** Events of one cell of ingestion, and of one single-event client. */
  ingested: number;
  singlesPerClient: number;
  /** Events of the import whose memory is watched. */
  imported: number;
}

/** @throws Error for a scale that is no share */
export function sizesFor(given: string | undefined): Sizes {
  const scale = Number(given ?? 1);
  if (!(scale > 0 && scale <= 1)) throw new Error('BENCH_EVENTS_SCALE is above 0 and at most 1');
  const of = (whole: number, unit: number): number =>
    Math.max(1, Math.round((whole * scale) / unit)) * unit;
  return {
    scale,
    large: of(5_000_000, EVENTS_PER_UNIT),
    small: of(250_000, EVENTS_PER_UNIT),
    filled: of(6_000_000, EVENTS_PER_UNIT),
    few: of(10_000, 1),
    hundredth: of(50_000, 1),
    ingested: of(100_000, BATCH),
    singlesPerClient: of(250, 1),
    imported: of(5_000_000, BATCH),
  };
}
