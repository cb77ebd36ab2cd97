import type { ProjectedMoney, ProjectionReport } from './money-report.js';
import type { AbsoluteEffect, ComparisonReport } from './result.js';

/** What the differences of money come to: per unit is how it is compared, and nobody pays per unit. */

export interface ProjectionCase {
  comparisons: readonly ComparisonReport[];
  /** Matured units of each variant. */
  units: Readonly<Record<string, number>>;
  /** Units that would meet a shipped variant in a year; null while that is not known. */
  unitsPerYear: number | null;
  /** The metric compares values that are cut. */
  isCapped: boolean;
}

/**
 * For each variant whose comparison was computed: the difference per unit, with the interval that is
 * valid at this look, times its matured units, and times the units of a year at the experiment's
 * traffic. A year is an extrapolation: it takes for granted that traffic and effect stay as they were.
 */
export function projectionsOf(situation: ProjectionCase): ProjectionReport[] {
  const { comparisons, units, isCapped } = situation;
  return comparisons.flatMap(({ variant, absolute, uncapped }) => {
    const n = units[variant] ?? 0;
    if (absolute === undefined || n === 0) return [];
    return [
      {
        variant,
        values: isCapped ? 'capped' : 'uncapped',
        ...projected(absolute, n, situation),
        ...(uncapped === undefined ? {} : { uncapped: projected(uncapped, n, situation) }),
      } satisfies ProjectionReport,
    ];
  });
}

function projected(
  effect: AbsoluteEffect,
  units: number,
  { unitsPerYear }: ProjectionCase,
): Pick<ProjectionReport, 'soFar' | 'perYear'> {
  return {
    soFar: over(effect, units),
    ...(unitsPerYear === null ? {} : { perYear: over(effect, unitsPerYear) }),
  };
}

function over({ estimate, lower, upper }: AbsoluteEffect, units: number): ProjectedMoney {
  return { units, estimate: estimate * units, lower: lower * units, upper: upper * units };
}
