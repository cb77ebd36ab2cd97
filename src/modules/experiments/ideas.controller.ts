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
import type { FastifyReply } from 'fastify';
import type { GateReport } from '../../domain/evidence/gate-report.js';
import { idFromPath } from '../../platform/http/ids.js';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import { pageRequest } from '../../platform/http/page.js';
import { etagOf, requiredVersion } from '../../platform/http/preconditions.js';
import { Creates } from '../../platform/idempotency/creates.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import { Invalid } from '../../domain/errors.js';
import { CouldShowQuery } from './could-show.js';
import { DecideGateReader } from './decide-gate.reader.js';
import { type DryRun, DryRunsService } from './dry-runs.service.js';
import { CheckBodyDto, CheckQueryDto } from './dto/check.dto.js';
import { IdeaBodyDto } from './dto/experiment-body.dto.js';
import { CheckedIdeaDto, IdeaDto, IdeaPageDto, ReplaceIdeaDto } from './dto/experiment.dto.js';
import { CheckReportDto, type GateReportDto } from './dto/gate.dto.js';
import { ExperimentsService } from './experiments.service.js';
import { IdeaEntity } from './idea.entity.js';
import { IdeasService } from './ideas.service.js';

@ApiTags('Experiments')
@Controller('v1')
export class IdeasController {
  constructor(
    private readonly ideas: IdeasService,
    private readonly experiments: ExperimentsService,
    private readonly dryRuns: DryRunsService,
    private readonly couldShow: CouldShowQuery,
    private readonly decideGate: DecideGateReader,
  ) {}

  /**
   * Keeps any part of an experiment, without evidence. Ideas never run. The answer says beside it
   * what the gate would still ask for.
   */
  @Post('ideas')
  @Creates()
  @Scoped('experiments:write')
  async createIdea(
    @ActingMember() actor: Actor,
    @Body() body: IdeaBodyDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CheckedIdeaDto> {
    return await this.checked(actor, await this.ideas.create(actor, body), reply);
  }

  /** Lists the ideas. */
  @Get('ideas')
  @Scoped('experiments:read')
  async listIdeas(@Caller() caller: Principal, @Query() query: PageQueryDto): Promise<IdeaPageDto> {
    return await this.ideas.list(caller.projectId, pageRequest(query), (idea) =>
      IdeaDto.from(idea),
    );
  }

  /** Shows an idea, and what the gate says of it so far. */
  @Get('ideas/:id')
  @Scoped('experiments:read')
  async getIdea(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CheckedIdeaDto> {
    return await this.checked(actor, await this.ideas.byId(actor.projectId, idFromPath(id)), reply);
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
    @Body() body: ReplaceIdeaDto,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CheckedIdeaDto> {
    const version = requiredVersion(ifMatch);
    return await this.checked(
      actor,
      await this.ideas.replace(actor, idFromPath(id), body, version),
      reply,
    );
  }

  /**
   * Asks a gate without creating anything, as often as you like: for any part of a body, for an idea
   * (`idea`), or for a stored experiment (`experiment`); the decide gate for a `decision` about an
   * experiment. The answer is the refusal's body, or a pass, and what the test could ever show at
   * today's traffic.
   * @throws {409} `not-launched`: a draft has nothing to decide.
   */
  @Post('experiments/check')
  @HttpCode(200)
  @Scoped('experiments:read')
  async checkGate(
    @ActingMember() actor: Actor,
    @Query() query: CheckQueryDto,
    @Body() body: CheckBodyDto,
  ): Promise<CheckReportDto> {
    const run = await this.dryRun(actor, query.gate ?? 'create', body);
    const { report, missing, inherited } = run;
    const couldShow = run.couldShow ?? (await this.couldShow.ask(actor.projectId, run.definition));
    return { ...(report as GateReport & GateReportDto), couldShow, missing, inherited };
  }

  private async dryRun(
    actor: Actor,
    gate: 'create' | 'launch' | 'decide',
    { idea, experiment, decision, ...sent }: CheckBodyDto,
  ): Promise<DryRun> {
    const { projectId } = actor;
    if (gate === 'decide') {
      if (experiment === undefined || decision === undefined) {
        throw new Invalid('validation-failed', 'The decide gate reads a decision about a test.', [
          { pointer: experiment === undefined ? '/experiment' : '/decision', code: 'missing' },
        ]);
      }
      const { definition } = await this.experiments.byKey(projectId, experiment);
      const report = await this.decideGate.check(actor, experiment, decision);
      return { report, definition, missing: [], inherited: [], couldShow: null };
    }
    if (experiment !== undefined) {
      const kept = await this.experiments.byKey(projectId, experiment);
      return await this.dryRuns.ofExperiment(gate, kept);
    }
    const kept = idea === undefined ? {} : (await this.ideas.byId(projectId, idea)).body;
    return await this.dryRuns.ofBody(actor, gate, sent, kept);
  }

  private async checked(
    actor: Actor,
    idea: IdeaEntity,
    reply: FastifyReply,
  ): Promise<CheckedIdeaDto> {
    void reply.header('etag', etagOf(idea.version));
    return { ...IdeaDto.from(idea), check: await this.dryRuns.ofIdea(actor, idea) };
  }
}
