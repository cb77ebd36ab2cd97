import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../domain/experiments/canonical-json.js';
import type { Cap } from '../../stats/rows/winsorise.js';
import { readMomentsSql, scanMomentsSql } from './moments.sql.js';
import { countExcessSql, countsMoney } from './excess.sql.js';
import type { Pass, StateTables } from './pass.js';
import { capsSql } from './quantiles.sql.js';
import { readQuantiles } from './read-quantiles.js';
import { StateReading, type VectorRow } from './read-state.js';
import { ask } from './sql-parameters.js';

interface Read {
  reading: StateReading;
  /** Units by the period of their exposure; null where the shares never changed. */
  unitsByPeriod: number[][] | null;
  lastExposureAt: Date | null;
  overRefunded: number;
}

/**
 * What a state says. Where a metric is cut at limits that are not those of the stored moments, the
 * units are summed again for this reading.
 * @param caps Limits the stored moments were cut at
 */
export async function readMoments(
  manager: EntityManager,
  tables: StateTables,
  pass: Pass,
  caps: Pass['caps'],
): Promise<Read> {
  const known = { ...pass, caps: await completeCaps(manager, tables, pass) };
  const isStored = canonicalJson(known.caps) === canonicalJson(caps);
  const rows = await ask<VectorRow>(manager, (parameters) =>
    isStored ? readMomentsSql(tables, parameters) : scanMomentsSql(tables, known, parameters),
  );
  const quantiles = await readQuantiles(manager, tables, pass);
  return {
    reading: new StateReading(rows, known, quantiles),
    unitsByPeriod: await unitsByPeriod(manager, tables, pass),
    lastExposureAt: await lastExposure(manager, tables, pass),
    overRefunded: await overRefunded(manager, tables, pass),
  };
}

/** How many units there are since an instant, and when the first was seen. */
export async function recentUnits(
  manager: EntityManager,
  tables: StateTables,
  since: Date,
): Promise<{ recentUnits: number; firstSeenAt: Date | null }> {
  const [found] = (await manager.query(
    `SELECT count(*) FILTER (WHERE kept.exposed_at >= $2)::int AS recent,
       min(kept.exposed_at) AS first
     FROM ${tables.units} AS kept WHERE kept.state = $1`,
    [tables.number, since],
  )) as { recent: number; first: Date | null }[];
  return { recentUnits: found?.recent ?? 0, firstSeenAt: found?.first ?? null };
}

async function overRefunded(
  manager: EntityManager,
  tables: StateTables,
  pass: Pass,
): Promise<number> {
  if (!countsMoney(pass)) return 0;
  const [found] = await ask<{ sales: number }>(manager, (parameters) =>
    countExcessSql(tables, pass, parameters),
  );
  return found?.sales ?? 0;
}

/** Limits of all winsorised metrics; those that are not given are taken from the matured units. */
async function completeCaps(
  manager: EntityManager,
  tables: StateTables,
  pass: Pass,
): Promise<Pass['caps']> {
  const keyOf = (metric: number) => pass.plan.metrics[metric]?.definition.key ?? '';
  const missing = pass.layout.columns.filter(
    ({ cut, metric }) => cut !== null && pass.caps[keyOf(metric)] === undefined,
  );
  if (missing.length === 0) return pass.caps;
  const found = await ask<{ col: number; low: number; high: number }>(manager, (parameters) =>
    capsSql(missing, tables, pass, parameters),
  );
  const all: Record<string, Cap> = { ...pass.caps };
  for (const { column, metric, cut } of missing) {
    const cap = found.find(({ col }) => col === column);
    if (cap === undefined || cut === null) continue;
    all[keyOf(metric)] = { low: cut.bothSides ? cap.low : null, high: cap.high };
  }
  return all;
}

async function unitsByPeriod(
  manager: EntityManager,
  tables: StateTables,
  { plan, enrolmentEndedAt }: Pass,
): Promise<number[][] | null> {
  const killed = plan.variants.flatMap((variant) =>
    'killedAt' in variant && typeof variant.killedAt === 'string' ? [variant.killedAt] : [],
  );
  const changes = [...new Set(killed)].sort();
  if (changes.length === 0) return null;
  const rows = (await manager.query(
    `SELECT kept.arm, width_bucket(kept.exposed_at, $3::timestamptz[]) AS period,
       count(*)::int AS units
     FROM ${tables.units} AS kept
     WHERE kept.state = $1 AND kept.arm > 0
       AND ($2::timestamptz IS NULL OR kept.exposed_at < $2)
     GROUP BY kept.arm, period`,
    [tables.number, enrolmentEndedAt, changes],
  )) as { arm: number; period: number; units: number }[];
  return Array.from({ length: changes.length + 1 }, (_, period) =>
    plan.variants.map(
      (__, arm) => rows.find((row) => row.arm === arm + 1 && row.period === period)?.units ?? 0,
    ),
  );
}

async function lastExposure(
  manager: EntityManager,
  tables: StateTables,
  { enrolmentEndedAt }: Pass,
): Promise<Date | null> {
  const [found] = (await manager.query(
    `SELECT kept.exposed_at AS at FROM ${tables.units} AS kept
     WHERE kept.state = $1 AND kept.arm > 0
       AND ($2::timestamptz IS NULL OR kept.exposed_at < $2)
     ORDER BY kept.exposed_at DESC LIMIT 1`,
    [tables.number, enrolmentEndedAt],
  )) as { at: Date }[];
  return found?.at ?? null;
}
