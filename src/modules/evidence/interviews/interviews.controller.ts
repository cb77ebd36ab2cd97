import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ANY_BODY_MAX_BYTES, type BodyConfig } from '../../../platform/http/front-door.js';
import { idFromPath } from '../../../platform/http/ids.js';
import { pageRequest } from '../../../platform/http/page.js';
import { UploadedFile } from '../../../platform/http/uploaded-file.js';
import { Creates } from '../../../platform/idempotency/creates.js';
import { Scoped } from '../../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../../platform/security/principal.js';
import {
  AddObservationsDto,
  CreateInterviewDto,
  InterviewDto,
  InterviewPageDto,
  InterviewQueryDto,
  InterviewWordsDto,
  TranscriptDto,
} from './interview.dto.js';
import { CreatedQuotesDto, CreateQuotesDto, QuoteListDto } from './quote.dto.js';
import { InterviewsService } from './interviews.service.js';
import { QuotesService } from './quotes.service.js';
import { TRANSCRIPT_FILE_TYPES } from './read-transcript-file.js';
import { RedactionsService } from './redactions.service.js';
import { TranscriptFilesService } from './transcript-files.service.js';
import {
  ConfirmSpeakersDto,
  ReadTranscriptDto,
  RedactDto,
  TranscriptFileQueryDto,
  TranscriptStateDto,
} from './transcript.dto.js';
import { TranscriptsService } from './transcripts.service.js';

const TRANSCRIPT_BODY: BodyConfig = { bodyMaxBytes: ANY_BODY_MAX_BYTES };
const TRANSCRIPT_FILE: BodyConfig = { ...TRANSCRIPT_BODY, fileTypes: TRANSCRIPT_FILE_TYPES };

@ApiTags('Evidence')
@Controller('v1/interviews')
export class InterviewsController {
  constructor(
    private readonly interviews: InterviewsService,
    private readonly transcripts: TranscriptsService,
    private readonly files: TranscriptFilesService,
    private readonly redactions: RedactionsService,
    private readonly quotes: QuotesService,
  ) {}

  /** Records one session: who took part, what they can speak for, and what was said. */
  @Post()
  @Creates()
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
    @Query() query: InterviewQueryDto,
  ): Promise<InterviewPageDto> {
    const { projectId } = caller;
    return await this.interviews.list(projectId, pageRequest(query), query.studyId ?? null);
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
    const interview = await this.interviews.byId(actor.projectId, idFromPath(id));
    const { turns } = await this.transcripts.words(actor, idFromPath(id));
    return { ...interview, transcript: turns };
  }

  /**
   * Adds the words to an interview: as turns, or the file as your tool exported it (WebVTT, SRT,
   * Otter, plain "Name: text", DOCX, podcast JSON). Of a file we guess who speaks; confirm that with
   * `PUT .../speakers`, then people can be quoted. Sent again, it is a newer version: quotes move to
   * where the same words stand, and those whose words changed are marked.
   * @throws {409} `speakers-unconfirmed`: settle who speaks in the last version first.
   * @throws {409} `participant-erased`: somebody in it asked to be forgotten.
   * @throws {422} `transcript-unreadable`: the file is not what it says; the pointer says where.
   */
  @Post(':id/transcripts')
  @RouteConfig(TRANSCRIPT_FILE)
  @Scoped('evidence:write')
  @ApiConsumes('application/json', ...TRANSCRIPT_FILE_TYPES)
  @ApiBody({ schema: { $ref: getSchemaPath(TranscriptDto) } })
  async addTranscript(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Query() query: TranscriptFileQueryDto,
    @Body() body: unknown,
  ): Promise<ReadTranscriptDto> {
    return await this.files.add(actor, idFromPath(id), query, body as UploadedFile | object);
  }

  /**
   * Says who each name of the newest transcript is; leave `participantId` out for the interviewer.
   * @throws {409} `speakers-quoted`: somebody is quoted from this version already.
   */
  @Put(':id/speakers')
  @Scoped('evidence:write')
  async confirmSpeakers(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: ConfirmSpeakersDto,
  ): Promise<TranscriptStateDto> {
    return await this.transcripts.confirmSpeakers(actor, idFromPath(id), body.speakers);
  }

  /**
   * Blacks words out for good, here and in every quote of them. Positions stay, so other quotes still
   * verify; older versions of the transcript are emptied.
   */
  @Post(':id/redactions')
  @Creates()
  @HttpCode(200)
  @Scoped('evidence:write')
  async redactTranscript(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: RedactDto,
  ): Promise<TranscriptStateDto> {
    return await this.redactions.redact(actor, idFromPath(id), body.redactions);
  }

  /** Adds what was seen to a session that is recorded already. */
  @Post(':id/observations')
  @Creates()
  @Scoped('evidence:write')
  async addObservations(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: AddObservationsDto,
  ): Promise<InterviewDto> {
    return await this.interviews.observe(actor, idFromPath(id), body.observations);
  }

  /**
   * Marks quotes: by position, or by the words, which we find. A near match is refused with the
   * closest span; the interviewer's words are refused; several are stored together or not at all.
   * @throws {422} `quote-not-found`: nobody said this, word for word.
   */
  @Post(':id/quotes')
  @Creates()
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
