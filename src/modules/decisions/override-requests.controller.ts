import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Creates } from '../../platform/idempotency/creates.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import {
  AskOverrideDto,
  OverrideRequestDto,
  OverrideRequestListDto,
} from './dto/override-request.dto.js';
import { OverrideRequestsService } from './override-requests.service.js';

@ApiTags('Experiments')
@Controller('v1/experiments/:key/override-requests')
export class OverrideRequestsController {
  constructor(private readonly requests: OverrideRequestsService) {}

  /**
   * Asks another member to decide against the gate: where the policy wants two, one alone cannot.
   * Nothing changes by it. Whoever agrees sends `override.requestId` with exactly this decision.
   * @throws {409} `not-launched`: a draft has nothing to decide.
   * @throws {409} `invalid-state-transition`: it has ended, so nothing can be decided.
   */
  @Post()
  @Creates()
  @Scoped('experiments:override')
  async requestOverride(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
    @Body() body: AskOverrideDto,
  ): Promise<OverrideRequestDto> {
    return await this.requests.ask(actor, key, body);
  }

  /** Lists the decisions against the gate that were asked for, and what became of them. */
  @Get()
  @Scoped('experiments:read')
  async listOverrideRequests(
    @Caller() caller: Principal,
    @Param('key') key: string,
  ): Promise<OverrideRequestListDto> {
    return { data: await this.requests.list(caller.projectId, key) };
  }
}
