import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  Res,
} from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { plainToInstance } from 'class-transformer';
import type { FastifyReply } from 'fastify';
import type { GateReport } from '../../domain/evidence/gate-report.js';
import { idFromPath } from '../../platform/http/ids.js';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import { pageRequest } from '../../platform/http/page.js';
import { etagOf, requiredVersion } from '../../platform/http/preconditions.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import { CouldShowQuery } from './could-show.js';
import { CheckBodyDto, CheckQueryDto } from './dto/check.dto.js';
import { ExperimentBodyDto, IdeaBodyDto } from './dto/experiment-body.dto.js';
import { IdeaDto, IdeaPageDto } from './dto/experiment.dto.js';
import { CheckReportDto, type GateReportDto } from './dto/gate.dto.js';
import { ExperimentsService } from './experiments.service.js';
import { IdeasService, requireComplete } from './ideas.service.js';

@ApiTags('Experiments')
@Controller('v1')
export class IdeasController {
  constructor(
    private readonly ideas: IdeasService,
    private readonly experiments: ExperimentsService,
    private readonly couldShow: CouldShowQuery,
  ) {}

  /** Keeps any part of an experiment, without evidence. Ideas never run. */
  @Post('ideas')
  @Scoped('experiments:write')
  async createIdea(
    @ActingMember() actor: Actor,
    @Body() body: IdeaBodyDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IdeaDto> {
    const idea = await this.ideas.create(actor, body);
    void reply.header('etag', etagOf(idea.version));
    return IdeaDto.from(idea);
  }

  /** Lists the ideas. */
  @Get('ideas')
  @Scoped('experiments:read')
  async listIdeas(@Caller() caller: Principal, @Query() query: PageQueryDto): Promise<IdeaPageDto> {
    return await this.ideas.list(caller.projectId, pageRequest(query), (idea) =>
      IdeaDto.from(idea),
    );
  }

  /** Shows an idea. */
  @Get('ideas/:id')
  @Scoped('experiments:read')
  async getIdea(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IdeaDto> {
    const idea = await this.ideas.byId(caller.projectId, idFromPath(id));
    void reply.header('etag', etagOf(idea.version));
    return IdeaDto.from(idea);
  }

  /**
   * Replaces an idea.
   * @throws {412} `precondition-failed`: somebody changed it since you read it.
   * @throws {428} `precondition-required`: If-Match is missing.
   */
  @Put('ideas/:id')
  @Scoped('experiments:write')
  @ApiHeader({ name: 'If-Match', required: true, description: 'ETag of the version you edited.' })
  async replaceIdea(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: IdeaBodyDto,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IdeaDto> {
    const idea = await this.ideas.replace(actor, idFromPath(id), body, requiredVersion(ifMatch));
    void reply.header('etag', etagOf(idea.version));
    return IdeaDto.from(idea);
  }

  /**
   * Asks a gate without creating anything, as often as you like: for a whole body, for an idea
   * (`idea`), or for a stored experiment (`experiment`). The answer is the refusal's body, or a pass,
   * and what the test could ever show at today's traffic.
   */
  @Post('experiments/check')
  @HttpCode(200)
  @Scoped('experiments:read')
  async checkGate(
    @Caller() caller: Principal,
    @Query() query: CheckQueryDto,
    @Body() body: CheckBodyDto,
  ): Promise<CheckReportDto> {
    const { projectId } = caller;
    const gate = query.gate ?? 'create';
    const definition = await this.definitionFor(projectId, body);
    const report = await this.experiments.check(projectId, gate, definition);
    const couldShow = await this.couldShow.ask(projectId, definition);
    return { ...(report as GateReport & GateReportDto), couldShow };
  }

  private async definitionFor(projectId: string, body: CheckBodyDto) {
    const { idea, experiment, ...own } = body;
    if (experiment !== undefined) {
      return (await this.experiments.byKey(projectId, experiment)).definition;
    }
    const kept = idea === undefined ? {} : (await this.ideas.byId(projectId, idea)).body;
    const given = Object.fromEntries(
      Object.entries(own).filter(([, value]) => value !== undefined),
    );
    const whole = plainToInstance(ExperimentBodyDto, { ...kept, ...given });
    requireComplete(whole);
    return await this.experiments.validDefinition(projectId, whole);
  }
}
