import { createHash, randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { canonicalJson } from '../../src/domain/experiments/canonical-json.js';
import type { ExperimentDefinition } from '../../src/domain/experiments/definition.js';
import { freezePlan } from '../../src/domain/experiments/plan.js';
import type { Metric } from '../../src/domain/metrics/metric.js';
import { UNDECLARED_COSTS } from '../../src/domain/money/costs.js';
import { oneRow } from '../support/embedded-database.js';

/** The experiment that is evaluated: two arms, ten metrics, a week after the exposure and two before. */

export const EXPERIMENT_KEY = 'measured';
export const VARIANTS = ['control', 'treatment'] as const;
export const WINDOW_DAYS = 7;
/** Money is complete a week after its window. */
export const SETTLING_DAYS = 7;
export const DAYS_BEFORE = 14;
export const ENROLMENT_DAYS = 28;
/** The last exposures of the stored log are two days old. */
export const LAUNCHED_DAYS_AGO = 30;

const DAY_MS = 86_400_000;

export const METRICS: readonly Metric[] = [
  aMetric('activation', { kind: 'proportion', event: 'activated' }),
  aMetric('profit', { kind: 'money', class: 'revenue', role: 'downstream' }),
  aMetric('sharing', { kind: 'proportion', event: 'shared' }),
  aMetric('pages', { kind: 'count', event: 'page_viewed' }),
  aMetric('clicks', { kind: 'count', event: 'clicked' }),
  aMetric('session-length', { kind: 'mean', event: 'session_ended' }),
  aMetric('loading', { kind: 'mean', event: 'page_loaded', direction: 'decrease' }),
  aMetric('revenue', { kind: 'money', class: 'revenue', moneyNames: ['revenue'] }),
  aMetric('support', { kind: 'money', class: 'expense', moneyNames: ['support_cost'] }),
  aMetric('clicks-per-page', {
    kind: 'ratio',
    event: 'clicked',
    denominator: { event: 'page_viewed' },
  }),
];

function aMetric(key: string, more: Partial<Metric> & Pick<Metric, 'kind'>): Metric {
  return {
    key,
    name: key,
    role: 'proxy',
    class: 'engagement',
    direction: 'increase',
    windowDays: WINDOW_DAYS,
    delayHours: 0,
    settlingDays: more.kind === 'money' ? SETTLING_DAYS : 0,
    ...more,
  };
}

const DEFINITION: ExperimentDefinition = {
  key: EXPERIMENT_KEY,
  name: 'What is measured',
  kind: 'aa',
  touches: [],
  unit: 'visitor',
  assignment: 'external',
  variants: VARIANTS.map((key, index) => ({ key, name: key, weight: 1, control: index === 0 })),
  audience: { populations: ['visitors'] },
  traffic: 1,
  metrics: {
    leading: 'activation',
    deciding: 'profit',
    guardrails: [],
    secondary: METRICS.map(({ key }) => key).filter(
      (key) => key !== 'activation' && key !== 'profit',
    ),
  },
  analysis: {
    alpha: 0.05,
    test: 'always_valid',
    adjustment: 'dunnett',
    relativeQuantile: 'test',
    cuped: { days: DAYS_BEFORE },
  },
};

export interface LaunchedExperiment {
  projectId: string;
  id: string;
}

/** Puts it straight into the database, launched: an A/A row needs no passed gate. */
export async function launchExperiment(db: Client, now: Date): Promise<LaunchedExperiment> {
  const launchedAt = new Date(now.getTime() - LAUNCHED_DAYS_AGO * DAY_MS);
  const { projectId, memberId } = await oneRow<{ projectId: string; memberId: string }>(
    db,
    `SELECT project.id AS "projectId", member.id AS "memberId" FROM project
     JOIN member ON member.project_id = project.id WHERE project.key = 'default'`,
  );
  const plan = freezePlan({
    definition: DEFINITION,
    metrics: METRICS,
    seed: DEFINITION.key,
    launchedAt,
    costs: UNDECLARED_COSTS,
    currency: 'USD',
    timezone: 'UTC',
    policy: { profile: 'explore', version: 1 },
  });
  const id = randomUUID();
  await db.query(
    `INSERT INTO experiment (project_id, id, key, kind, status, definition, launched_at, version,
       created_by, created_at)
     VALUES ($1, $2, $3, 'aa', 'running', $4, $5, 1, $6, $5)`,
    [projectId, id, DEFINITION.key, JSON.stringify(DEFINITION), launchedAt, memberId],
  );
  const digest = createHash('sha256').update(canonicalJson(plan)).digest('hex');
  await db.query(
    `INSERT INTO plan (project_id, experiment_id, version, body, digest, reason, frozen_by, frozen_at)
     VALUES ($1, $2, 1, $3, $4, 'launch', $5, $6)`,
    [projectId, id, JSON.stringify(plan), digest, memberId, launchedAt],
  );
  return { projectId, id };
}
