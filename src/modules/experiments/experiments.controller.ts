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
import { Conflict, Invalid } from '../../domain/errors.js';
import { pageRequest } from '../../platform/http/page.js';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import { etagOf, requiredVersion } from '../../platform/http/preconditions.js';
import { Creates } from '../../platform/idempotency/creates.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import { amendmentFrom } from './amendment-from-body.js';
import { AmendmentDto } from './dto/amendment.dto.js';
import { CreateExperimentDto } from './dto/experiment-body.dto.js';
import {
  ExperimentDto,
  ExperimentPageDto,
  READ_ONLY_MEMBERS,
  ReplaceDraftDto,
} from './dto/experiment.dto.js';
import { GateDecisionListDto, PlanListDto, TimelineDto } from './dto/gate.dto.js';
import { DraftsService } from './drafts.service.js';
import { ExperimentsQueries } from './experiments.queries.js';
import { ExperimentsService } from './experiments.service.js';
import { ExperimentViews } from './experiment-views.js';

@ApiTags('Experiments')
@Controller('v1/experiments')
export class ExperimentsController {
  constructor(
    private readonly drafts: DraftsService,
    private readonly experiments: ExperimentsService,
    private readonly views: ExperimentViews,
    private readonly queries: ExperimentsQueries,
  ) {}

