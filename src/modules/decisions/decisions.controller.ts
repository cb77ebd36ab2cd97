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
import { DecisionsQueries } from './decisions.queries.js';
import { DecisionsService } from './decisions.service.js';
import { DecideDto, DecisionDto, DecisionListDto } from './dto/decision.dto.js';
import { StandingLabelsQuery } from './standing-labels.js';

@ApiTags('Experiments')
@Controller('v1/experiments/:key')
export class DecisionsController {
  constructor(
    private readonly decisions: DecisionsService,
    private readonly queries: DecisionsQueries,
    private readonly labels: StandingLabelsQuery,
  ) {}

  /**
   * Decides what happens with the change. To ship takes matured profit; a click alone never ships.
   * Shipping and iterating also say what was learned: why, link by link, what surprised, and what
   * other departments noticed. Stopping and rolling back need a reason and nothing else.
   * @throws {409} `not-launched`: a draft has nothing to decide.
   * @throws {422} `gate-refused`: the verdict does not carry this decision; `unmet` says why.
   */
  @Post('decide')
  @Creates()
  @Scoped('experiments:decide')
  async decideExperiment(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
    @Body() body: DecideDto,
  ): Promise<DecisionDto> {
    return await this.decisions.decide(actor, key, body);
  }

  /** Lists the decisions that were taken, with what was learned; a re-read may follow a decision. */
  @Get('decisions')
  @Scoped('experiments:read')
  async listDecisions(
    @Caller() caller: Principal,
    @Param('key') key: string,
  ): Promise<DecisionListDto> {
    const data = await this.queries.of(caller.projectId, key);
    return { data, labels: await this.labels.of(caller.projectId, key) };
  }
}
