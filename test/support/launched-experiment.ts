import { createHash, randomUUID } from 'node:crypto';
import type { Condition } from '../../src/domain/assignment/conditions.js';
import type { LayerShare, PlannedHoldout } from '../../src/domain/assignment/exclusion.js';
import { canonicalJson } from '../../src/domain/experiments/canonical-json.js';
import type {
  Assignment,
  ExperimentDefinition,
  UnitKind,
  Variant,
} from '../../src/domain/experiments/definition.js';
import type { ExperimentState } from '../../src/domain/experiments/lifecycle.js';
import { type AnalysisPlan, freezePlan } from '../../src/domain/experiments/plan.js';
import type { Metric } from '../../src/domain/metrics/metric.js';
import { UNDECLARED_COSTS } from '../../src/domain/money/costs.js';
import { AssignmentConfigReader } from '../../src/modules/assignments/assignment-config.reader.js';
import type { TestApp } from './test-app.js';

export interface LaunchChanges {
  key?: string;
  status?: ExperimentState;
  unit?: UnitKind;
  assignment?: Assignment;
  traffic?: number;
  variants?: readonly Variant[];
  seed?: string;
  conditions?: readonly Condition[];
  layer?: LayerShare;
  holdouts?: readonly PlannedHoldout[];
  launchedAt?: Date;
  /** Whose project; `default` when left out. */
  projectKey?: string;
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

/**
 * Puts a launched A/A experiment with a frozen plan straight into the database: for tests of what
 * comes after a launch. A/A, because such a row needs no passed gate.
 */
export async function launchedExperiment(
  app: TestApp,
  changes: LaunchChanges = {},
): Promise<{ id: string; plan: AnalysisPlan }> {
  const { status = 'running', launchedAt = new Date(), projectKey = 'default' } = changes;
  const definition: ExperimentDefinition = {
    key: changes.key ?? 'aa-test',
    name: 'A test of the machinery',
    kind: 'aa',
    touches: [],
    unit: changes.unit ?? 'visitor',
    assignment: changes.assignment ?? 'internal',
    variants: changes.variants ?? [
      { key: 'control', name: 'Control', weight: 1, control: true },
      { key: 'treatment', name: 'Treatment', weight: 1 },
    ],
    audience: {
      populations: ['visitors'],
      ...(changes.conditions === undefined ? {} : { conditions: changes.conditions }),
    },
    traffic: changes.traffic ?? 1,
    metrics: { leading: 'profit', deciding: 'profit', guardrails: [], secondary: [] },
    analysis: {
      alpha: 0.05,
      test: 'always_valid',
      adjustment: 'dunnett',
      relativeQuantile: 'test',
    },
  };
  const frozen = freezePlan({
    definition,
    metrics: [PROFIT],
    seed: changes.seed ?? definition.key,
    launchedAt,
    costs: UNDECLARED_COSTS,
    currency: 'USD',
    timezone: 'UTC',
    policy: { profile: 'explore', version: 1 },
  });
  const { layer, holdouts } = changes;
  const plan: AnalysisPlan = {
    ...frozen,
    ...(layer === undefined ? {} : { layer }),
    ...(holdouts === undefined ? {} : { holdouts }),
  };
  const id = randomUUID();
  const isLaunched = status !== 'draft';
  await app.sql(
    `INSERT INTO experiment (project_id, id, key, kind, status, definition, launched_at, version,
       created_by, created_at)
     SELECT project.id, $1, $2, 'aa', $3, $4, $5, 1, $6, becausal_now()
     FROM project WHERE project.key = $7`,
    [
      id,
      definition.key,
      status,
      JSON.stringify(definition),
      isLaunched ? launchedAt : null,
      randomUUID(),
      projectKey,
    ],
  );
  if (isLaunched) {
    await app.sql(
      `INSERT INTO plan (project_id, experiment_id, version, body, digest, reason, frozen_by,
         frozen_at)
       SELECT experiment.project_id, experiment.id, 1, $2, $3, 'launch', experiment.created_by, $4
       FROM experiment WHERE experiment.id = $1`,
      [
        id,
        JSON.stringify(plan),
        createHash('sha256').update(canonicalJson(plan)).digest('hex'),
        launchedAt,
      ],
    );
  }
  await app.app.get(AssignmentConfigReader, { strict: false }).refresh();
  return { id, plan };
}
