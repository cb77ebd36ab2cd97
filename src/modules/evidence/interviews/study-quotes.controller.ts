import { Body, Controller, Param, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import { ANY_BODY_MAX_BYTES, type BodyConfig } from '../../../platform/http/front-door.js';
import { idFromPath } from '../../../platform/http/ids.js';
import { Creates } from '../../../platform/idempotency/creates.js';
import { Scoped } from '../../../platform/security/access.js';
import { ActingMember, type Actor } from '../../../platform/security/principal.js';
import { CreateStudyQuotesDto, StudyQuotesDto } from './quote.dto.js';
import { QuotesService } from './quotes.service.js';

const QUOTES_BODY: BodyConfig = { bodyMaxBytes: ANY_BODY_MAX_BYTES };

@ApiTags('Evidence')
@Controller('v1/studies/:id/quotes')
export class StudyQuotesController {
  constructor(private readonly quotes: QuotesService) {}

  /**
   * Marks quotes across the interviews of a study in one request, by position or by the words. They
   * are stored together or not at all.
   * @throws {422} `quote-not-found`: nobody said this, word for word; the pointer says which.
   */
  @Post()
  @Creates()
  @RouteConfig(QUOTES_BODY)
  @Scoped('evidence:write')
  async createStudyQuotes(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: CreateStudyQuotesDto,
  ): Promise<StudyQuotesDto> {
    return { quotes: await this.quotes.createInStudy(actor, idFromPath(id), body.quotes) };
  }
}
