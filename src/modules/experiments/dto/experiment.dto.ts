import { ApiProperty } from '@nestjs/swagger';
import { Allow } from 'class-validator';
import { effectiveProfile } from '../../../domain/evidence/policies.js';
import { POLICY_PROFILES, type PolicyProfile } from '../../../domain/experiments/definition.js';
import { EXPERIMENT_STATES, type ExperimentState } from '../../../domain/experiments/lifecycle.js';
import type { ExperimentEntity } from '../experiment.entity.js';
import { ExperimentBodyDto, IdeaBodyDto } from './experiment-body.dto.js';
import type { IdeaEntity } from '../idea.entity.js';

/** An experiment: its body as written, with defaults filled in, and where it stands. */
export class ExperimentDto extends ExperimentBodyDto {
  id: string;
  @ApiProperty({ enum: EXPERIMENT_STATES, enumName: 'ExperimentState' })
  status: ExperimentState;
  /** The profile the gate holds it to. */
  @ApiProperty({ enum: POLICY_PROFILES, enumName: 'PolicyProfile' })
  effectivePolicy: PolicyProfile;
  @ApiProperty({ format: 'date-time' })
  launchedAt?: string;
  /** When enrolment ends by itself. */
  @ApiProperty({ format: 'date-time' })
  enrolmentEndsAt?: string;
  /** When enrolment ended; later exposures are outside the cohort. */
  @ApiProperty({ format: 'date-time' })
  enrolmentEndedAt?: string;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static from(experiment: ExperimentEntity): ExperimentDto {
    const { launchedAt, enrolmentEndsAt, enrolmentEndedAt } = experiment;
    return {
      ...(experiment.definition as unknown as ExperimentBodyDto),
      id: experiment.id,
      status: experiment.status,
      effectivePolicy: effectiveProfile(experiment.definition),
      ...(launchedAt === null ? {} : { launchedAt: launchedAt.toISOString() }),
      ...(enrolmentEndsAt === null ? {} : { enrolmentEndsAt: enrolmentEndsAt.toISOString() }),
      ...(enrolmentEndedAt === null ? {} : { enrolmentEndedAt: enrolmentEndedAt.toISOString() }),
      createdAt: experiment.createdAt.toISOString(),
    };
  }
}

/** The draft as it should be. What only we set may be sent back unchanged. */
export class ReplaceDraftDto extends ExperimentBodyDto {
  /** Read-only. */
  @Allow()
  @ApiProperty({ required: false, type: 'string' })
  id?: string;

  /** Read-only. */
  @Allow()
  @ApiProperty({ required: false, type: 'string' })
  status?: string;

  /** Read-only. */
  @Allow()
  @ApiProperty({ required: false, type: 'string' })
  effectivePolicy?: string;

  /** Read-only. */
  @Allow()
  @ApiProperty({ required: false, type: 'string' })
  createdAt?: string;
}

export const READ_ONLY_MEMBERS = ['id', 'status', 'effectivePolicy', 'createdAt'] as const;

export class ExperimentPageDto {
  data: ExperimentDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}

export class IdeaDto extends IdeaBodyDto {
  id: string;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static from(idea: IdeaEntity): IdeaDto {
    return { ...idea.body, id: idea.id, createdAt: idea.createdAt.toISOString() };
  }
}

export class IdeaPageDto {
  data: IdeaDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
