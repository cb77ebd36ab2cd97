import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { parseInstant } from '../../domain/events/instant.js';
import { Invalid } from '../../domain/errors.js';
import { Scoped } from '../../platform/security/access.js';
import { ClockMoveDto, MoveClockDto, SandboxClockDto } from './dto/sandbox-clock.dto.js';
import { SandboxClock } from './sandbox-clock.js';

@ApiTags('Operations')
@Controller('v1/sandbox/clock')
export class SandboxController {
  constructor(private readonly clock: SandboxClock) {}

  /**
   * Shows the clock of a sandbox.
   * @throws {404} `not-found`: this is not a sandbox.
   */
  @Get()
  @Scoped('sandbox:write')
  async getSandboxClock(): Promise<SandboxClockDto> {
    return { now: (await this.clock.now()).toISOString(), sandbox: true };
  }

  /**
   * Moves the clock of a sandbox forward, through everything that falls due on the way and in its
   * order: evaluations, ends of enrolment, re-reads. While the sandbox is still empty the clock may
   * be set to any start.
   * @throws {404} `not-found`: this is not a sandbox.
   * @throws {409} `clock-moves-forward-only`: the time asked for has passed.
   */
  @Post()
  @HttpCode(200)
  @Scoped('sandbox:write')
  async moveSandboxClock(@Body() body: MoveClockDto): Promise<ClockMoveDto> {
    const target = parseInstant(body.now);
    if (target === null) throw new Invalid('validation-failed', 'now is an instant.');
    const steps = await this.clock.moveTo(target);
    return {
      now: (await this.clock.now()).toISOString(),
      sandbox: true,
      count: steps.length,
      steps: steps.map(({ at, failures }) => ({ at: at.toISOString(), failures })),
    };
  }
}
