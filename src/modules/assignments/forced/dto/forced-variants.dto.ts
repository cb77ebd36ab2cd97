import { ApiProperty } from '@nestjs/swagger';
import { IsObject } from 'class-validator';
import { FORCED_UNITS_MAX } from '../../../../domain/assignment/forced-variants.js';

/** Units that get a variant by hand, for looking at it. They are no part of the test. */
export class ForcedVariantsDto {
  /**
   * Key of the variant by id of the unit, of the experiment's kind of unit; at most 100. An empty
   * object forces nobody.
   */
  @IsObject()
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    maxProperties: FORCED_UNITS_MAX,
    example: { 'visitor-of-the-designer': 'total' },
  })
  units: Record<string, string>;
}
