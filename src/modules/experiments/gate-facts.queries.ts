import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type {
  CitedExperiment,
  OtherRationale,
  ParentExperiment,
} from '../../domain/evidence/gate-case.js';
import { rationaleText } from '../../domain/evidence/rationale-text.js';
import type { ExperimentDefinition, Rationale } from '../../domain/experiments/definition.js';
import { impactStandings, type StoredAcknowledgement } from '../../domain/experiments/impacts.js';
import type {
  Acknowledgement,
  LayerHolder,
  RunningTest,
} from '../../domain/experiments/launch-gate-case.js';
import { lineageOf } from '../../domain/experiments/iteration.js';
import { chainNodesOf, quoteIdsOf } from '../../domain/experiments/rationale-references.js';
import { digestOf } from './gate-decisions.writer.js';

/** Copies are looked for among so many experiments; older ones are forgotten by their authors too. */
const OTHERS_MAX = 1_000;

/** What the gates read of the project's other experiments. */
@Injectable()
export class GateFactsQueries {
  /** The reasons of all experiments but this one, newest first. */
  async others(manager: EntityManager, projectId: string, key: string): Promise<OtherRationale[]> {
    const rows = (await manager.query(
      `SELECT experiment.key, experiment.definition->'rationale' AS rationale,
         ARRAY(SELECT evidence_entry.quote_id FROM evidence_entry
           WHERE evidence_entry.project_id = experiment.project_id
             AND evidence_entry.quote_id IS NOT NULL AND evidence_entry.disposition = 'supports'
             AND evidence_entry.insight_id IN (
               SELECT cited.id::uuid
               FROM jsonb_array_elements_text(
                 experiment.definition #> '{rationale,insightIds}') AS cited (id)
               WHERE cited.id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')) AS supporting
       FROM experiment
       WHERE experiment.project_id = $1 AND experiment.key <> $2
         AND experiment.definition->'rationale' IS NOT NULL
       ORDER BY experiment.created_at DESC, experiment.id DESC LIMIT $3`,
      [projectId, key, OTHERS_MAX],
    )) as { key: string; rationale: Rationale; supporting: string[] }[];
    return rows.map(({ key: other, rationale, supporting }) => ({
      key: other,
      text: rationaleText(rationale),
      quoteIds: [...new Set([...quoteIdsOf(rationale), ...supporting])],
    }));
  }

  /** The experiment this one goes on from; null where it starts a line of its own. */
  async parent(
    manager: EntityManager,
    projectId: string,
    { iterationOf }: Pick<ExperimentDefinition, 'iterationOf'>,
  ): Promise<ParentExperiment | null> {
    if (iterationOf === undefined) return null;
    const rows = (await manager.query(
      `SELECT experiment.key, experiment.definition->>'iterationOf' AS parent,
         CASE WHEN experiment.key = $2 THEN experiment.definition END AS definition
       FROM experiment
       WHERE experiment.project_id = $1
         AND (experiment.key = $2 OR experiment.definition->>'iterationOf' IS NOT NULL)`,
      [projectId, iterationOf],
    )) as { key: string; parent: string | null; definition: ExperimentDefinition | null }[];
    const definition = rows.find(({ key }) => key === iterationOf)?.definition ?? null;
    if (definition === null) return null;
    const parents = new Map(
      rows.flatMap(({ key, parent }) => (parent === null ? [] : [[key, parent] as const])),
    );
    return {
      key: iterationOf,
      lineage: lineageOf(iterationOf, parents),
      variants: definition.variants,
      rationale: definition.rationale ?? {},
    };
  }

  /** The experiments that the chain names as what has shown a link, by key or by id. */
  async citedExperiments(
    manager: EntityManager,
    projectId: string,
    { rationale }: Pick<ExperimentDefinition, 'rationale'>,
  ): Promise<CitedExperiment[]> {
    const named = (rationale?.chain ?? [])
      .filter(({ basis }) => basis === 'experiment')
      .flatMap(({ support }) => support ?? []);
    if (named.length === 0) return [];
    return (await manager.query(
      `SELECT experiment.id, experiment.key, newest.id IS NOT NULL AS decided,
         ARRAY(SELECT DISTINCT ON (learned.variant) learned.outcome FROM learned
           WHERE learned.project_id = experiment.project_id
             AND learned.experiment_id = experiment.id AND learned.decision_id = newest.id
           ORDER BY learned.variant, learned.learned_at DESC, learned.id DESC) AS outcomes
       FROM experiment
       LEFT JOIN LATERAL (
         SELECT decision.id FROM decision
         WHERE decision.project_id = experiment.project_id
           AND decision.experiment_id = experiment.id
         ORDER BY decision.decided_at DESC, decision.id DESC LIMIT 1) AS newest ON true
       WHERE experiment.project_id = $1
         AND (experiment.key = ANY($2) OR experiment.id::text = ANY($3))
       ORDER BY experiment.key COLLATE "C"`,
      [projectId, named, named.map((name) => name.toLowerCase())],
    )) as CitedExperiment[];
  }

