import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { idFromPath } from '../../platform/http/ids.js';
import { Creates } from '../../platform/idempotency/creates.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import {
  CloseFollowUpDto,
  FollowUpCandidateListDto,
  FollowUpDto,
  FollowUpListDto,
} from './dto/follow-up.dto.js';
import { ExperimentLearningDto } from './dto/learned.dto.js';
import { FollowUpsService } from './follow-ups.service.js';
import { LearningService } from './learning.service.js';

@ApiTags('Results')
@Controller('v1/experiments/:key')
export class LearningController {
  constructor(
    private readonly learning: LearningService,
    private readonly followUps: FollowUpsService,
  ) {}

  /**
   * Shows what the experiment taught: for each variant whether the metric moved and whether the reason
   * was right, side by side, with why each counts as it does, link by link, and what it did to the
   * insights it rested on. A metric can move for another reason: that is a lucky win, which may ship and
   * cannot be cited.
   */
  @Get('learning')
  @Scoped('experiments:read')
  async getLearning(
    @Caller() caller: Principal,
    @Param('key') key: string,
  ): Promise<ExperimentLearningDto> {
    return await this.learning.learning(caller.projectId, key);
  }

  /**
   * Lists who is to be asked after the test, what, and how many have been heard. Each has a question and
   * a study: record the interviews in that study and name the experiment in `exposureTo`.
   */
  @Get('follow-ups')
  @Scoped('experiments:read')
  async listFollowUps(
    @Caller() caller: Principal,
    @Param('key') key: string,
  ): Promise<FollowUpListDto> {
    return { data: await this.followUps.list(caller.projectId, key) };
  }

  /**
   * Lists people who agreed to be asked again and are known to have met the change: an interview says
   * so, or the account they belong to did and they allow the link. Ids and pseudonyms only.
   * @throws {409} `not-launched`: nobody has met a draft.
   */
  @Get('follow-ups/:id/candidates')
  @Scoped('evidence:read')
  async listFollowUpCandidates(
    @Caller() caller: Principal,
    @Param('key') key: string,
    @Param('id') id: string,
  ): Promise<FollowUpCandidateListDto> {
    return { data: await this.followUps.candidates(caller.projectId, key, idFromPath(id)) };
  }

  /**
   * Ends a follow-up and says why. That it stays unexplained is an honest end.
   * @throws {409} `already-closed`: it has been closed before.
   * @throws {409} `not-launched`: nobody has met a draft.
   */
  @Post('follow-ups/:id/close')
  @Creates()
  @HttpCode(200)
  @Scoped('experiments:write')
  async closeFollowUp(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
    @Param('id') id: string,
    @Body() body: CloseFollowUpDto,
  ): Promise<FollowUpDto> {
    return await this.followUps.close(actor, key, idFromPath(id), body.reason);
  }
}
