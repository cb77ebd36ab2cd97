import { ApiProperty } from '@nestjs/swagger';
import {
  IMPACT_STATES,
  type ImpactStanding,
  type ImpactState,
} from '../../../domain/experiments/impacts.js';
import { Maybe, Text } from '../../../platform/http/fields.js';

export class AcknowledgeImpactDto {
  /** What the department wants to be remembered. */
  @Maybe()
  @Text()
  note?: string;
}

/** Where a department stands towards what the change may do to it. */
export class ImpactStandingDto {
  /** Key of the department. */
  department: string;
  /** `stale`: the entry was changed after it was acknowledged. */
  @ApiProperty({ enum: IMPACT_STATES, enumName: 'ImpactState' })
  state: ImpactState;
  /** Member who acknowledged last. */
  acknowledgedBy?: string;
  @ApiProperty({ format: 'date-time', description: 'When it was acknowledged.' })
  acknowledgedAt?: string;
  /** The author did it, because the department has nobody else: no second person has seen this. */
  alone?: boolean;
  /** What the department wants to be remembered. */
  note?: string;

  static from(standing: ImpactStanding, note: string | null): ImpactStandingDto {
    const { department, state, acknowledgement } = standing;
    if (acknowledgement === null) return { department, state };
    const { memberId, acknowledgedAt, alone } = acknowledgement;
    return {
      department,
      state,
      acknowledgedBy: memberId,
      acknowledgedAt: acknowledgedAt.toISOString(),
      alone,
      ...(note === null ? {} : { note }),
    };
  }
}

export class ImpactListDto {
  data: ImpactStandingDto[];
}