  /**
   * Creates an experiment, if its because holds. A refusal says everything that is missing, why it
   * matters and which request repairs it; nothing but the refusal is stored then. With `iterationOf`
   * only what changed has to be sent: the rest, reasons and quotes included, is inherited.
   * @throws {409} `already-exists`: keys are never used again.
   * @throws {422} `gate-refused`: the because does not hold yet; `unmet` says what is missing.
   */
  @Post()
  @Creates()
  @Scoped('experiments:write')
  async createExperiment(
    @ActingMember() actor: Actor,
    @Body() body: CreateExperimentDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExperimentDto> {
    const { experiment, inherited } = await this.drafts.create(actor, body);
    void reply.header('etag', etagOf(experiment.version));
    return await this.views.created(experiment, inherited);
  }

  /** Lists the experiments of the project. */
  @Get()
  @Scoped('experiments:read')
  async listExperiments(
    @Caller() caller: Principal,
    @Query() query: PageQueryDto,
  ): Promise<ExperimentPageDto> {
    return await this.views.page(caller.projectId, pageRequest(query));
  }

  /** Shows one experiment, and how the evidence behind it stands today. */
  @Get(':key')
  @Scoped('experiments:read')
  async getExperiment(
    @Caller() caller: Principal,
    @Param('key') key: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExperimentDto> {
    const experiment = await this.experiments.byKey(caller.projectId, key);
    void reply.header('etag', etagOf(experiment.version));
    return await this.views.whole(experiment);
  }

  /**
   * Replaces a draft; the create gate runs again.
   * @throws {409} `invalid-state-transition`: it has been launched; use an amendment.
   * @throws {412} `precondition-failed`: somebody changed it since you read it.
   * @throws {422} `gate-refused`: the because does not hold any more.
   * @throws {428} `precondition-required`: If-Match is missing.
   */
  @Put(':key')
  @Scoped('experiments:write')
  @ApiHeader({ name: 'If-Match', required: true, description: 'ETag of the version you edited.' })
  async replaceDraft(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
    @Body() body: ReplaceDraftDto,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExperimentDto> {
    const current = await this.views.plain(await this.experiments.byKey(actor.projectId, key));
    for (const name of READ_ONLY_MEMBERS) {
      if (body[name] !== undefined && body[name] !== current[name]) {
        throw new Invalid('validation-failed', 'Only we set this.', [
          { pointer: `/${name}`, code: 'read-only' },
        ]);
      }
      delete body[name];
    }
    delete body.evidence;
    delete body.inherited;
    delete body.labels;
    const version = requiredVersion(ifMatch);
    const experiment = await this.drafts.replace(actor, key, body, version);
    void reply.header('etag', etagOf(experiment.version));
    return await this.views.plain(experiment);
  }

  /**
   * Launches a draft: both gates are asked now, then the analysis plan is frozen and digested.
   * @throws {409} `invalid-state-transition`: it is not a draft.
   * @throws {422} `gate-refused`: evidence has lapsed, nothing could show the reason wrong, or its layer has no room for it.
   */
  @Post(':key/launch')
  @HttpCode(200)
  @Scoped('experiments:write')
  async launchExperiment(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
  ): Promise<ExperimentDto> {
    return await this.views.plain(await this.experiments.launch(actor, key));
  }

  /**
   * Pauses: everybody gets the control until it is resumed.
   * @throws {409} `invalid-state-transition`: it is not running.
   */
  @Post(':key/pause')
  @HttpCode(200)
  @Scoped('experiments:write')
  async pauseExperiment(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
  ): Promise<ExperimentDto> {
    return await this.views.plain(await this.experiments.move(actor, key, 'pause'));
  }

  /**
   * Resumes a paused experiment.
   * @throws {409} `invalid-state-transition`: it is not paused.
   */
  @Post(':key/resume')
  @HttpCode(200)
  @Scoped('experiments:write')
  async resumeExperiment(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
  ): Promise<ExperimentDto> {
    return await this.views.plain(await this.experiments.move(actor, key, 'resume'));
  }

  /**
   * Ends enrolment: the cohort is complete, variants go on being served, money matures.
   * @throws {409} `invalid-state-transition`: it is not running.
   */
  @Post(':key/end-enrolment')
  @HttpCode(200)
  @Scoped('experiments:write')
  async endEnrolment(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
  ): Promise<ExperimentDto> {
    return await this.views.plain(await this.experiments.move(actor, key, 'end_enrolment'));
  }

  /**
   * Stops for good: everybody gets the control. No gate: ending harm must never wait.
   * @throws {409} `invalid-state-transition`: there is nothing to stop.
   */
  @Post(':key/stop')
  @HttpCode(200)
  @Scoped('experiments:write')
  async stopExperiment(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
  ): Promise<ExperimentDto> {
    return await this.views.plain(await this.experiments.move(actor, key, 'stop'));
  }

  /**
   * Archives: clients no longer know it.
   * @throws {409} `invalid-state-transition`: it still runs.
   */
  @Post(':key/archive')
  @HttpCode(200)
  @Scoped('experiments:write')
  async archiveExperiment(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
  ): Promise<ExperimentDto> {
    return await this.views.plain(await this.experiments.move(actor, key, 'archive'));
  }

  /**
   * Changes one thing of the closed list, with its reason: a new version of the plan.
   * @throws {409} `amendment-not-allowed`: it would change who or what is compared.
   * @throws {409} `layer-full`: other tests hold what its layer has; `held` says which.
   * @throws {422} `gate-refused`: more traffic than the evidence carries.
   */
  @Post(':key/amendments')
  @Creates()
  @HttpCode(200)
  @Scoped('experiments:write')
  async amendExperiment(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
    @Body() body: AmendmentDto,
  ): Promise<ExperimentDto> {
    const amended = await this.experiments.amend(actor, key, amendmentFrom(body), body.reason);
    return await this.views.plain(amended);
  }

  /** Lists every answer of a gate for this key, refusals included. */
  @Get(':key/gate-decisions')
  @Scoped('experiments:read')
  async listGateDecisions(
    @Caller() caller: Principal,
    @Param('key') key: string,
  ): Promise<GateDecisionListDto> {
    return { data: await this.queries.gateDecisions(caller.projectId, key) };
  }

  /**
   * Shows the frozen plan and every version of it.
   * @throws {409} `not-launched`: a draft has no plan yet.
   */
  @Get(':key/plan')
  @Scoped('experiments:read')
  async getPlan(@Caller() caller: Principal, @Param('key') key: string): Promise<PlanListDto> {
    const { id } = await this.experiments.byKey(caller.projectId, key);
    const versions = await this.queries.plans(caller.projectId, id);
    const current = versions.at(-1);
    if (current === undefined) throw new Conflict('not-launched', 'A draft has no plan yet.');
    return { current, versions };
  }

  /** Shows what happened to it, in order. */
  @Get(':key/timeline')
  @Scoped('experiments:read')
  async getTimeline(@Caller() caller: Principal, @Param('key') key: string): Promise<TimelineDto> {
    const { id } = await this.experiments.byKey(caller.projectId, key);
    return { data: await this.queries.timeline(caller.projectId, id) };
  }
}
