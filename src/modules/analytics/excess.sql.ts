import { TAKING_BACK } from '../../domain/money/ledger.js';
import { leadsSql, linkView } from './links.sql.js';
import { isSeen, type Pass, type StateTables } from './pass.js';
import type { SqlParameters } from './sql-parameters.js';

/**
 * Sales of which more was taken back than they brought, in the currency of the sale. They are kept by
 * sale, whoever it is of, so that only sales that something new refers to are asked about again.
 */

/** Every such sale, or those among "asked" (sale), into an emptied part of the table. */
export function addExcessSql(
  asked: string | null,
  tables: StateTables,
  pass: Pass,
  parameters: SqlParameters,
): string {
  const project = parameters.bind(pass.project);
  const asOf = parameters.bind(pass.asOf);
  const names = parameters.bind(TAKING_BACK);
  const isAsked = asked === null ? 'true' : `event.refers_to IN (${asked})`;
  return `WITH refunded AS MATERIALIZED (
      SELECT event.refers_to, event.currency, sum(event.amount_minor) AS amount
      FROM event
      WHERE event.project = ${project} AND event.refers_to IS NOT NULL AND event.type = 'money'
        AND event.name = ANY (${names}::text[])
        AND event.occurred_at < ${asOf}::timestamptz AND ${isSeen('event', pass, parameters)}
        AND ${isAsked}
      GROUP BY event.refers_to, event.currency
    )
    INSERT INTO ${tables.excess} (state, sale, unit, occurred_at)
    SELECT ${parameters.bind(tables.number)}::int, sale.key, sale.unit, sale.occurred_at
    FROM refunded
    CROSS JOIN LATERAL (
      SELECT sold.occurred_at FROM event_id AS sold
      WHERE sold.project = ${project} AND sold.key = refunded.refers_to
        AND sold.occurred_at < ${asOf}::timestamptz AND ${isSeen('sold', pass, parameters)}
      OFFSET 0
    ) AS sold
    CROSS JOIN LATERAL (
      SELECT event.key, event.unit, event.occurred_at, event.amount_minor FROM event
      WHERE event.project = ${project} AND event.occurred_at = sold.occurred_at
        AND event.key = refunded.refers_to AND event.type = 'money'
        AND event.currency = refunded.currency
      OFFSET 0
    ) AS sale
    WHERE sale.amount_minor >= 0 AND sale.amount_minor + refunded.amount < 0`;
}

/** Sales that new rows refer to, or are; as rows (sale). */
export const ASKED_SALES_SQL = `SELECT DISTINCT asked.sale
    FROM fresh_event AS fresh
    CROSS JOIN LATERAL (VALUES (fresh.key), (fresh.refers_to)) AS asked(sale)
    WHERE fresh.type = 'money' AND asked.sale IS NOT NULL`;

/** How many of them are of units of the cohort, after their exposure. */
export function countExcessSql(tables: StateTables, pass: Pass, parameters: SqlParameters): string {
  const sale = `SELECT kept.* FROM ${tables.excess} AS kept
      WHERE kept.state = ${parameters.bind(tables.number)}::int`;
  const leads = pass.hasLinks
    ? `, ${leadsSql('SELECT sale.unit FROM sale', linkView(pass), parameters)}`
    : '';
  return `WITH RECURSIVE sale AS MATERIALIZED (${sale}) ${leads}
    SELECT count(*)::int AS sales
    FROM sale ${pass.hasLinks ? 'JOIN leads ON leads.member = sale.unit' : ''}
    JOIN ${tables.units} AS kept ON kept.state = ${parameters.bind(tables.number)}::int
      AND kept.unit = ${pass.hasLinks ? 'leads.unit' : 'sale.unit'} AND kept.arm > 0
      AND sale.occurred_at >= kept.exposed_at
      AND kept.exposed_at < coalesce(${parameters.bind(pass.enrolmentEndedAt)}::timestamptz, 'infinity')`;
}

/** Whether a plan counts money at all. */
export function countsMoney({ layout }: Pass): boolean {
  return layout.terms.some(({ type }) => type === 'money');
}
