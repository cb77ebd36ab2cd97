import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** What GrowthBook's tracking plugin sends of one event. Further members are read over. */
export class GrowthBookEventDto {
  /** `Experiment Viewed` is an exposure. */
  @ApiProperty({ type: 'string', example: 'Experiment Viewed' })
  event_name: string;

  /**
   * Of `Experiment Viewed`: `experimentId`, `variationId` and the `hashValue` that is the unit. Of
   * any: `event_id`, which makes a retry certain to count once.
   */
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { experimentId: 'annual-plan-first', variationId: 'treatment', hashValue: 'v-8261' },
  })
  properties_json?: Record<string, unknown>;

  /** The other attributes of the unit. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  context_json?: Record<string, unknown>;

  /** The attribute `id`, or one named `device_id` or `anonymous_id`. */
  @ApiProperty({ type: 'string', nullable: true, required: false })
  device_id?: string | null;

  /** The attribute `user_id`; the unit of events of whom nothing else is known. */
  @ApiProperty({ type: 'string', nullable: true, required: false })
  user_id?: string | null;
}
