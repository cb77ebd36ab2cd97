import { Injectable } from '@nestjs/common';
import type { ServableExperiment } from '../../domain/assignment/compile-flag.js';
import type { Decision } from '../../domain/experiments/decision.js';
import type { ExperimentKind } from '../../domain/experiments/definition.js';
import type { ExperimentState } from '../../domain/experiments/lifecycle.js';
import type { AnalysisPlan } from '../../domain/experiments/plan.js';
import type { Queries } from '../../platform/database/queries.js';
import { Logger } from '../../platform/logging/logger.js';

type ServedPlan = Pick<AnalysisPlan, 'version'> & ServableExperiment['plan'];

/**
 * What serving needs of an experiment, and no word of anybody: it is kept on disk too. Plain JSON.
 */
export interface ServedExperiment {
  projectId: string;
  id: string;
  key: string;
  kind: ExperimentKind;
  status: ExperimentState;
  plan: ServedPlan;
  planDigest: string;
  decision: (Decision & { id: string }) | null;
}

interface Row {
  project_id: string;
  id: string;
  key: string;
  kind: ExperimentKind;
  status: ExperimentState;
  version: number;
  digest: string;
  decision: ServedExperiment['decision'];
}

const LAUNCHED = `
  SELECT experiment.project_id, experiment.id, experiment.key, experiment.kind, experiment.status,
    newest_plan.version, newest_plan.digest, newest_decision.decision
  FROM experiment
  CROSS JOIN LATERAL (
    SELECT plan.version, plan.digest FROM plan
    WHERE plan.project_id = experiment.project_id AND plan.experiment_id = experiment.id
    ORDER BY plan.version DESC LIMIT 1
  ) AS newest_plan
  LEFT JOIN LATERAL (
    SELECT json_build_object('id', decision.id, 'action', decision.action,
      'variant', decision.variant, 'holdBack', decision.hold_back) AS decision
    FROM decision
    WHERE decision.project_id = experiment.project_id AND decision.experiment_id = experiment.id
    ORDER BY decision.decided_at DESC, decision.id DESC LIMIT 1
  ) AS newest_decision ON true
  WHERE experiment.status NOT IN ('draft', 'archived')
  ORDER BY experiment.project_id, experiment.key COLLATE "C"`;

const BODIES = `
  SELECT plan.experiment_id, plan.body FROM plan
  JOIN unnest($1::uuid[], $2::uuid[], $3::integer[]) AS wanted (project_id, experiment_id, version)
    ON wanted.project_id = plan.project_id AND wanted.experiment_id = plan.experiment_id
    AND wanted.version = plan.version`;

/**
 * Every launched experiment of all projects that clients may ask for, again and again. A plan never
 * changes, so only those that were not read before are read: a change costs what is new, and a line
 * for each experiment.
 */
@Injectable()
export class ServedExperimentsReader {
  /** By experiment, version and digest; those of the last reading. */
  private plans: ReadonlyMap<string, ServedPlan> = new Map();

  constructor(private readonly logger: Logger) {}

  /** By project and key. One that is not as it should be is told of, and the others are served. */
  async read(queries: Queries): Promise<ServedExperiment[]> {
    const rows = await queries.query<Row[]>(LAUNCHED);
    const plans = await this.plansOf(queries, rows);
    this.plans = plans;
    return rows.flatMap((row) => {
      const plan = plans.get(nameOf(row));
      if (plan === undefined) return [];
      const { project_id: projectId, id, key, kind, status, digest, decision } = row;
      return [{ projectId, id, key, kind, status, plan, planDigest: digest, decision }];
    });
  }

  private async plansOf(queries: Queries, rows: readonly Row[]): Promise<Map<string, ServedPlan>> {
    const plans = new Map<string, ServedPlan>();
    const unread = new Map<string, Row>();
    for (const row of rows) {
      const known = this.plans.get(nameOf(row));
      if (known === undefined) unread.set(row.id, row);
      else plans.set(nameOf(row), known);
    }
    if (unread.size === 0) return plans;
    const wanted = [...unread.values()];
    const bodies = await queries.query<{ experiment_id: string; body: AnalysisPlan }[]>(BODIES, [
      wanted.map(({ project_id }) => project_id),
      wanted.map(({ id }) => id),
      wanted.map(({ version }) => version),
    ]);
    for (const { experiment_id: id, body } of bodies) {
      const row = unread.get(id);
      if (row === undefined) continue;
      try {
        plans.set(nameOf(row), servedPlan(body));
      } catch (error) {
        this.logger.failure('an experiment cannot be served', error, { experimentId: id });
      }
    }
    return plans;
  }
}

function nameOf({ id, version, digest }: Row): string {
  return `${id}/${version}/${digest}`;
}

function servedPlan(plan: AnalysisPlan): ServedPlan {
  const { version, seed, variants, traffic, assignment, unit, layer, holdouts } = plan;
  const { conditions } = plan.audience;
  return {
    version,
    seed,
    variants,
    traffic,
    assignment,
    unit,
    ...(layer === undefined ? {} : { layer }),
    ...(holdouts === undefined ? {} : { holdouts }),
    audience: conditions === undefined ? {} : { conditions },
  };
}
