import { ApiProperty } from '@nestjs/swagger';
import { Allow } from 'class-validator';
import type { GateReport } from '../../../domain/evidence/gate-report.js';
import type { EvidencePolicy } from '../../../domain/evidence/policies.js';
import { effectiveProfile } from '../../../domain/evidence/policies.js';
import { POLICY_PROFILES, type PolicyProfile } from '../../../domain/experiments/definition.js';
import { EXPERIMENT_STATES, type ExperimentState } from '../../../domain/experiments/lifecycle.js';
import type { ExperimentEntity } from '../experiment.entity.js';
import { ExperimentBodyDto, IdeaBodyDto } from './experiment-body.dto.js';
import { EvidenceDto } from './evidence.dto.js';
import { NextBestDto } from './gate.dto.js';
import { LabelDto } from '../../../platform/http/label.dto.js';
import type { IdeaEntity } from '../idea.entity.js';

/** Computed members have a schema of their own where they are answered. */
const ANYTHING = { required: false, type: 'object', additionalProperties: true };

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
  /** How its evidence stands today; only where one experiment is shown, and not for an A/A test. */
  evidence?: EvidenceDto;
  /** What must be said wherever it is shown; only where one experiment is shown. */
  labels?: LabelDto[];
  /** JSON Pointers of what was taken from the experiment it goes on from; only when created. */
  inherited?: string[];

  static from(
    experiment: ExperimentEntity,
    policies: Readonly<Record<PolicyProfile, EvidencePolicy>>,
  ): ExperimentDto {
    const { launchedAt, enrolmentEndsAt, enrolmentEndedAt } = experiment;
    return {
      ...(experiment.definition as unknown as ExperimentBodyDto),
      id: experiment.id,
      status: experiment.status,
      effectivePolicy: effectiveProfile(experiment.definition, policies),
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

  /** Computed; what is sent is ignored. */
  @Allow()
  @ApiProperty(ANYTHING as object)
  evidence?: object;

  /** Computed; what is sent is ignored. */
  @Allow()
  @ApiProperty({ required: false, type: 'array', items: { type: 'object' } })
  labels?: object[];

  /** Computed; what is sent is ignored. */
  @Allow()
  @ApiProperty({ required: false, type: [String] })
  inherited?: string[];
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

/** What stands between an idea and an experiment, said early. */
export class IdeaItemDto {
  /** Stable, e.g. TOO_FEW_PEOPLE. */
  code: string;
  /** JSON Pointer into the body. */
  pointer: string;
  /** One plain sentence. */
  why: string;
}

export class IdeaErrorDto {
  /** JSON Pointer of the member that is wrong. */
  pointer: string;
  code: string;
  /** What is wrong with it. */
  detail?: string;
}

/** The dry run of the create gate beside an idea. */
export class IdeaCheckDto {
  @ApiProperty({ enum: ['pass', 'refused'], enumName: 'GateOutcome' })
  outcome: GateReport['outcome'];
  /** What keeps the gate shut, as far as it can be asked already. */
  unmet: IdeaItemDto[];
  /** The item to repair first; null when nothing is unmet. */
  @ApiProperty({ type: NextBestDto, nullable: true })
  nextBest: GateReport['nextBest'];
  /** JSON Pointers of what must be there before the gate can pass. */
  missing: string[];
  /** Members that are there and wrong. */
  errors: IdeaErrorDto[];
}

export class CheckedIdeaDto extends IdeaDto {
  /** What the gate says of it so far. */
  check: IdeaCheckDto;
}

/** The idea as it should be. What only we set may be sent back. */
export class ReplaceIdeaDto extends IdeaBodyDto {
  /** Read-only. */
  @Allow()
  @ApiProperty({ required: false, type: 'string' })
  id?: string;

  /** Read-only. */
  @Allow()
  @ApiProperty({ required: false, type: 'string' })
  createdAt?: string;

  /** Computed; what is sent is ignored. */
  @Allow()
  @ApiProperty(ANYTHING as object)
  check?: object;
}

export class IdeaPageDto {
  data: IdeaDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
