import { createHash, randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { Condition } from '../../src/domain/assignment/conditions.js';
import { canonicalJson } from '../../src/domain/experiments/canonical-json.js';
import type { ExperimentDefinition } from '../../src/domain/experiments/definition.js';
import { type AnalysisPlan, freezePlan } from '../../src/domain/experiments/plan.js';
import type { Metric } from '../../src/domain/metrics/metric.js';
import { UNDECLARED_COSTS } from '../../src/domain/money/costs.js';
import { oneRow } from '../support/embedded-database.js';

/** Fifty tests of two arms, for the same audience by two conditions: what every evaluator is asked. */

export const FLAGS = 50;

/** Flag 0 is also the one that is asked for alone. */
export const keyOf = (index: number): string => `flag-${String(index).padStart(2, '0')}`;
export const KEYS: readonly string[] = Array.from({ length: FLAGS }, (_, index) => keyOf(index));

export const CONDITIONS: readonly Condition[] = [
  { property: 'country', operator: 'in', values: ['DE', 'FR', 'NL'] },
  { property: 'seats', operator: 'gte', value: 5 },
];

/** One unit of a crowd; two thirds of them fulfil the conditions. */
export function contextOf(index: number): {
  targetingKey: string;
  country: string;
  seats: number;
} {
  const country = ['DE', 'FR', 'US'][index % 3] ?? 'DE';
  return { targetingKey: `visitor-${1_000_000 + index}`, country, seats: 5 + (index % 40) };
}

const PROFIT: Metric = {
  key: 'profit',
  name: 'Profit',
  role: 'downstream',
  kind: 'money',
  class: 'revenue',
  direction: 'increase',
  windowDays: 30,
  delayHours: 0,
  settlingDays: 14,
};

function definitionOf(key: string): ExperimentDefinition {
  return {
    key,
    name: key,
    kind: 'aa',
    touches: [],
    unit: 'visitor',
    assignment: 'internal',
    variants: [
      { key: 'control', name: 'Control', weight: 1, control: true },
      { key: 'treatment', name: 'Treatment', weight: 1 },
    ],
    audience: { populations: ['visitors'], conditions: CONDITIONS },
    traffic: 1,
    metrics: { leading: 'profit', deciding: 'profit', guardrails: [], secondary: [] },
    analysis: {
      alpha: 0.05,
      test: 'always_valid',
      adjustment: 'dunnett',
      relativeQuantile: 'test',
    },
  };
}

export function planOf(key: string, launchedAt: Date): AnalysisPlan {
  return freezePlan({
    definition: definitionOf(key),
    metrics: [PROFIT],
    seed: key,
    launchedAt,
    costs: UNDECLARED_COSTS,
    currency: 'USD',
    timezone: 'UTC',
    policy: { profile: 'explore', version: 1 },
  });
}

/** Puts all of them into the database, launched: an A/A row needs no passed gate. */
export async function launchFlags(db: Client): Promise<void> {
  const found = await oneRow<{ projectId: string; memberId: string; now: Date }>(
    db,
    `SELECT project.id AS "projectId", member.id AS "memberId", becausal_now() AS now FROM project
     JOIN member ON member.project_id = project.id WHERE project.key = 'default'`,
  );
  const { projectId, memberId, now } = found;
  for (const key of KEYS) {
    const id = randomUUID();
    const plan = planOf(key, now);
    await db.query(
      `INSERT INTO experiment (project_id, id, key, kind, status, definition, launched_at, version,
         created_by, created_at)
       VALUES ($1, $2, $3, 'aa', 'running', $4, $5, 1, $6, $5)`,
      [projectId, id, key, JSON.stringify(definitionOf(key)), now, memberId],
    );
    const digest = createHash('sha256').update(canonicalJson(plan)).digest('hex');
    await db.query(
      `INSERT INTO plan (project_id, experiment_id, version, body, digest, reason, frozen_by, frozen_at)
       VALUES ($1, $2, 1, $3, $4, 'launch', $5, $6)`,
      [projectId, id, JSON.stringify(plan), digest, memberId, now],
    );
  }
}
