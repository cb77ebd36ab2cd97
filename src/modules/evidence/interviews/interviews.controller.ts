import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ANY_BODY_MAX_BYTES, type BodyConfig } from '../../../platform/http/front-door.js';
import { idFromPath } from '../../../platform/http/ids.js';
import { PageQueryDto } from '../../../platform/http/page-query.dto.js';
import { pageRequest } from '../../../platform/http/page.js';
import { Scoped } from '../../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../../platform/security/principal.js';
import {
  CreateInterviewDto,
  InterviewDto,
  InterviewPageDto,
  InterviewWordsDto,
  TranscriptDto,
} from './interview.dto.js';
import { CreatedQuotesDto, CreateQuotesDto, QuoteListDto } from './quote.dto.js';
import { InterviewsService } from './interviews.service.js';
import { QuotesService } from './quotes.service.js';

const TRANSCRIPT_BODY: BodyConfig = { bodyMaxBytes: ANY_BODY_MAX_BYTES };

@ApiTags('Evidence')
@Controller('v1/interviews')
export class InterviewsController {
  constructor(
    private readonly interviews: InterviewsService,
    private readonly quotes: QuotesService,
  ) {}

  /** Records one session: who took part, what they can speak for, and what was said. */
  @Post()
  @RouteConfig(TRANSCRIPT_BODY)
  @Scoped('evidence:write')
  async createInterview(
    @ActingMember() actor: Actor,
    @Body() body: CreateInterviewDto,
  ): Promise<InterviewDto> {
    return await this.interviews.create(actor, body);
  }

  /** Lists the sessions, without the words. */
  @Get()
  @Scoped('evidence:read')
  async listInterviews(
    @Caller() caller: Principal,
    @Query() query: PageQueryDto,
  ): Promise<InterviewPageDto> {
    return await this.interviews.list(caller.projectId, pageRequest(query));
  }

  /** Shows one session, without the words. */
  @Get(':id')
  @Scoped('evidence:read')
  async getInterview(@Caller() caller: Principal, @Param('id') id: string): Promise<InterviewDto> {
    return await this.interviews.byId(caller.projectId, idFromPath(id));
  }

  /** Shows what was said, turn by turn. Each reading is in the audit log. */
  @Get(':id/transcript')
  @Scoped('evidence:read-words')
  async getTranscript(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
  ): Promise<InterviewWordsDto> {
    return await this.interviews.words(actor, idFromPath(id));
  }

  /**
   * Adds the words to an interview that was recorded without them.
   * @throws {409} `transcript-exists`: words are never replaced.
   */
  @Post(':id/transcripts')
  @RouteConfig(TRANSCRIPT_BODY)
  @Scoped('evidence:write')
  async addTranscript(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: TranscriptDto,
  ): Promise<InterviewDto> {
    return await this.interviews.addTranscript(actor, idFromPath(id), body);
  }

  /**
   * Marks quotes: by position, or by the words, which we find. A near match is refused with the
   * closest span; the interviewer's words are refused; several are stored together or not at all.
   * @throws {422} `quote-not-found`: nobody said this, word for word.
   */
  @Post(':id/quotes')
  @Scoped('evidence:write')
  async createQuotes(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: CreateQuotesDto,
  ): Promise<CreatedQuotesDto> {
    const quotes = await this.quotes.create(actor, idFromPath(id), body);
    return body.quotes === undefined ? { ...quotes[0] } : { quotes };
  }

  /** Lists the quotes of an interview. */
  @Get(':id/quotes')
  @Scoped('evidence:read-words')
  async listQuotes(@Caller() caller: Principal, @Param('id') id: string): Promise<QuoteListDto> {
    return { data: await this.quotes.list(caller.projectId, idFromPath(id)) };
  }
}
