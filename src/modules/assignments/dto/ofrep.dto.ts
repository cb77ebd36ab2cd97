import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { SERVING_REASONS, type ServingReason } from '../../../domain/assignment/compile-flag.js';
import {
  type FlagValue,
  UNIT_KINDS,
  type UnitKind,
} from '../../../domain/experiments/definition.js';
import { EXPERIMENT_STATES, type ExperimentState } from '../../../domain/experiments/lifecycle.js';
import { OFREP_ERROR_CODES, type OfrepErrorCode } from '../ofrep-dialect.js';

/** The unit that asks, as OpenFeature sends it. Further members are read over. */
export class OfrepContextDto {
  /** Id of the experiment's unit. */
  @ApiProperty({ type: 'string', example: 'visitor-8261' })
  targetingKey: string;

  /** Id of the visitor; used instead of the targeting key where the unit is a visitor. */
  @ApiProperty({ type: 'string', required: false })
  visitor?: string;

  /** Id of the user; used instead of the targeting key where the unit is a user. */
  @ApiProperty({ type: 'string', required: false })
  user?: string;

  /** Id of the account; used instead of the targeting key where the unit is an account. */
  @ApiProperty({ type: 'string', required: false })
  account?: string;
}

export class OfrepRequestDto {
  @ApiProperty({ type: () => OfrepContextDto })
  context: OfrepContextDto;
}

/** Where the value comes from. Flat, because providers drop nested metadata. */
export class OfrepMetadataDto {
  @ApiProperty({ type: 'string', format: 'uuid' })
  experimentId: string;

  @ApiProperty({ type: 'string' })
  experimentKey: string;

  /** Key of the variant whose value is served, in the test or not. */
  @ApiProperty({ type: 'string' })
  variationId: string;

  /** State of the experiment. */
  @ApiProperty({ enum: EXPERIMENT_STATES, enumName: 'ExperimentState' })
  phase: ExperimentState;

  /** What is randomised: an exposure names a unit of this kind. */
  @ApiProperty({ enum: UNIT_KINDS, enumName: 'UnitKind' })
  unit: UnitKind;

  /** Record an exposure when this is true and the unit really meets the variant; otherwise never. */
  @ApiProperty({ type: 'boolean' })
  inExperiment: boolean;

  /** Where the unit falls in the split, 0 to 9,999. */
  @ApiProperty({ type: 'integer', minimum: 0, maximum: 9999 })
  bucket: number;
}

/** The value of one flag for one unit. */
export class OfrepFlagDto {
  /** Key of the experiment. */
  @ApiProperty({ type: 'string', example: 'annual-plan-first' })
  key: string;

  /** The variant's value: always of one type for a flag. */
  @ApiProperty({
    oneOf: [
      { type: 'string' },
      { type: 'number' },
      { type: 'boolean' },
      { type: 'object', additionalProperties: true },
    ],
    example: 'treatment',
  })
  value: FlagValue;

  /**
   * `SPLIT`: by the unit's bucket. `STATIC`: shipped to everyone, or the unit is not of the audience.
   * `TARGETING_MATCH`: the unit was given this variant by hand. `DISABLED`: everyone gets the control,
   * because the test is paused, stopped or rolled back, or the arm was killed.
   */
  @ApiProperty({ enum: SERVING_REASONS, enumName: 'ServingReason' })
  reason: ServingReason;

  /** The variant the unit is in; missing when it is not in the test. */
  @ApiProperty({ type: 'string', required: false, example: 'treatment' })
  variant?: string;

  @ApiProperty({ type: () => OfrepMetadataDto })
  metadata: OfrepMetadataDto;
}

/** A flag that could not be evaluated for this context. */
export class OfrepFailureDto {
  /** Key of the flag; missing where all flags fail at once. */
  @ApiProperty({ type: 'string', required: false })
  key?: string;

  @ApiProperty({ enum: OFREP_ERROR_CODES, enumName: 'OfrepErrorCode' })
  errorCode: OfrepErrorCode;

  /** What to repair. */
  @ApiProperty({ type: 'string' })
  errorDetails: string;
}

/** About all flags together. */
export class OfrepFlagSetMetadataDto {
  /** The version of the configuration; a stream names it when it has changed. */
  @ApiProperty({ type: 'string' })
  flagConfigEtag: string;
}

export class OfrepEndpointDto {
  /** Path and query, at the origin that was asked. */
  @ApiProperty({ type: 'string', example: '/ofrep/v1/streams?token=...' })
  requestUri: string;
}

/** Where a client hears of changes. */
export class OfrepEventStreamDto {
  /** Server-sent events. */
  @ApiProperty({ type: 'string', example: 'sse' })
  type: string;

  @ApiProperty({ type: () => OfrepEndpointDto })
  endpoint: OfrepEndpointDto;

  /** Seconds after which a page that is not looked at gives the stream up. */
  @ApiProperty({ type: 'integer', example: 120 })
  inactivityDelaySec: number;
}

@ApiExtraModels(OfrepFlagDto, OfrepFailureDto)
export class OfrepFlagsDto {
  /** Every flag clients may know, by key. */
  @ApiProperty({
    type: 'array',
    items: {
      oneOf: [{ $ref: getSchemaPath(OfrepFlagDto) }, { $ref: getSchemaPath(OfrepFailureDto) }],
    },
  })
  flags: (OfrepFlagDto | OfrepFailureDto)[];

  @ApiProperty({ type: () => OfrepFlagSetMetadataDto })
  metadata: OfrepFlagSetMetadataDto;

  /** Where changes are told; empty would mean: poll. */
  @ApiProperty({ type: () => [OfrepEventStreamDto] })
  eventStreams: OfrepEventStreamDto[];
}
