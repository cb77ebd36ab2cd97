import { createHash, randomUUID } from 'node:crypto';
import type { UnitRef } from '../../src/domain/events/event.js';
import { canonicalJson } from '../../src/domain/experiments/canonical-json.js';
import type {
  Analysis,
  Assignment,
  ChainLink,
  ExperimentDefinition,
  ExperimentKind,
  Rationale,
  Schedule,
  UnitKind,
  Variant,
} from '../../src/domain/experiments/definition.js';
import type { ExperimentState } from '../../src/domain/experiments/lifecycle.js';
import { type AnalysisPlan, freezePlan } from '../../src/domain/experiments/plan.js';
import type { Metric } from '../../src/domain/metrics/metric.js';
import { type CostDeclarations, UNDECLARED_COSTS } from '../../src/domain/money/costs.js';
import { type EventSpace, eventKey, unitKey } from '../../src/modules/events/event-keys.js';
import type { TestApp } from './test-app.js';

export interface EvaluatedChanges {
  key?: string;
  kind?: ExperimentKind;
  status?: ExperimentState;
  /** `external` when left out: then exposures may say any variant. */
  assignment?: Assignment;
  traffic?: number;
  variants?: readonly Variant[];
  launchedAt?: string;
  enrolmentEndedAt?: string;
  metrics?: readonly Metric[];
  leading?: string;
  guardrails?: readonly string[];
  secondary?: readonly string[];
  analysis?: Partial<Analysis>;
  schedule?: Schedule;
  chain?: readonly ChainLink[];
  /** The reason beside its chain. */
  rationale?: Omit<Rationale, 'chain'>;
  costs?: CostDeclarations;
  currency?: string;
  timezone?: string;
  killed?: { variant: string; at: string };
  /** `standard` as it is built in when left out. */
  policy?: AnalysisPlan['policy'];
}

/** A metric over a week, with what a test says of it. */
export function aMetric(changes: Partial<Metric> & { key: string }): Metric {
  return {
    name: changes.key,
    role: 'proxy',
    kind: 'proportion',
    class: 'engagement',
    direction: 'increase',
    windowDays: 7,
    delayHours: 0,
    settlingDays: 0,
    ...(changes.kind === 'money' ? {} : { event: changes.key }),
    ...changes,
  };
}

export const PROFIT = aMetric({
  key: 'profit',
  kind: 'money',
  role: 'downstream',
  class: 'revenue',
  windowDays: 30,
  settlingDays: 14,
});

/** An experiment in the middle of its life, with its frozen plan, put straight into the database. */
export async function evaluatedExperiment(
  app: Pick<TestApp, 'sql'>,
  changes: EvaluatedChanges = {},
): Promise<{ id: string; key: string; projectId: string; plan: AnalysisPlan }> {
  const launchedAt = new Date(changes.launchedAt ?? '2026-01-01T00:00:00Z');
  const metrics = [PROFIT, ...(changes.metrics ?? [aMetric({ key: 'clicks' })])];
  const definition = definitionOf(changes, metrics);
  const frozen = freezePlan({
    definition,
    metrics,
    seed: definition.key,
    launchedAt,
    costs: changes.costs ?? UNDECLARED_COSTS,
    currency: changes.currency ?? 'USD',
    timezone: changes.timezone ?? 'UTC',
    policy: changes.policy ?? { profile: 'standard', version: 1 },
  });
  const { killed } = changes;
  const plan: AnalysisPlan = {
    ...frozen,
    variants: frozen.variants.map((variant) =>
      variant.key === killed?.variant ? { ...variant, killed: true, killedAt: killed.at } : variant,
    ),
  };
  const [project] = await app.sql<{ id: string; member: string }>(
    `SELECT project.id, member.id AS member FROM project
     JOIN member ON member.project_id = project.id WHERE project.key = 'default'`,
  );
  if (project === undefined) throw new Error('the database was not bootstrapped');
  const id = randomUUID();
  const decision = definition.kind === 'ab' ? randomUUID() : null;
  if (decision !== null) await passCreateGate(app, { decision, id, key: definition.key, project });
  await app.sql(
    `INSERT INTO experiment (project_id, id, key, kind, status, definition, create_decision_id,
       launched_at, enrolment_ended_at, version, created_by, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $8)`,
    [
      project.id,
      id,
      definition.key,
      definition.kind,
      changes.status ?? 'running',
      JSON.stringify(definition),
      decision,
      launchedAt,
      changes.enrolmentEndedAt ?? null,
      project.member,
    ],
  );
  await app.sql(
    `INSERT INTO plan (project_id, experiment_id, version, body, digest, reason, frozen_by, frozen_at)
     VALUES ($1, $2, 1, $3, $4, 'launch', $5, $6)`,
    [
      project.id,
      id,
      JSON.stringify(plan),
      createHash('sha256').update(canonicalJson(plan)).digest('hex'),
      project.member,
      launchedAt,
    ],
  );
  return { id, key: definition.key, projectId: project.id, plan };
}

