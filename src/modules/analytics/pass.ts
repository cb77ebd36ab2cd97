import type { CountedPlan } from '../../domain/evaluation/counted-columns.js';
import type { FrozenCaps } from '../../domain/evaluation/history.js';
import type { AnalysisPlan } from '../../domain/experiments/plan.js';
import type { Snapshot } from './snapshot.js';
import type { SqlParameters } from './sql-parameters.js';
import type { StateLayout } from './state-layout.js';

export type MeasuredPlan = CountedPlan &
  Pick<AnalysisPlan, 'unit' | 'timezone'> & { variants: readonly { key: string }[] };

/** One pass over the log: of which project, up to where, and for whom. */
export interface Pass {
  /** The project's number in the log. */
  project: number;
  /** Whose units: those that an experiment exposed, or everybody first seen since an instant. */
  subject: { experimentId: string } | { firstSeenFrom: Date };
  plan: MeasuredPlan;
  layout: StateLayout;
  /** Attributes of the first exposure that are kept with each unit. */
  dimensions: readonly string[];
  /** Nothing that occurred before counts: neither exposures nor what is looked back at. */
  since: Date | null;
  asOf: Date;
  enrolmentEndedAt: Date | null;
  /** An older snapshot; null for the one the transaction has. */
  snapshot: Snapshot | null;
  /** Imports whose events are void. */
  reversed: readonly number[];
  /** Whether any two units of the project are linked. */
  hasLinks: boolean;
  /** Limits of winsorised metrics, by metric key; what is not there is not cut. */
  caps: FrozenCaps;
  /** Products of sums are taken as numeric: they leave 64 bits. */
  isWide: boolean;
}

/** Which of the rows of `alias` a pass may see: of its snapshot, of no voided import. */
export function isSeen(
  alias: string,
  { snapshot, reversed }: Pick<Pass, 'snapshot' | 'reversed'>,
  parameters: SqlParameters,
): string {
  const conditions = ['true'];
  if (snapshot !== null) conditions.push(isVisible(`${alias}.xid`, snapshot, parameters));
  if (reversed.length > 0) {
    const list = parameters.bind(JSON.stringify(reversed));
    conditions.push(`(${alias}.import IS NULL OR NOT ${list}::jsonb @> to_jsonb(${alias}.import))`);
  }
  return conditions.join(' AND ');
}

/** Whether the transaction `xid` had committed when the snapshot was taken; it has by now. */
export function isVisible(
  xid: string,
  { xmin, xmax, running }: Snapshot,
  parameters: SqlParameters,
): string {
  const under = running.map((one) => `${xid} <> ${parameters.bind(one)}::bigint`);
  const inside = [`${xid} < ${parameters.bind(xmax)}::bigint`, ...under].join(' AND ');
  return `(${xid} < ${parameters.bind(xmin)}::bigint OR (${inside}))`;
}

/** The tables of a state: those that stay, or temporary ones for a single reading. */
export interface StateTables {
  number: number;
  units: string;
  occurrences: string;
  excess: string;
  moments: string;
}

export function keptTables(number: number): StateTables {
  return {
    number,
    units: 'evaluation_unit',
    occurrences: 'evaluation_occurrence',
    excess: 'evaluation_excess',
    moments: 'evaluation_moment',
  };
}

export const SCRATCH_TABLES: StateTables = {
  number: 0,
  units: 'scratch_unit',
  occurrences: 'scratch_occurrence',
  excess: 'scratch_excess',
  moments: 'scratch_moment',
};

/**
 * What a transaction works on: new rows of the log, changes of units before they are written, who leads
 * to whom, and a state for a single reading. They empty themselves at its end.
 */
export const WORK_TABLES_SQL = `
  SET LOCAL client_min_messages = warning;
  CREATE TEMP TABLE IF NOT EXISTS fresh_event ON COMMIT DELETE ROWS AS
    SELECT event.occurred_at, event.received_at, event.value, event.amount_minor, event.key,
      event.unit, event.refers_to, event.experiment_id, event.type, event.variant, event.name,
      event.currency, event.properties, event.unassigned
    FROM event WITH NO DATA;
  CREATE TEMP TABLE IF NOT EXISTS unit_change (LIKE evaluation_unit, sign smallint NOT NULL)
    ON COMMIT DELETE ROWS;
  CREATE INDEX IF NOT EXISTS unit_change_ix ON unit_change (unit);
  CREATE TEMP TABLE IF NOT EXISTS unit_member (member uuid NOT NULL, unit uuid NOT NULL)
    ON COMMIT DELETE ROWS;
  CREATE INDEX IF NOT EXISTS unit_member_ix ON unit_member (unit);
  CREATE TEMP TABLE IF NOT EXISTS scratch_unit (LIKE evaluation_unit INCLUDING INDEXES)
    ON COMMIT DELETE ROWS;
  CREATE TEMP TABLE IF NOT EXISTS scratch_occurrence (LIKE evaluation_occurrence INCLUDING INDEXES)
    ON COMMIT DELETE ROWS;
  CREATE TEMP TABLE IF NOT EXISTS scratch_excess (LIKE evaluation_excess INCLUDING INDEXES)
    ON COMMIT DELETE ROWS;
  CREATE TEMP TABLE IF NOT EXISTS scratch_moment (LIKE evaluation_moment INCLUDING INDEXES)
    ON COMMIT DELETE ROWS`;
