import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../platform/security/access.js';
import { ActingMember, type Actor } from '../../platform/security/principal.js';
import { DecisionsService } from './decisions.service.js';
import { DecideDto, DecisionDto } from './dto/decision.dto.js';

@ApiTags('Experiments')
@Controller('v1/experiments/:key')
export class DecisionsController {
  constructor(private readonly decisions: DecisionsService) {}

  /**
   * Decides what happens with the change. To ship takes matured profit; a click alone never ships.
   * Stopping, rolling back and iterating need a reason and nothing else.
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
}
