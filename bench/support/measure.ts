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

/** How far a median may miss its goal on a machine that others use too. */
const TOLERANCE = 0.25;

export interface RatioGoal {
  is: 'at least' | 'at most';
  than: number;
  /** The goal is for the full size of the benchmark; at another it is shown and not judged. */
  isJudged: boolean;
}

/** Ratios of all rounds: the smallest, the largest, and their median beside its goal. */
export function ratioRows(
  id: string,
  ratios: readonly number[],
  { is, than, isJudged }: RatioGoal,
): Measure[] {
  const middle = median(ratios);
  const holds =
    is === 'at least' ? middle >= than * (1 - TOLERANCE) : middle <= than * (1 + TOLERANCE);
  return [
    plain(`${id}-min`, Math.min(...ratios), 'times'),
    plain(`${id}-max`, Math.max(...ratios), 'times'),
    {
      ...plain(id, middle, 'times'),
      goal: `${is} ${than}, ${TOLERANCE * 100} % tolerance${isJudged ? '' : '; not judged at this size'}`,
      holds: isJudged ? holds : null,
    },
  ];
}
