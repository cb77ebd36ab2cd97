import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../../platform/security/principal.js';
import { ForcedVariantsDto } from './dto/forced-variants.dto.js';
import { ForcedVariantsService } from './forced-variants.service.js';

@ApiTags('Assignment')
@Controller('v1/experiments')
export class ForcedVariantsController {
  constructor(private readonly forced: ForcedVariantsService) {}

  /**
   * Shows which units get a variant by hand.
   * @throws {409} `not-launched`: a draft is unknown to clients.
   */
  @Get(':key/forced-variants')
  @Scoped('experiments:read')
  async getForcedVariants(
    @Caller() caller: Principal,
    @Param('key') key: string,
  ): Promise<ForcedVariantsDto> {
    return { units: await this.forced.all(caller.projectId, key) };
  }

  /**
   * Forces units into variants, so that a team can look at each on its own devices while the test is
   * live, paused too. What is sent replaces all that was. Clients are told that such a unit is not in
   * the experiment, so it is never counted.
   * @throws {409} `assigned-elsewhere`: another system assigns the units of this experiment.
   * @throws {409} `invalid-state-transition`: the test is over, so nobody can be forced any more.
   * @throws {409} `not-launched`: a draft is unknown to clients.
   */
  @Put(':key/forced-variants')
  @Scoped('experiments:write')
  async setForcedVariants(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
    @Body() body: ForcedVariantsDto,
  ): Promise<ForcedVariantsDto> {
    return { units: await this.forced.replace(actor, key, body.units) };
  }
}
