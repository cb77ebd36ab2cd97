/** One line of what a benchmark prints and keeps. */
export interface Measure {
  id: string;
  value: number;
  unit: string;
  /** What is promised, in words; null while nothing is. */
  goal: string | null;
  holds: boolean | null;
}

/** A number that is shown and promises nothing. */
export function plain(id: string, value: number, unit: string): Measure {
  return { id, value, unit, goal: null, holds: null };
}

/** The middle one, the upper of two; NaN of nothing. */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}
