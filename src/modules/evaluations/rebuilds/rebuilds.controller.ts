import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { idFromPath } from '../../../platform/http/ids.js';
import { pageRequest } from '../../../platform/http/page.js';
import { PageQueryDto } from '../../../platform/http/page-query.dto.js';
import { Scoped } from '../../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../../platform/security/principal.js';
import { RebuildDto, RebuildPageDto } from './dto/rebuild.dto.js';
import { RebuildsService } from './rebuilds.service.js';

@ApiTags('Results')
@Controller('v1')
export class RebuildsController {
  constructor(private readonly rebuilds: RebuildsService) {}

  /**
   * Sums an experiment again from the log of events, and answers at once: look at
   * `GET /v1/rebuilds/{id}` for how far it is. Evaluations keep running sums and add what is new;
   * they give the same numbers, so this is needed only after a result says that its sums differ from
   * the log. While one rebuild runs, another is not begun: you get the one that runs.
   * @throws {409} `not-launched`: the experiment is a draft.
   */
  @Post('experiments/:key/rebuilds')
  @HttpCode(202)
  @Scoped('experiments:write')
  async rebuildExperiment(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
  ): Promise<RebuildDto> {
    return await this.rebuilds.begin(actor, key);
  }

  /** Lists the rebuilds of an experiment, newest first. */
  @Get('experiments/:key/rebuilds')
  @Scoped('results:read')
  async listRebuilds(
    @Caller() caller: Principal,
    @Param('key') key: string,
    @Query() query: PageQueryDto,
  ): Promise<RebuildPageDto> {
    return await this.rebuilds.list(caller.projectId, key, pageRequest(query));
  }

  /**
   * Shows one rebuild; look again while it runs to see it move.
   * @throws {404} `not-found`: there is no such rebuild.
   */
  @Get('rebuilds/:id')
  @Scoped('results:read')
  async getRebuild(@Caller() caller: Principal, @Param('id') id: string): Promise<RebuildDto> {
    return await this.rebuilds.byId(caller.projectId, idFromPath(id));
  }
}
