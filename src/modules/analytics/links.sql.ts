import { isSeen, isVisible, type Pass } from './pass.js';
import type { Snapshot } from './snapshot.js';
import type { SqlParameters } from './sql-parameters.js';

/**
 * Who a unit leads to. Links go from a visitor to a user and from a user to an account, or between
 * two of a kind; of several links of one unit the earliest counts, whenever it arrived. A unit of a
 * visitor or user experiment is a person, so its path ends before an account; of an account
 * experiment it is a company. Where a path comes back to itself, the smallest key of the circle
 * stands for all of it.
 */
export interface LinkView extends Pick<Pass, 'project' | 'asOf' | 'snapshot' | 'reversed'> {
  unitKind: Pass['plan']['unit'];
}

export function linkView({ project, asOf, snapshot, reversed, plan }: Pass): LinkView {
  return { project, asOf, snapshot, reversed, unitKind: plan.unit };
}

/**
 * Common table expressions that end in "leads" (member, unit) for the units of "start" (unit).
 * @param prefix Keeps two of them apart in one statement
 */
export function leadsSql(
  start: string,
  view: LinkView,
  parameters: SqlParameters,
  prefix = '',
): string {
  return `${prefix}climb(member, at, path, step) AS (
      SELECT DISTINCT start.unit, start.unit, ARRAY[]::uuid[], 0 FROM (${start}) AS start
    UNION ALL
      SELECT climb.member, first.to_unit, climb.path || climb.at, climb.step + 1
      FROM ${prefix}climb AS climb
      CROSS JOIN LATERAL (
        SELECT link.to_unit FROM identity_link AS link
        WHERE link.from_unit = climb.at AND ${isLink('link', view, parameters)}
        ORDER BY link.occurred_at, link.key LIMIT 1
      ) AS first
      WHERE climb.at <> ALL (climb.path)
    ),
    ${prefix}leads AS (
      SELECT DISTINCT ON (climb.member) climb.member,
        CASE WHEN climb.at = ANY (climb.path) THEN (
          SELECT circle.unit
          FROM unnest(climb.path[array_position(climb.path, climb.at):]) AS circle(unit)
          ORDER BY circle.unit LIMIT 1
        ) ELSE climb.at END AS unit
      FROM ${prefix}climb AS climb
      ORDER BY climb.member, climb.step DESC
    )`;
}

/**
 * Common table expressions that end in "found" (unit): every unit from which any path of links leads
 * to one of "start" (unit).
 */
export function belowSql(start: string, view: LinkView, parameters: SqlParameters): string {
  return `below(unit) AS (
      SELECT start.unit FROM (${start}) AS start
    UNION
      SELECT link.from_unit FROM below
      JOIN identity_link AS link ON link.to_unit = below.unit
        AND ${isLink('link', view, parameters)}
    )`;
}

/** The same links as they were before: of an older snapshot and instant. */
export function linksBefore(
  view: LinkView,
  before: { snapshot: Snapshot; asOf: Date; reversed: readonly number[] },
): LinkView {
  return { ...view, ...before };
}

/** Links of which the state before knows nothing, as rows (from_unit, to_unit). */
export function freshLinksSql(
  { project, asOf, snapshot, reversed }: LinkView,
  before: { snapshot: Snapshot; asOf: Date },
  parameters: SqlParameters,
): string {
  const seen = isSeen('link', { snapshot, reversed }, parameters);
  const now = parameters.bind(asOf);
  const then = parameters.bind(before.asOf);
  return `SELECT link.from_unit, link.to_unit FROM identity_link AS link
    WHERE link.project = ${parameters.bind(project)} AND ${seen}
      AND link.occurred_at < ${now}::timestamptz
      AND ((link.xid >= ${parameters.bind(before.snapshot.xmin)}::bigint
          AND NOT ${isVisible('link.xid', before.snapshot, parameters)})
        OR link.occurred_at >= ${then}::timestamptz)`;
}

function isLink(alias: string, view: LinkView, parameters: SqlParameters): string {
  const conditions = [
    `${alias}.project = ${parameters.bind(view.project)}`,
    `${alias}.occurred_at < ${parameters.bind(view.asOf)}::timestamptz`,
    isSeen(alias, view, parameters),
  ];
  if (view.unitKind !== 'account') conditions.push(`${alias}.to_kind <> 'account'`);
  return conditions.join(' AND ');
}
