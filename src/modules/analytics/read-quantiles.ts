import type { EntityManager } from 'typeorm';
import { ALPHA_DEFAULT } from '../../domain/experiments/definition.js';
import { normal } from '../../stats/distributions.js';
import {
  orderProbabilities,
  type QuantileWithLimits,
} from '../../stats/rows/clustered-quantile.js';
import type { Pass, StateTables } from './pass.js';
import { quantileLimitsSql, quantilesSql } from './quantiles.sql.js';
import { ask } from './sql-parameters.js';

interface Place {
  matured: boolean;
  arm: number;
  col: number;
}
type Point = Place & { estimate: number; units: number; rows: number; squares: number };
type Limits = Place & { lower: number; upper: number };

/** The quantile of an arm in a column, or null when that column has none. */
export type FoundQuantiles = (
  arm: number,
  col: number,
  which: 'matured' | 'running',
) => QuantileWithLimits | null;

/**
 * Quantiles of events and the order statistics around them. How far around follows from how the
 * events spread over units, so the values are asked twice; a plan without quantiles asks nothing.
 */
export async function readQuantiles(
  manager: EntityManager,
  tables: StateTables,
  pass: Pass,
): Promise<FoundQuantiles> {
  const columns = pass.layout.columns.filter(({ quantile }) => quantile !== null);
  if (columns.length === 0) return () => null;
  const z = -normal.quantile((pass.plan.analysis.alpha ?? ALPHA_DEFAULT) / 2);
  const quantileAt = new Map(columns.map(({ column, quantile }) => [column, quantile ?? 0]));
  const points = await ask<Point>(manager, (bound) => quantilesSql(tables, pass, bound));
  const around = points.flatMap(({ matured, arm, col, units, rows, squares }) => {
    const quantile = quantileAt.get(col) ?? 0;
    const found = orderProbabilities('the arm', { quantile, z, rows, units, squares });
    return found.ok ? [{ matured, arm, col, low: found.low, high: found.high }] : [];
  });
  const limits =
    around.length === 0
      ? []
      : await ask<Limits>(manager, (bound) => quantileLimitsSql(around, tables, pass, bound));
  return (arm, col, which) => {
    const quantile = quantileAt.get(col);
    if (quantile === undefined) return null;
    const isHere = (at: Place): boolean =>
      at.arm === arm && at.col === col && at.matured === (which === 'matured');
    const { estimate = null, units = 0, rows = 0, squares = 0 } = points.find(isHere) ?? {};
    const { lower = null, upper = null } = limits.find(isHere) ?? {};
    return { quantile, z, rows, units, squares, estimate, lower, upper };
  };
}