  /** Experiments that people may meet at the same time as this one. */
  async running(manager: EntityManager, projectId: string, key: string): Promise<RunningTest[]> {
    const rows = (await manager.query(
      `SELECT experiment.key, experiment.definition FROM experiment
       WHERE experiment.project_id = $1 AND experiment.key <> $2 AND experiment.kind = 'ab'
         AND experiment.status IN ('running', 'paused', 'maturing')
       ORDER BY experiment.key COLLATE "C"`,
      [projectId, key],
    )) as { key: string; definition: ExperimentDefinition }[];
    return rows.map(({ key: other, definition }) => ({
      key: other,
      audience: definition.audience,
      chainNodes: chainNodesOf(definition.rationale ?? {}),
      ...(definition.layer === undefined ? {} : { layer: definition.layer }),
    }));
  }

  /** What the other live experiments hold of a layer, A/A tests too; nothing of no layer. */
  async layerHolders(
    manager: EntityManager,
    projectId: string,
    { key, layer }: Pick<ExperimentDefinition, 'key' | 'layer'>,
  ): Promise<LayerHolder[]> {
    if (layer === undefined) return [];
    return (await manager.query(
      `SELECT experiment.key AS experiment, newest.body ->> 'unit' AS unit,
         newest.body #> '{layer,ranges}' AS ranges
       FROM experiment
       CROSS JOIN LATERAL (
         SELECT plan.body FROM plan
         WHERE plan.project_id = experiment.project_id AND plan.experiment_id = experiment.id
         ORDER BY plan.version DESC LIMIT 1) AS newest
       WHERE experiment.project_id = $1 AND experiment.key <> $2
         AND experiment.status IN ('running', 'paused', 'maturing')
         AND newest.body #>> '{layer,key}' = $3
       ORDER BY experiment.key COLLATE "C"`,
      [projectId, key, layer],
    )) as LayerHolder[];
  }

  /** Every acknowledgement of an experiment's impacts, oldest first. */
  async acknowledgements(
    manager: EntityManager,
    projectId: string,
    experimentId: string,
  ): Promise<(StoredAcknowledgement & { note: string | null })[]> {
    return (await manager.query(
      `SELECT impact_acknowledgement.department, impact_acknowledgement.impact_digest AS digest,
         impact_acknowledgement.member_id AS "memberId", impact_acknowledgement.alone,
         impact_acknowledgement.note,
         impact_acknowledgement.acknowledged_at AS "acknowledgedAt"
       FROM impact_acknowledgement
       WHERE impact_acknowledgement.project_id = $1
         AND impact_acknowledgement.experiment_id = $2
       ORDER BY impact_acknowledgement.acknowledged_at, impact_acknowledgement.department`,
      [projectId, experimentId],
    )) as (StoredAcknowledgement & { note: string | null })[];
  }

  /** The same as the launch gate reads it: one for each department, stale where the entry changed. */
  async launchAcknowledgements(
    manager: EntityManager,
    projectId: string,
    experimentId: string | null,
    { rationale }: Pick<ExperimentDefinition, 'rationale'>,
  ): Promise<Acknowledgement[]> {
    if (experimentId === null) return [];
    const standings = impactStandings({
      concerned: [],
      entries: digestedImpacts(rationale),
      acknowledgements: await this.acknowledgements(manager, projectId, experimentId),
    });
    return standings.flatMap(({ department, state, acknowledgement }) =>
      acknowledgement === null
        ? []
        : [
            {
              department,
              impactDigest: acknowledgement.digest,
              memberId: acknowledgement.memberId,
              alone: acknowledgement.alone,
              stale: state !== 'acknowledged',
            },
          ],
    );
  }
}

/** The entries of a rationale, each with the digest that an acknowledgement is of. */
export function digestedImpacts(
  rationale: Rationale | undefined,
): { department: string; digest: string }[] {
  return (rationale?.impacts ?? []).map((impact) => ({
    department: impact.department,
    digest: digestOf(impact),
  }));
}
