import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { GateReport } from '../../domain/evidence/gate-report.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import { DecisionsQueries } from './decisions.queries.js';
import { DecisionsService } from './decisions.service.js';
import { DecideDto, DecisionDto, DecisionListDto } from './dto/decision.dto.js';

@ApiTags('Experiments')
@Controller('v1/experiments/:key')
export class DecisionsController {
  constructor(
    private readonly decisions: DecisionsService,
    private readonly queries: DecisionsQueries,
  ) {}

  /**
   * Decides what happens with the change. To ship takes matured profit; a click alone never ships.
   * Shipping and iterating also say what was learned: why, link by link, what surprised, and what
   * other departments noticed. Stopping and rolling back need a reason and nothing else.
   * @throws {409} `not-launched`: a draft has nothing to decide.
   * @throws {422} `gate-refused`: the verdict does not carry this decision; `unmet` says why.
   */
  @Post('decide')
  @Scoped('experiments:decide')
  async decideExperiment(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
    @Body() body: DecideDto,
  ): Promise<DecisionDto> {
    return await this.decisions.decide(actor, key, body);
  }

  /**
   * Asks the gate about a decision without taking it, as often as you like. The answer is the
   * refusal's body, or a pass; it lists the surprises that have to be answered. Nothing is stored.
   * @throws {409} `not-launched`: a draft has nothing to decide.
   */
  @Post('decide/check')
  @HttpCode(200)
  @Scoped('experiments:read')
  @ApiOkResponse({
    description: 'What the gate would say.',
    // The one description of a gate's answer; this feature may not import the class behind it.
    schema: { $ref: '#/components/schemas/GateReportDto' },
  })
  async checkDecision(
    @Caller() caller: Principal,
    @Param('key') key: string,
    @Body() body: DecideDto,
  ): Promise<GateReport> {
    return await this.decisions.check(caller, key, body);
  }

  /** Lists the decisions that were taken, with what was learned; a re-read may follow a decision. */
  @Get('decisions')
  @Scoped('experiments:read')
  async listDecisions(
    @Caller() caller: Principal,
    @Param('key') key: string,
  ): Promise<DecisionListDto> {
    return { data: await this.queries.of(caller.projectId, key) };
  }
}
