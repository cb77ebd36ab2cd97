import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../platform/security/access.js';
import { Caller, type Principal } from '../../platform/security/principal.js';
import { PowerPlanDto } from './dto/power-plan.dto.js';
import { PowerQuestionDto } from './dto/power-question.dto.js';
import { PlansService } from './plans.service.js';

@ApiTags('Metrics')
@Controller('v1/plans')
export class PlansController {
  constructor(private readonly plans: PlansService) {}

  /**
   * Says what a test could show before anything is built: how many units and days an effect needs,
   * how small an effect a time can show, and what that is worth in a year. Traffic and spread are
   * those of the last weeks unless you say them. Nothing is stored.
   * @throws {422} `baseline-missing`: the log says nothing of the metric yet; `validation-failed`: no
   *   test can be planned like this, with a pointer to each reason.
   */
  @Post('power')
  @HttpCode(200)
  @Scoped('results:read')
  async planPower(
    @Caller() caller: Principal,
    @Body() body: PowerQuestionDto,
  ): Promise<PowerPlanDto> {
    return PowerPlanDto.from(await this.plans.power(caller.projectId, body));
  }
}
