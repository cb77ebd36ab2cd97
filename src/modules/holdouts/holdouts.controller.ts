import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { pageRequest } from '../../platform/http/page.js';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import { Creates } from '../../platform/idempotency/creates.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import { CreateHoldoutDto, EndHoldoutDto, HoldoutDto, HoldoutPageDto } from './dto/holdout.dto.js';
import { HoldoutsService } from './holdouts.service.js';

@ApiTags('Experiments')
@Controller('v1/holdouts')
export class HoldoutsController {
  constructor(private readonly holdouts: HoldoutsService) {}

  /**
   * Keeps a share of units out of every test that is launched from now on, and from what those tests
   * ship, until the holdout is ended. Tests that are live already go on unchanged.
   * @throws {409} `already-exists`: keys are never used again.
   */
  @Post()
  @Creates()
  @Scoped('experiments:write')
  async createHoldout(
    @ActingMember() actor: Actor,
    @Body() body: CreateHoldoutDto,
  ): Promise<HoldoutDto> {
    return await this.holdouts.create(actor, body);
  }

  /** Lists the holdouts, ended ones too. */
  @Get()
  @Scoped('experiments:read')
  async listHoldouts(
    @Caller() caller: Principal,
    @Query() query: PageQueryDto,
  ): Promise<HoldoutPageDto> {
    return await this.holdouts.page(caller.projectId, pageRequest(query));
  }

  /** Shows one holdout. */
  @Get(':key')
  @Scoped('experiments:read')
  async getHoldout(@Caller() caller: Principal, @Param('key') key: string): Promise<HoldoutDto> {
    return await this.holdouts.byKey(caller.projectId, key);
  }

  /**
   * Ends a holdout for good. What was shipped reaches its units from now on; tests that are live keep
   * them out to their end, because their plan is frozen. Ended twice is ended once: the first reason
   * stays.
   */
  @Post(':key/end')
  @HttpCode(200)
  @Scoped('experiments:write')
  async endHoldout(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
    @Body() body: EndHoldoutDto,
  ): Promise<HoldoutDto> {
    return await this.holdouts.end(actor, key, body.reason);
  }
}