function definitionOf(changes: EvaluatedChanges, metrics: readonly Metric[]): ExperimentDefinition {
  return {
    key: changes.key ?? 'checkout',
    name: 'A shorter checkout',
    kind: changes.kind ?? 'ab',
    touches: [],
    unit: 'visitor',
    assignment: changes.assignment ?? 'external',
    variants: changes.variants ?? [
      { key: 'control', name: 'As it is', weight: 1, control: true },
      { key: 'short', name: 'Short', weight: 1 },
    ],
    audience: { populations: ['visitors'] },
    traffic: changes.traffic ?? 1,
    metrics: {
      leading: changes.leading ?? metrics[1]?.key ?? 'profit',
      deciding: 'profit',
      guardrails: changes.guardrails ?? [],
      secondary: changes.secondary ?? [],
    },
    analysis: {
      alpha: 0.05,
      test: 'fixed_horizon',
      adjustment: 'dunnett',
      relativeQuantile: 'test',
      ...changes.analysis,
    },
    ...(changes.schedule === undefined ? {} : { schedule: changes.schedule }),
    ...(changes.chain === undefined
      ? {}
      : { rationale: { ...changes.rationale, chain: changes.chain } }),
  };
}

async function passCreateGate(
  app: Pick<TestApp, 'sql'>,
  facts: {
    decision: string;
    id: string;
    key: string;
    project: { id: string; member: string };
  },
): Promise<void> {
  await app.sql(
    `INSERT INTO gate_decision (project_id, id, gate, outcome, subject_id, subject_key,
       policy_profile, policy_version, input_digest, report, decided_by, decided_at)
     VALUES ($1, $2, 'create', 'pass', $3, $4, 'standard', 1, '', '{}', $5, becausal_now())`,
    [facts.project.id, facts.decision, facts.id, facts.key, facts.project.member],
  );
}

/** One row of the log; `unit` is the id of a visitor, or of what `kind` says. */
export interface LoggedRow {
  id?: string;
  kind?: UnitKind;
  unit: string;
  /** The unit it also is, of a higher kind: the row is an `identify`. */
  to?: UnitRef;
  at: string;
  experiment?: string;
  variant?: string;
  name?: string;
  value?: number;
  amountMinor?: number;
  currency?: string;
  refersTo?: string;
  properties?: object;
  receivedAt?: string;
  /** Number of the import that brought it. */
  import?: number;
  unassigned?: true;
}

export const exposure = (unit: string, variant: string, at: string): LoggedRow => ({
  unit,
  variant,
  at,
});
export const behaviour = (unit: string, name: string, at: string, more = {}): LoggedRow => ({
  unit,
  name,
  at,
  ...more,
});
export const money = (
  unit: string,
  name: string,
  amountMinor: number,
  at: string,
  more: Partial<LoggedRow> = {},
): LoggedRow => ({ unit, name, amountMinor, currency: 'USD', at, ...more });

