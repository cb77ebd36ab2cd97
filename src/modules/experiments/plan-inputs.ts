import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AmendmentContext } from '../../domain/experiments/amendments.js';
import type { ExperimentDefinition } from '../../domain/experiments/definition.js';
import { layerShare } from '../../domain/experiments/layer-share.js';
import type { PlanInput } from '../../domain/experiments/plan.js';
import { HoldoutsReader } from '../holdouts/holdouts.reader.js';
import { MetricsReader } from '../metrics/metrics.reader.js';
import { ProjectsReader } from '../projects/projects.reader.js';
import { GateFactsQueries } from './gate-facts.queries.js';

/** What a plan copies from elsewhere: metrics, settings of the project, and whom it keeps out. */
@Injectable()
export class PlanInputs {
  constructor(
    private readonly facts: GateFactsQueries,
    private readonly holdouts: HoldoutsReader,
    private readonly metrics: MetricsReader,
    private readonly projects: ProjectsReader,
  ) {}

  /**
   * Until the transaction ends nobody else takes anything of this layer, so what a gate finds free
   * stays free. Call it before the gate is asked.
   */
  async lockLayer(
    manager: EntityManager,
    projectId: string,
    { layer }: Pick<ExperimentDefinition, 'layer'>,
  ): Promise<void> {
    if (layer === undefined) return;
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `layer ${projectId} ${layer}`,
    ]);
  }

  /** What a launch freezes beside the definition. @throws Conflict `layer-full` */
  async atLaunch(
    manager: EntityManager,
    projectId: string,
    definition: ExperimentDefinition,
  ): Promise<
    Pick<PlanInput, 'metrics' | 'costs' | 'currency' | 'timezone' | 'layer' | 'holdouts'>
  > {
    const { costs, currency, timezone } = await this.projects.settings(projectId, manager);
    const metrics = await this.metrics.all(projectId, manager);
    return {
      metrics,
      costs,
      currency,
      timezone,
      ...(await this.keptOut(manager, projectId, definition)),
    };
  }

  /** What an amendment is checked against. */
  async forAmendment(
    manager: EntityManager,
    projectId: string,
    definition: ExperimentDefinition,
  ): Promise<Pick<AmendmentContext, 'metrics' | 'layerHolders'>> {
    return {
      metrics: await this.metrics.all(projectId, manager),
      layerHolders: await this.facts.layerHolders(manager, projectId, definition),
    };
  }

  /** Whoever assigns elsewhere keeps nobody out on our word. */
  private async keptOut(
    manager: EntityManager,
    projectId: string,
    definition: ExperimentDefinition,
  ): Promise<Pick<PlanInput, 'layer' | 'holdouts'>> {
    const { assignment, layer, traffic, unit } = definition;
    if (assignment === 'external') return {};
    const holdouts = await this.holdouts.atLaunch(manager, projectId, unit);
    if (layer === undefined) return { holdouts };
    const others = await this.facts.layerHolders(manager, projectId, definition);
    return { holdouts, layer: layerShare({ layer, traffic, others }) };
  }
}
