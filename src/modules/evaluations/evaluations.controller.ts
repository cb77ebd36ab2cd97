import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { pageRequest } from '../../platform/http/page.js';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import { StandingLabelsReader } from '../experiments/standing-labels.reader.js';
import { EvaluationPageDto } from './dto/evaluation-page.dto.js';
import { EvaluationDto, LatestEvaluationDto } from './dto/evaluation.dto.js';
import { SlotPageDto } from './dto/slot.dto.js';
import { VerdictPageDto } from './dto/verdict.dto.js';
import { EvaluationsService } from './evaluations.service.js';

@ApiTags('Results')
@Controller('v1/experiments/:key')
export class EvaluationsController {
  constructor(
    private readonly evaluations: EvaluationsService,
    private readonly labels: StandingLabelsReader,
  ) {}

  /**
   * Evaluates now, with everything that has happened so far. Looking often costs nothing: between
   * the planned looks you get the interval that stays valid however often one looks, and no p-value.
   * @throws {409} `not-launched`: the experiment is a draft.
   * @throws {422} `exchange-rate-missing`: money counts in a currency without a stored rate; the
   *   problem names currencies and dates.
   */
  @Post('evaluations')
  @Scoped('experiments:write')
  async evaluateExperiment(
    @ActingMember() actor: Actor,
    @Param('key') key: string,
  ): Promise<EvaluationDto> {
    return EvaluationDto.from(await this.evaluations.evaluateNow(actor, key));
  }

  /** Lists the evaluations of an experiment in the order they were made. */
  @Get('evaluations')
  @Scoped('results:read')
  async listEvaluations(
    @Caller() caller: Principal,
    @Param('key') key: string,
    @Query() query: PageQueryDto,
  ): Promise<EvaluationPageDto> {
    return await this.evaluations.list(caller.projectId, key, pageRequest(query), (result) =>
      EvaluationDto.from(result),
    );
  }

  /**
   * Shows the evaluation with the newest data: both engines, health and verdict; and beside it what
   * must be said of it today.
   * @throws {404} `no-evaluation`: nothing has been evaluated yet.
   */
  @Get('evaluations/latest')
  @Scoped('results:read')
  async getLatestEvaluation(
    @Caller() caller: Principal,
    @Param('key') key: string,
  ): Promise<LatestEvaluationDto> {
    const result = await this.evaluations.latest(caller.projectId, key);
    const labels = await this.labels.of(caller.projectId, key);
    return { ...EvaluationDto.from(result), labels };
  }

  /**
   * Says what the numbers say, per variant, with the reasons: money decides, once it has matured.
   * @throws {404} `no-evaluation`: nothing has been evaluated yet.
   */
  @Get('verdict')
  @Scoped('results:read')
  async getVerdict(
    @Caller() caller: Principal,
    @Param('key') key: string,
  ): Promise<VerdictPageDto> {
    const result = await this.evaluations.latest(caller.projectId, key);
    return VerdictPageDto.of(result, await this.labels.of(caller.projectId, key));
  }

  /**
   * Shows what became of the scheduled evaluations, the newest first: each slot is evaluated once,
   * skipped or failed, with how long it took and why it failed; and when the next one is.
   */
  @Get('slots')
  @Scoped('results:read')
  async listSlots(
    @Caller() caller: Principal,
    @Param('key') key: string,
    @Query() query: PageQueryDto,
  ): Promise<SlotPageDto> {
    return await this.evaluations.slots(caller.projectId, key, pageRequest(query));
  }
}
