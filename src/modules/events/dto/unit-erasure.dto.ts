import { ApiProperty } from '@nestjs/swagger';
import { UNIT_ID_LENGTH_MAX } from '../../../domain/events/unit-id.js';
import { UNIT_KINDS, type UnitKind } from '../../../domain/experiments/definition.js';
import { EnumOf, Nested, Text } from '../../../platform/http/fields.js';

/** The unit as your events name it. */
export class ErasedUnitDto {
  /** What kind of unit it is. */
  @EnumOf(UNIT_KINDS, 'UnitKind')
  kind: UnitKind;

  /** The id your events carry, letter for letter. */
  @Text(UNIT_ID_LENGTH_MAX)
  id: string;
}

export class EraseUnitDto {
  /** Whose events are erased. */
  @Nested(() => ErasedUnitDto)
  unit: ErasedUnitDto;
}

/** That a unit is erased. */
export class UnitErasureDto {
  /** When it was erased, the first time. */
  erasedAt: Date;

  /** How many events were deleted now; 0 when there were none, or the unit was erased before. */
  @ApiProperty({ type: 'integer' })
  events: number;
}
