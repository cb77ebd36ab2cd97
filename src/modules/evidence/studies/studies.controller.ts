import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { STUDY_TEMPLATES } from '../../../domain/evidence/measures/study-templates.js';
import { idFromPath } from '../../../platform/http/ids.js';
import { PageQueryDto } from '../../../platform/http/page-query.dto.js';
import { pageRequest } from '../../../platform/http/page.js';
import { Creates } from '../../../platform/idempotency/creates.js';
import { Scoped } from '../../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../../platform/security/principal.js';
import {
  CreateQuestionDto,
  QuestionDto,
  QuestionPageDto,
  QuestionStateDto,
} from './question.dto.js';
import { QuestionsService } from './questions.service.js';
import { StudiesService } from './studies.service.js';
import { StudyTemplateDto, StudyTemplateListDto } from './study-template.dto.js';
import { CreateStudyDto, StudyDto, StudyPageDto } from './study.dto.js';

@ApiTags('Evidence')
@Controller('v1')
export class StudiesController {
  constructor(
    private readonly questions: QuestionsService,
    private readonly studies: StudiesService,
  ) {}

  /**
   * Opens a question: the why behind a number that moved.
   * @throws {422} `unknown-metric`: the signal names a metric that the project does not have.
   */
  @Post('questions')
  @Creates()
  @Scoped('evidence:write')
  async createQuestion(
    @ActingMember() actor: Actor,
    @Body() body: CreateQuestionDto,
  ): Promise<QuestionDto> {
    return QuestionDto.from(await this.questions.create(actor, body));
  }

  /** Lists the questions, the oldest first. */
  @Get('questions')
  @Scoped('evidence:read')
  async listQuestions(
    @Caller() caller: Principal,
    @Query() query: PageQueryDto,
  ): Promise<QuestionPageDto> {
    return await this.questions.list(caller.projectId, pageRequest(query), (question) =>
      QuestionDto.from(question),
    );
  }

  /** Shows a question, and its answer once there is one. */
  @Get('questions/:id')
  @Scoped('evidence:read')
  async getQuestion(@Caller() caller: Principal, @Param('id') id: string): Promise<QuestionDto> {
    return QuestionDto.from(await this.questions.byId(caller.projectId, idFromPath(id)));
  }

  /**
   * Says where a question stands: asked, answered with what was learned, or open again. A number that
   * looked odd may be relied on once its question is answered.
   */
  @Put('questions/:id/state')
  @Scoped('evidence:write')
  async setQuestionState(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: QuestionStateDto,
  ): Promise<QuestionDto> {
    return QuestionDto.from(await this.questions.stand(actor, idFromPath(id), body));
  }

  /** Lists studies ready to be adapted: whom to hear, about which event, asking what, until when. */
  @Get('study-templates')
  @Scoped('evidence:read')
  listStudyTemplates(): StudyTemplateListDto {
    return { data: STUDY_TEMPLATES.map((template) => StudyTemplateDto.from(template)) };
  }

  /** Plans a round of interviews, from a template or from nothing; what the body says wins. */
  @Post('studies')
  @Creates()
  @Scoped('evidence:write')
  async createStudy(@ActingMember() actor: Actor, @Body() body: CreateStudyDto): Promise<StudyDto> {
    return StudyDto.from(await this.studies.create(actor, body));
  }

  /** Lists the rounds of interviews. */
  @Get('studies')
  @Scoped('evidence:read')
  async listStudies(
    @Caller() caller: Principal,
    @Query() query: PageQueryDto,
  ): Promise<StudyPageDto> {
    return await this.studies.list(caller.projectId, pageRequest(query), (study) =>
      StudyDto.from(study),
    );
  }

  /** Shows a round of interviews as it was planned. */
  @Get('studies/:id')
  @Scoped('evidence:read')
  async getStudy(@Caller() caller: Principal, @Param('id') id: string): Promise<StudyDto> {
    return StudyDto.from(await this.studies.byId(caller.projectId, idFromPath(id)));
  }
}
