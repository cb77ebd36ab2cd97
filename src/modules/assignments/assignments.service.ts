import { Injectable } from '@nestjs/common';
import { type ServedFlag, serveFlag } from '../../domain/assignment/serve-flag.js';
import { Conflict, Invalid, NotFound } from '../../domain/errors.js';
import { KEY_PATTERN } from '../../domain/key.js';
import { ExperimentsReader, type LaunchedExperiment } from '../experiments/experiments.reader.js';
import type { OfrepFailureDto, OfrepFlagDto, OfrepFlagsDto } from './dto/ofrep.dto.js';
import { type EvaluationContext, unitIdOf } from './ofrep-context.js';

/**
 * Answers which value a unit gets. Nothing is written: an assignment is a pure function of the
 * unit and the plan, and it is not an exposure. The plan is read for every call, so that a launch, a
 * pause and a killed arm hold from the moment they are committed.
 */
@Injectable()
export class AssignmentsService {
  constructor(private readonly experiments: ExperimentsReader) {}

  /** @throws NotFound when clients know no such flag; Invalid `invalid-context` */
  async evaluate(
    projectId: string,
    key: string,
    context: EvaluationContext,
  ): Promise<OfrepFlagDto> {
    const experiment = await this.find(projectId, key);
    const flag = experiment === null ? null : evaluated(experiment, context);
    if (flag === null) throw new NotFound('not-found', 'There is no such flag.');
    return flag;
  }

  /** Every flag clients may know; one that cannot be evaluated says so in its place. */
  async evaluateAll(projectId: string, context: EvaluationContext): Promise<OfrepFlagsDto> {
    const experiments = await this.experiments.allLaunched(projectId);
    return { flags: experiments.flatMap((experiment) => flagOrFailure(experiment, context) ?? []) };
  }

  /** A draft is as unknown to clients as what does not exist. */
  private async find(projectId: string, key: string): Promise<LaunchedExperiment | null> {
    if (!KEY_PATTERN.test(key)) return null;
    try {
      return await this.experiments.launched(projectId, key);
    } catch (error) {
      if (error instanceof NotFound || error instanceof Conflict) return null;
      throw error;
    }
  }
}

function evaluated(
  experiment: LaunchedExperiment,
  context: EvaluationContext,
): OfrepFlagDto | null {
  const served = serveFlag(experiment, unitIdOf(context, experiment.plan.unit));
  return served === null ? null : flagOf(experiment, served);
}

function flagOrFailure(
  experiment: LaunchedExperiment,
  context: EvaluationContext,
): OfrepFlagDto | OfrepFailureDto | null {
  try {
    return evaluated(experiment, context);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return { key: experiment.key, errorCode: 'INVALID_CONTEXT', errorDetails: error.message };
  }
}

function flagOf({ id, key, status }: LaunchedExperiment, served: ServedFlag): OfrepFlagDto {
  const { variationId, value, inExperiment, reason, bucket } = served;
  return {
    key,
    value,
    reason,
    ...(inExperiment ? { variant: variationId } : {}),
    metadata: {
      experimentId: id,
      experimentKey: key,
      variationId,
      phase: status,
      bucket,
      inExperiment,
    },
  };
}
