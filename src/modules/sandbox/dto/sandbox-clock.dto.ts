import { ApiProperty } from '@nestjs/swagger';
import { Instant } from '../../../platform/http/fields.js';

/** Where the clock should go. */
export class MoveClockDto {
  /** The new time; not before the current one, except while the sandbox is still empty. */
  @Instant()
  now: string;
}

/** Where the clock is. */
export class SandboxClockDto {
  @ApiProperty({ format: 'date-time' })
  now: string;

  /** Always true: nothing in a sandbox is real. */
  sandbox: boolean;
}

/** Something that was due and could not be done. */
export class StepFailureDto {
  /** Stable name of the problem. */
  code: string;
  /** What happened. */
  detail: string;
}

/** One instant at which something fell due, in order. */
export class ClockStepDto {
  @ApiProperty({ format: 'date-time' })
  at: string;

  /** What could not be done then; the clock went on. */
  failures: StepFailureDto[];
}

/** How the clock got there. */
export class ClockMoveDto extends SandboxClockDto {
  /** How many instants fell due on the way. */
  @ApiProperty({ type: 'integer' })
  count: number;

  steps: ClockStepDto[];
}
