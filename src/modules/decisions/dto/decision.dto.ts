import { ApiProperty } from '@nestjs/swagger';
import { DECISION_ACTIONS, type DecisionAction } from '../../../domain/experiments/decision.js';
import {
  EnumOf,
  Flag,
  Fraction,
  Id,
  Instant,
  Key,
  Maybe,
  Nested,
  NestedList,
  Text,
} from '../../../platform/http/fields.js';
import { LabelDto } from '../../../platform/http/label.dto.js';
import { GateWarningDto } from './gate-warning.dto.js';
import {
  LearningDto,
  SaidFalsifierDto,
  SaidLinkDto,
  SaidSideEffectDto,
  SaidSurpriseDto,
  SaidWhyDto,
} from './learning.dto.js';

/** Deciding against the gate: needs its own scope, and is shown on every view. */
export class OverrideDto {
  @Text()
  reason: string;

  /** What another member asked for in writing; needed where the policy wants two. */
  @Maybe()
  @Id()
  requestId?: string;
}

/** What people do with the verdict. */
export class DecideDto {
  /**
   * `ship` needs matured profit; shipping and iterating also say what was learned; `stop` and
   * `roll_back` need only a reason.
   */
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

  /** Why the result came out as it did. */
  @Maybe()
  @Nested(() => SaidWhyDto)
  why?: SaidWhyDto;

  /** Your judgement of the links of the chain that the numbers do not reach. */
  @Maybe()
  @NestedList(() => SaidLinkDto)
  links?: SaidLinkDto[];

  /** Your answers to what came out other than was said before; the dry run lists them. */
  @Maybe()
  @NestedList(() => SaidSurpriseDto)
  surprises?: SaidSurpriseDto[];

  /** What departments noticed: each that was to notice something, and any other. */
  @Maybe()
  @NestedList(() => SaidSideEffectDto)
  sideEffects?: SaidSideEffectDto[];

  /** Whether what was frozen as `wrongIf` has happened: it decides with the links whether the reason held. */
  @Maybe()
  @Nested(() => SaidFalsifierDto)
  wrongIf?: SaidFalsifierDto;
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
  /** The request that it carries out. */
  @ApiProperty({ format: 'uuid' })
  overrideRequestId?: string;
  /** Member who asked for it first; absent where nobody else did. */
  overrideRequestedBy?: string;
  /** The evaluation it rests on. */
  evaluationId?: string;
  /** What was learned; absent for an A/A test, which teaches nothing about people. */
  learning?: LearningDto;
  /** What must be said wherever this decision is shown. */
  labels: LabelDto[];
  /** What the gate warned of. */
  warnings: GateWarningDto[];
  /** Member who decided. */
  decidedBy: string;
  @ApiProperty({ format: 'date-time' })
  decidedAt: string;
}

export class DecisionListDto {
  /** Oldest first; the last one holds. */
  data: DecisionDto[];

  /** What must be said of the test today. */
  labels: LabelDto[];
}
