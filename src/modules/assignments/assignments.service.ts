import { Injectable } from '@nestjs/common';
import type { ServedFlag } from '../../domain/assignment/compile-flag.js';
import { Invalid, NotFound } from '../../domain/errors.js';
import { AssignmentConfigReader, type LiveFlag } from './assignment-config.reader.js';
import type { OfrepFailureDto, OfrepFlagDto, OfrepFlagsDto } from './dto/ofrep.dto.js';
import { type EvaluationContext, unitIdOf } from './ofrep-context.js';

/**
 * Answers which value a unit gets, from memory. Nothing is written: an assignment is a pure function
 * of the unit and the plan, and it is not an exposure.
 */
@Injectable()
export class AssignmentsService {
  constructor(private readonly config: AssignmentConfigReader) {}

  /** @throws NotFound when clients know no such flag; Invalid `invalid-context` */
  evaluate(projectId: string, key: string, context: EvaluationContext): OfrepFlagDto {
    const flag = this.config.flagsOf(projectId).flags.get(key);
    if (flag === undefined) throw new NotFound('not-found', 'There is no such flag.');
    return evaluated(flag, context);
  }

  /** Every flag clients may know; one that cannot be evaluated says so in its place. */
  evaluateAll(projectId: string, context: EvaluationContext): OfrepFlagsDto {
    const { flags } = this.config.flagsOf(projectId);
    return { flags: [...flags.values()].map((flag) => flagOrFailure(flag, context)) };
  }
}

function evaluated(flag: LiveFlag, context: EvaluationContext): OfrepFlagDto {
  const { unit, serve } = flag.compiled;
  return flagOf(flag, serve(unitIdOf(context, unit), context));
}

function flagOrFailure(flag: LiveFlag, context: EvaluationContext): OfrepFlagDto | OfrepFailureDto {
  try {
    return evaluated(flag, context);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return { key: flag.key, errorCode: 'INVALID_CONTEXT', errorDetails: error.message };
  }
}

function flagOf({ experimentId, key, status }: LiveFlag, served: ServedFlag): OfrepFlagDto {
  const { outcome, bucket } = served;
  const { variationId, value, inExperiment, reason } = outcome;
  return {
    key,
    value,
    reason,
    ...(inExperiment ? { variant: variationId } : {}),
    metadata: {
      experimentId,
      experimentKey: key,
      variationId,
      phase: status,
      bucket,
      inExperiment,
    },
  };
}
