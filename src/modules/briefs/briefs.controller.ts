import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { briefMarkdown } from '../../domain/brief/markdown.js';
import { Scoped } from '../../platform/security/access.js';
import { Caller, type Principal } from '../../platform/security/principal.js';
import { BriefsService } from './briefs.service.js';
import { BriefDto } from './dto/brief.dto.js';

@ApiTags('Results')
@ApiExtraModels(BriefDto)
@Controller('v1/experiments/:key')
export class BriefsController {
  constructor(private readonly briefs: BriefsService) {}

  /**
   * The page a stakeholder reads: why we test, who said so, what moved, what it earned, what we
   * decided, what we learned. With `Accept: text/markdown` it comes as Markdown.
   */
  @Get('brief')
  @Scoped('results:read')
  @ApiOkResponse({
    description: 'The brief, as JSON or as Markdown.',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(BriefDto) } },
      'text/markdown': { schema: { type: 'string' } },
    },
  })
  async getBrief(
    @Caller() caller: Principal,
    @Param('key') key: string,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BriefDto | string> {
    const brief = await this.briefs.brief(caller.projectId, key);
    void reply.header('vary', 'accept');
    if (accept === undefined || !accept.includes('text/markdown')) return brief;
    void reply.type('text/markdown; charset=utf-8');
    return briefMarkdown(brief);
  }
}
