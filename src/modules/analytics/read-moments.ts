import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../domain/experiments/canonical-json.js';
import type { Cap } from '../../stats/rows/winsorise.js';
import { readMomentsSql, scanMomentsSql } from './moments.sql.js';
import { leadsSql, linkView } from './links.sql.js';
import { isSeen, type Pass, type StateTables } from './pass.js';
import { capsSql } from './quantiles.sql.js';
import { readQuantiles } from './read-quantiles.js';
import { StateReading, type VectorRow } from './read-state.js';
import { SqlParameters } from './sql-parameters.js';

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
  const parameters = new SqlParameters();
  const sql = isStored
    ? readMomentsSql(tables, parameters)
    : scanMomentsSql(tables, known, parameters);
  const rows = (await manager.query(sql, parameters.values)) as VectorRow[];
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

/**
 * Sales after the exposure of a unit of the cohort whose refunds, in the same currency, are larger
 * than the sale. The cost follows the refunds there are; both ends are found by indexes.
 */
async function overRefunded(
  manager: EntityManager,
  tables: StateTables,
  pass: Pass,
): Promise<number> {
  if (!pass.layout.terms.some(({ type }) => type === 'money')) return 0;
  const parameters = new SqlParameters();
  const project = parameters.bind(pass.project);
  const asOf = parameters.bind(pass.asOf);
  const [found] = (await manager.query(
    `WITH RECURSIVE refunded AS MATERIALIZED (
       SELECT event.refers_to, event.currency, sum(event.amount_minor) AS amount
       FROM event
       WHERE event.project = ${project} AND event.refers_to IS NOT NULL AND event.type = 'money'
         AND event.occurred_at < ${asOf}::timestamptz AND ${isSeen('event', pass, parameters)}
       GROUP BY event.refers_to, event.currency
     ),
     sale AS MATERIALIZED (
       SELECT sold_event.unit, sold_event.occurred_at
       FROM refunded
       JOIN event_id AS sold ON sold.project = ${project} AND sold.key = refunded.refers_to
       AND sold.occurred_at < ${asOf}::timestamptz AND ${isSeen('sold', pass, parameters)}
     CROSS JOIN LATERAL (
       SELECT event.unit, event.amount_minor, event.occurred_at FROM event
       WHERE event.project = ${project} AND event.occurred_at = sold.occurred_at
         AND event.key = sold.key AND event.type = 'money'
         AND event.currency = refunded.currency
       OFFSET 0
     ) AS sold_event
       WHERE sold_event.amount_minor >= 0 AND sold_event.amount_minor + refunded.amount < 0
     )${pass.hasLinks ? `, ${leadsSql('SELECT sale.unit FROM sale', linkView(pass), parameters)}` : ''}
     SELECT count(*)::int AS sales
     FROM sale ${pass.hasLinks ? 'JOIN leads ON leads.member = sale.unit' : ''}
     JOIN ${tables.units} AS kept ON kept.state = ${parameters.bind(tables.number)}::int
       AND kept.unit = ${pass.hasLinks ? 'leads.unit' : 'sale.unit'} AND kept.arm > 0
       AND sale.occurred_at >= kept.exposed_at
       AND kept.exposed_at < coalesce(${parameters.bind(pass.enrolmentEndedAt)}::timestamptz, 'infinity')`,
    parameters.values,
  )) as { sales: number }[];
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
  const parameters = new SqlParameters();
  const found = (await manager.query(
    capsSql(missing, tables, pass, parameters),
    parameters.values,
  )) as { col: number; low: number; high: number }[];
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
