import { Injectable } from '@nestjs/common';
import { type FieldError, Invalid } from '../../domain/errors.js';
import type { ExperimentDefinition } from '../../domain/experiments/definition.js';
import { gradableFrom, sortFaults } from '../../domain/experiments/gradable.js';
import { inherit, type Inherited } from '../../domain/experiments/iteration.js';
import {
  missingMembers,
  type PartialExperiment,
} from '../../domain/experiments/partial-experiment.js';
import { jsonCopy } from '../../domain/experiments/plan.js';
import { validateDefinition } from '../../domain/experiments/validate-definition.js';
import { Transactions } from '../../platform/database/transactions.js';
import { MetricsReader } from '../metrics/metrics.reader.js';
import { definitionFrom, scheduleFaults } from './definition-from-body.js';
import type { IdeaBodyDto } from './dto/experiment-body.dto.js';
import { ExperimentEntity } from './experiment.entity.js';

/** A body that is whole and valid, and what of it came from the experiment it goes on from. */
export interface WholeBody {
  definition: ExperimentDefinition;
  inherited: string[];
}

/** A body of which anything may be missing, made readable for a gate. */
export interface GradableBody extends WholeBody {
  /** Pointers of what must be there before the gate can really be asked. */
  missing: string[];
  /** What is there and wrong, whatever the evidence says. */
  wrong: FieldError[];
}

/** From what was sent to a definition: completed from its parent, defaults filled in, checked. */
@Injectable()
export class BodiesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly metrics: MetricsReader,
  ) {}

  /**
   * The whole definition, completed from what was kept and from the parent.
   * @throws Invalid `validation-failed` naming every member that is missing or wrong
   */
  async whole(projectId: string, sent: IdeaBodyDto, kept: IdeaBodyDto = {}): Promise<WholeBody> {
    return await this.checked(projectId, await this.completed(projectId, sent, kept));
  }

  /** The definition exactly as it was sent: in a replacement, what is left out is gone. @throws Invalid */
  async asSent(projectId: string, sent: IdeaBodyDto): Promise<WholeBody> {
    const body = jsonCopy(sent) as PartialExperiment;
    if (body.iterationOf !== undefined) await this.requireParent(projectId, body.iterationOf);
    return await this.checked(projectId, { body, inherited: [] });
  }

  private async checked(projectId: string, { body, inherited }: Inherited): Promise<WholeBody> {
    const missing = missingMembers(body);
    if (missing.length > 0) {
      const errors = missing.map((pointer) => ({ pointer, code: 'missing' }));
      throw new Invalid('validation-failed', 'Complete these members first.', errors);
    }
    const definition = definitionFrom(body);
    const errors = await this.faults(projectId, definition);
    if (errors.length > 0) {
      throw new Invalid('validation-failed', 'The experiment is not valid.', errors);
    }
    return { definition, inherited };
  }

  /** Any part of a definition, with neutral members in place of those missing. */
  async gradable(
    projectId: string,
    sent: IdeaBodyDto,
    kept: IdeaBodyDto = {},
  ): Promise<GradableBody> {
    const { body, inherited } = await this.completed(projectId, sent, kept);
    const gradable = gradableFrom(body);
    const definition = definitionFrom(gradable.body);
    const faults = await this.faults(projectId, definition);
    return { definition, inherited, ...sortFaults(faults, gradable.missing) };
  }

  /** What the experiment of this key has, for one that goes on from it. @throws Invalid */
  private async requireParent(projectId: string, key: string): Promise<ExperimentDefinition> {
    const parent = await this.transactions.manager.findOneBy(ExperimentEntity, { projectId, key });
    // A draft has shown nothing yet: there is nothing to go on from.
    if (parent === null || parent.status === 'draft') {
      throw new Invalid('validation-failed', 'There is no such experiment to go on from.', [
        { pointer: '/iterationOf', code: 'unknown-experiment' },
      ]);
    }
    return parent.definition;
  }

  /** Members that were sent replace those kept; what neither has comes from the parent. */
  private async completed(
    projectId: string,
    sent: IdeaBodyDto,
    kept: IdeaBodyDto,
  ): Promise<Inherited> {
    // Only what JSON holds: a member that is undefined was not sent.
    const body = { ...jsonCopy(kept), ...jsonCopy(sent) } as PartialExperiment;
    const { iterationOf } = body;
    if (iterationOf === undefined) return { body, inherited: [] };
    return inherit(await this.requireParent(projectId, iterationOf), body);
  }

  private async faults(projectId: string, definition: ExperimentDefinition): Promise<FieldError[]> {
    const metrics = await this.metrics.all(projectId);
    return [...validateDefinition(definition, { metrics }), ...scheduleFaults(definition)];
  }
}
