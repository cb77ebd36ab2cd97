import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { idFromPath } from '../../platform/http/ids.js';
import { pageRequest } from '../../platform/http/page.js';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import { RereadDetailDto, RereadDto, RereadPageDto } from './dto/reread.dto.js';
import { RereadsService } from './rereads.service.js';

@ApiTags('Results')
@Controller('v1/experiments/:key/rereads')
export class RereadsController {
  constructor(private readonly rereads: RereadsService) {}

  /**
   * Lists when the money behind each decision is read again, and what was found: 30, 90, 180 and 365
   * days after it, and on the date that a provisional ship promised. Each says whether the verdict is
   * confirmed or revised, what was claimed beside what was realised, and what became of the control.
   */
  @Get()
  @Scoped('results:read')
  async listRereads(
    @Caller() caller: Principal,
    @Param('key') key: string,
    @Query() query: PageQueryDto,
  ): Promise<RereadPageDto> {
    return await this.rereads.list(caller.projectId, key, pageRequest(query), (reread) =>
      RereadDto.from(reread),
    );
  }

  /**
   * Shows one re-read with its whole result, which can be computed again from what was stored.
   * @throws {404} `not-found`: there is no such re-read.
   */
  @Get(':id')
  @Scoped('results:read')
  async getReread(
    @Caller() caller: Principal,
    @Param('key') key: string,
    @Param('id') id: string,
  ): Promise<RereadDetailDto> {
    return RereadDetailDto.from(await this.rereads.one(caller.projectId, key, idFromPath(id)));
  }

  /**
   * Asks again for a re-read that was given up, for example once a missing exchange rate is stored. It
   * is made within minutes, as of the date it was due.
   * @throws {404} `not-found`: there is no such re-read.
   * @throws {409} `reread-not-failed`: it was not given up.
   */
  @Post(':id/retry')
  @HttpCode(200)
  @Scoped('experiments:write')
  async retryReread(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
    @Param('id') id: string,
  ): Promise<RereadDto> {
    return RereadDto.from(await this.rereads.again(actor, key, idFromPath(id)));
  }
}
