import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import type { FlagValue } from '../../../../domain/experiments/definition.js';

const VALUE = {
  oneOf: [
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'object', additionalProperties: true },
  ],
};
/** From, and up to but without. */
const RANGE = { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 };

/** Keeps out units whose hash is in none of the ranges: a layer, a holdout or a hold-back. */
export class GrowthBookFilterDto {
  /** Attribute with the id of the unit. */
  @ApiProperty({ type: 'string' })
  attribute: string;

  /** What is hashed before the id. */
  @ApiProperty({ type: 'string' })
  seed: string;

  /** Always 2. */
  @ApiProperty({ type: 'integer' })
  hashVersion: number;

  /** Half-open ranges of the hash, 0 to 1. */
  @ApiProperty({ type: 'array', items: RANGE })
  ranges: [number, number][];
}

/** The key by which results name a variant. */
export class GrowthBookVariationMetaDto {
  /** Key of the variant. */
  @ApiProperty({ type: 'string' })
  key: string;
}

/** What an SDK tells its tracking callback. */
export class GrowthBookTrackDto {
  /** The experiment, as the SDK names one. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  experiment: object;

  /** What the unit got, as the SDK names it. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  result: object;
}

/**
 * Whom it is about gets a value: `force` for all of them, or one of `variations` by the range that
 * holds the hash of the unit. The first rule about a unit decides.
 */
export class GrowthBookRuleDto {
  /** What has to be true of the attributes. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  condition?: object;

  /** All of them must let the unit pass. */
  @ApiProperty({ type: () => GrowthBookFilterDto, isArray: true, required: false })
  filters?: GrowthBookFilterDto[];

  /** The value of everybody whom the rule is about. */
  @ApiPropertyOptional(VALUE)
  force?: FlagValue;

  /** Key of the experiment. */
  @ApiProperty({ type: 'string', required: false })
  key?: string;

  /** What is hashed before the id. */
  @ApiProperty({ type: 'string', required: false })
  seed?: string;

  /** Attribute with the id of the unit. */
  @ApiProperty({ type: 'string', required: false })
  hashAttribute?: string;

  /** Always 2. */
  @ApiProperty({ type: 'integer', required: false })
  hashVersion?: number;

  /** The values of the variants, in their order. */
  @ApiPropertyOptional({ type: 'array', items: VALUE })
  variations?: FlagValue[];

  /** For each variant the half-open range of the hash, 0 to 1; an empty one holds nobody. */
  @ApiPropertyOptional({ type: 'array', items: RANGE })
  ranges?: [number, number][];

  /** For each variant its key. */
  @ApiProperty({ type: () => GrowthBookVariationMetaDto, isArray: true, required: false })
  meta?: GrowthBookVariationMetaDto[];

  /** State of the experiment. */
  @ApiProperty({ type: 'string', required: false })
  phase?: string;

  /** Always true: a remembered assignment would bring back variants that were killed. */
  @ApiProperty({ type: 'boolean', required: false })
  disableStickyBucketing?: boolean;

  /** Of an evaluated feature: the exposure, for when the value is asked for. */
  @ApiProperty({ type: () => GrowthBookTrackDto, isArray: true, required: false })
  tracks?: GrowthBookTrackDto[];
}

/** An experiment as these SDKs know it. */
export class GrowthBookFeatureDto {
  /** The value of the control, for whom no rule is about. */
  @ApiProperty(VALUE)
  defaultValue: FlagValue;

  /** Missing where everybody gets the default. */
  @ApiProperty({ type: () => GrowthBookRuleDto, isArray: true, required: false })
  rules?: GrowthBookRuleDto[];
}

@ApiExtraModels(GrowthBookFeatureDto)
export class GrowthBookPayloadDto {
  /** 200, as in the answer itself. */
  @ApiProperty({ type: 'integer', example: 200 })
  status: number;

  /** By key of the experiment. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(GrowthBookFeatureDto) },
  })
  features: Record<string, GrowthBookFeatureDto>;

  /** Changes with every change of the features: SDKs ignore what has the same. */
  @ApiProperty({ type: 'string', format: 'date-time' })
  dateUpdated: string;
}

/** Whom the features are evaluated for. */
export class GrowthBookEvalRequestDto {
  /**
   * What is known of the unit: its id as `visitor`, `user` or `account`, else as `id`, and whatever
   * conditions ask for.
   */
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { id: 'visitor-8261' },
  })
  attributes?: Record<string, unknown>;

  /** By key of the experiment, the place of a variant to look at, from 0. Not an exposure. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'integer' } })
  forcedVariations?: Record<string, number>;

  /** Values that the SDK itself puts in the place of ours; read over. */
  @ApiPropertyOptional({ type: 'array', items: { type: 'array', items: {} } })
  forcedFeatures?: unknown[][];

  /** Address of the page; `?KEY=1` in it is a variant to look at, as in `forcedVariations`. */
  @ApiProperty({ type: 'string', required: false })
  url?: string;
}
