import { ApiProperty } from '@nestjs/swagger';
import { DECISION_ACTIONS, type DecisionAction } from '../../../domain/experiments/decision.js';
import {
  OVERRIDE_REQUEST_STATES,
  type OverrideRequestState,
} from '../../../domain/verdict/decide-case.js';
import { EnumOf, Key, Maybe, Text } from '../../../platform/http/fields.js';
import type { StoredOverrideRequest } from '../override-requests.queries.js';

/** What another member is asked to decide against the gate. */
export class AskOverrideDto {
  /** What the other member would decide. */
  @EnumOf(DECISION_ACTIONS, 'DecisionAction')
  action: DecisionAction;

  /** Key of the variant that would be shipped. */
  @Maybe()
  @Key()
  variant?: string;

  /** Why it cannot wait until the gate lets it pass. */
  @Text()
  reason: string;
}

/** A decision against the gate that one member asked for and another may take. */
export class OverrideRequestDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  experimentKey: string;

  /** What was asked for, from a closed set. */
  @ApiProperty({ enum: DECISION_ACTIONS, enumName: 'DecisionAction' })
  action: DecisionAction;

  /** Key of the variant that would be shipped. */
  variant?: string;

  /** Why it cannot wait until the gate lets it pass. */
  reason: string;

  /** `used`: it was decided. `overtaken`: another decision was taken since, so it must be asked anew. */
  @ApiProperty({ enum: OVERRIDE_REQUEST_STATES, enumName: 'OverrideRequestState' })
  state: OverrideRequestState;

  /** Member who asked; somebody else decides. */
  requestedBy: string;

  /** When it was asked for. */
  @ApiProperty({ format: 'date-time' })
  requestedAt: string;

  static from(request: StoredOverrideRequest, experimentKey: string): OverrideRequestDto {
    const { id, action, variant, reason, state, requestedBy, requestedAt } = request;
    return {
      id,
      experimentKey,
      action,
      ...(variant === null ? {} : { variant }),
      reason,
      state,
      requestedBy,
      requestedAt: requestedAt.toISOString(),
    };
  }
}

export class OverrideRequestListDto {
  data: OverrideRequestDto[];
}
