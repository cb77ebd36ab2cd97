import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Creates } from '../../platform/idempotency/creates.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import { AnswerGapDto, EvidenceGapDto } from './dto/evidence.dto.js';
import { AcknowledgeImpactDto, ImpactListDto, ImpactStandingDto } from './dto/impact.dto.js';
import { EvidenceGapsService } from './evidence-gaps.service.js';
import { ImpactsService } from './impacts.service.js';

@ApiTags('Experiments')
@Controller('v1/experiments/:key')
export class ImpactsController {
  constructor(
    private readonly impacts: ImpactsService,
    private readonly gaps: EvidenceGapsService,
  ) {}

  /** Lists the departments concerned, and who of them has acknowledged what may happen to them. */
  @Get('impacts')
  @Scoped('experiments:read')
  async listImpacts(
    @Caller() caller: Principal,
    @Param('key') key: string,
  ): Promise<ImpactListDto> {
    return { data: await this.impacts.list(caller.projectId, key) };
  }

  /**
   * Says, for a department, that it knows what the change may do to it. Once is enough until the
   * entry changes. An author may do it only where the department has nobody else, and that is shown.
   * @throws {403} `not-in-department`: only its members can.
   * @throws {409} `author-cannot-acknowledge`: another member of the department can.
   * @throws {409} `invalid-state-transition`: it has been launched.
   */
  @Post('impacts/:department/acknowledge')
  @Creates()
  @HttpCode(200)
  @Scoped('experiments:write')
  async acknowledgeImpact(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
    @Param('department') department: string,
    @Body() body: AcknowledgeImpactDto,
  ): Promise<ImpactStandingDto> {
    return await this.impacts.acknowledge(actor, key, department, body.note ?? null);
  }

  /**
   * Answers in writing that evidence was taken back after the launch, and names quotes that stand in
   * for it. Without either the change cannot ship.
   * @throws {409} `no-evidence-gap`: nothing that it cites has been taken back.
   * @throws {409} `invalid-state-transition`: a draft is edited instead.
   */
  @Post('evidence-gaps')
  @Creates()
  @Scoped('experiments:write')
  async answerEvidenceGap(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
    @Body() body: AnswerGapDto,
  ): Promise<EvidenceGapDto> {
    return await this.gaps.answer(actor, key, body);
  }
}
