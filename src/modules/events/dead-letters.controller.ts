import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { pageRequest } from '../../platform/http/page.js';
import { Scoped } from '../../platform/security/access.js';
import { Caller, type Principal } from '../../platform/security/principal.js';
import { DeadLetterBox } from './dead-letter-box.js';
import { DeadLetterPageDto, DeadLetterQueryDto } from './dto/dead-letter.dto.js';

@ApiTags('Events')
@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(private readonly letters: DeadLetterBox) {}

  /**
   * Lists events that were refused, newest first, so that whoever sends them can see what is wrong
   * without a log of their own. The same fault of the same event is listed once, with how often it
   * came. Nothing here says who a unit is. Letters are kept for 30 days after they came last, at
   * most 100,000 of them, and at most 500 new ones of a request.
   */
  @Get()
  @Scoped('project:read')
  async listDeadLetters(
    @Caller() caller: Principal,
    @Query() query: DeadLetterQueryDto,
  ): Promise<DeadLetterPageDto> {
    const { code = null, importId = null } = query;
    return await this.letters.list(caller.projectId, pageRequest(query), { code, importId });
  }
}