/** Appends rows to the log as one transaction. Exposures are of `experiment`. */
export async function log(
  app: TestApp,
  experiment: { id: string; projectId: string },
  rows: readonly LoggedRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const space = await spaceOf(app, experiment.projectId);
  await app.sql('SELECT ensure_event_week(at) FROM unnest($1::timestamptz[]) AS at', [
    [...new Set(rows.map(({ at }) => at))],
  ]);
  const ids = rows.map(({ id }) => id ?? randomUUID());
  const of = <T>(pick: (row: LoggedRow, index: number) => T): T[] => rows.map(pick);
  await app.sql(APPEND, [
    space.number,
    experiment.id,
    of((_, index) => eventKey(space, ids[index] ?? '')),
    ids,
    of(typeOf),
    of((row) => row.kind ?? 'visitor'),
    of((row) => row.unit),
    of((row) => unitKey(space, { kind: row.kind ?? 'visitor', id: row.unit })),
    of((row) => row.at),
    of((row) => row.receivedAt ?? row.at),
    of((row) => row.variant ?? null),
    of((row) => row.name ?? null),
    of((row) => row.value ?? null),
    of((row) => row.amountMinor ?? null),
    of((row) => row.currency ?? null),
    of((row) => (row.refersTo === undefined ? null : eventKey(space, row.refersTo))),
    of(propertiesOf),
    of((row) => row.import ?? null),
    of((row) => row.unassigned ?? null),
    of((row) => (row.to === undefined ? null : unitKey(space, row.to))),
    of((row) => row.to?.kind ?? null),
  ]);
}

const APPEND = `
  WITH sent AS (
    SELECT * FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[],
      $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[], $13::float8[],
      $14::bigint[], $15::text[], $16::uuid[], $17::jsonb[], $18::int[], $19::bool[], $20::uuid[],
      $21::text[])
      AS row(key, id, type, kind, unit_id, unit, at, received, variant, name, value, amount,
        currency, refers_to, properties, import, unassigned, to_unit, to_kind)
  ), taken AS (
    INSERT INTO event_id (project, key, occurred_at, digest, import)
    SELECT $1, sent.key, sent.at, 0, sent.import FROM sent
  ), linked AS (
    INSERT INTO identity_link (project, occurred_at, key, import, from_unit, to_unit, from_kind,
      to_kind)
    SELECT $1, sent.at, sent.key, sent.import, sent.unit, sent.to_unit, sent.kind, sent.to_kind
    FROM sent WHERE sent.type = 'identify'
  )
  INSERT INTO event (project, key, id, type, unit_kind, unit_id, unit, occurred_at, received_at,
    experiment_id, variant, name, value, amount_minor, currency, refers_to, properties, import,
    unassigned, source)
  SELECT $1, sent.key, nullif(sent.id, sent.key::text), sent.type, sent.kind, sent.unit_id,
    sent.unit, sent.at, sent.received, CASE sent.type WHEN 'exposure' THEN $2::uuid END,
    sent.variant, sent.name, sent.value, sent.amount, sent.currency, sent.refers_to,
    sent.properties, sent.import, sent.unassigned, 'server'
  FROM sent`;

/** What the log knows of a project: its number and the salt of its keys. */
async function spaceOf(app: TestApp, projectId: string): Promise<EventSpace> {
  await app.sql('INSERT INTO event_space (project_id) VALUES ($1) ON CONFLICT DO NOTHING', [
    projectId,
  ]);
  const [space] = await app.sql<EventSpace>(
    `SELECT event_space.number, event_space.salt FROM event_space
     WHERE event_space.project_id = $1`,
    [projectId],
  );
  if (space === undefined) throw new Error('a project has no space in the log');
  return space;
}

function propertiesOf(row: LoggedRow): string | null {
  const properties = row.to === undefined ? row.properties : { to: row.to };
  return properties === undefined ? null : JSON.stringify(properties);
}

function typeOf({ variant, amountMinor, to }: LoggedRow): string {
  if (to !== undefined) return 'identify';
  if (variant !== undefined) return 'exposure';
  return amountMinor === undefined ? 'event' : 'money';
}
