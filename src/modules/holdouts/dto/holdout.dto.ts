import { ApiProperty } from '@nestjs/swagger';
import { UNIT_KINDS, type UnitKind } from '../../../domain/experiments/definition.js';
import { EnumOf, Key, Name, Quantity, Text } from '../../../platform/http/fields.js';

/** One in ten thousand units, and half of them: more would be the product, not a comparison. */
const SHARE_MIN = 0.0001;
const SHARE_MAX = 0.5;

/** Units to be kept out of every test that is launched from now on. */
export class CreateHoldoutDto {
  @Key()
  key: string;

  @Name()
  name: string;

  /** What is held out; tests of the same kind of unit keep it out. */
  @EnumOf(UNIT_KINDS, 'UnitKind')
  unit: UnitKind;

  /** Share of all units, 0.0001 to 0.5, in steps of 0.0001. */
  @Quantity(SHARE_MIN, SHARE_MAX)
  share: number;
}

export class EndHoldoutDto {
  @Text()
  reason: string;
}

/** Units that are kept out of tests, to compare with one day what all of them together brought. */
export class HoldoutDto {
  id: string;
  key: string;
  name: string;
  /** What is held out. */
  @ApiProperty({ enum: UNIT_KINDS, enumName: 'UnitKind' })
  unit: UnitKind;
  /** Share of all units, 0 to 1. */
  share: number;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  /** Member who created it. */
  createdBy: string;
  /** Until when it kept units out of new tests; absent while it does. */
  @ApiProperty({ format: 'date-time' })
  endedAt?: string;
  /** Member who ended it. */
  endedBy?: string;
  /** Why it was ended. */
  endReason?: string;
}

export class HoldoutPageDto {
  data: HoldoutDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
