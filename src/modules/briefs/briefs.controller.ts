import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { BRIEF_CONTENT_POLICY, briefHtml } from '../../domain/brief/html.js';
import { briefMarkdown } from '../../domain/brief/markdown.js';
import { preferredType } from '../../platform/http/preferred-type.js';
import { Scoped } from '../../platform/security/access.js';
import { Caller, type Principal } from '../../platform/security/principal.js';
import { BriefsService } from './briefs.service.js';
import { BriefDto } from './dto/brief.dto.js';

/** The first is what a client gets that does not say what it likes. */
const FORMS = ['application/json', 'text/markdown', 'text/html'] as const;

@ApiTags('Results')
@ApiExtraModels(BriefDto)
@Controller('v1/experiments/:key')
export class BriefsController {
  constructor(private readonly briefs: BriefsService) {}

  /**
   * The page a stakeholder reads: why we test, who said so, what moved, what it earned, what we
   * decided, what time did to it, what we learned. `Accept: text/markdown` answers it as Markdown,
   * `text/html` as one page to read, print or send on: it loads nothing and runs nothing.
   */
  @Get('brief')
  @Scoped('results:read')
  @ApiOkResponse({
    description: 'The brief, as JSON, as Markdown or as a page.',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(BriefDto) } },
      'text/markdown': { schema: { type: 'string' } },
      'text/html': { schema: { type: 'string' } },
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
    switch (preferredType(accept, FORMS)) {
      case 'application/json':
        return brief;
      case 'text/markdown':
        void reply.type('text/markdown; charset=utf-8');
        return briefMarkdown(brief);
      case 'text/html':
        void reply
          .type('text/html; charset=utf-8')
          .header('content-security-policy', BRIEF_CONTENT_POLICY);
        return briefHtml(brief);
    }
  }
}
