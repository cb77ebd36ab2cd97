import { ApiProperty } from '@nestjs/swagger';
import { DECISION_ACTIONS, type DecisionAction } from '../../../domain/experiments/decision.js';
import {
  EnumOf,
  Flag,
  Fraction,
  Instant,
  Key,
  Maybe,
  Nested,
  Text,
} from '../../../platform/http/fields.js';
import { GateWarningDto } from './gate-warning.dto.js';

/** Deciding against the gate: needs its own scope, and is shown on every view. */
export class OverrideDto {
  @Text()
  reason: string;
}

/** What people do with the verdict. */
export class DecideDto {
  /** `ship` needs matured profit; `stop`, `roll_back` and `iterate` need only a reason. */
  @EnumOf(DECISION_ACTIONS, 'DecisionAction')
  action: DecisionAction;

  /** Key of the variant that is shipped. */
  @Maybe()
  @Key()
  variant?: string;

  /** Why; shown with the decision. */
  @Text()
  reason: string;

  /** Share of units that keep the control after shipping. */
  @Maybe()
  @Fraction()
  holdBack?: number;

  /** For a provisional ship: when it is looked at again. */
  @Maybe()
  @Instant()
  rereadAt?: string;

  /** Whether the control stays without the change: only then a later difference is causal. */
  @Maybe()
  @Flag()
  controlStillHeldOut?: boolean;

  @Maybe()
  @Nested(() => OverrideDto)
  override?: OverrideDto;
}

export class DecisionDto {
  id: string;
  experimentKey: string;
  @ApiProperty({ enum: DECISION_ACTIONS, enumName: 'DecisionAction' })
  action: DecisionAction;
  variant?: string;
  reason: string;
  holdBack?: number;
  @ApiProperty({ format: 'date-time' })
  rereadAt?: string;
  controlStillHeldOut?: boolean;
  /** Why it was decided against the gate. */
  overrideReason?: string;
  /** The evaluation it rests on. */
  evaluationId?: string;
  /** What the gate warned of. */
  warnings: GateWarningDto[];
  /** Member who decided. */
  decidedBy: string;
  @ApiProperty({ format: 'date-time' })
  decidedAt: string;
}
