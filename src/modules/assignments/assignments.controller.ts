import { Body, Controller, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { createHash } from 'node:crypto';
import { Scoped } from '../../platform/security/access.js';
import { Caller, type Principal } from '../../platform/security/principal.js';
import { AssignmentsService } from './assignments.service.js';
import { OfrepFlagDto, OfrepFlagsDto, OfrepRequestDto } from './dto/ofrep.dto.js';
import { contextOf } from './ofrep-context.js';
import { OfrepProblem, OfrepRoute } from './ofrep-route.js';

@ApiTags('Assignment')
@Controller('ofrep/v1/evaluate/flags')
export class AssignmentsController {
  constructor(private readonly assignments: AssignmentsService) {}

  /**
   * Says which value one unit gets: the key of the flag is the key of the experiment. For server
   * SDKs of OpenFeature (OFREP 0.3).
   *
   * `context.targetingKey` is the id of the experiment's unit. A context that carries `visitor`,
   * `user` or `account` beside it is used for experiments on that kind of unit. The answer is the
   * same for the same unit every time and nothing is stored: an assignment is not an exposure.
   * Send the exposure when the unit really meets the variant, and only if `inExperiment` is true.
   * Outside the test the value is the control's and there is no `variant`.
   */
  @Post(':key')
  @HttpCode(200)
  @Scoped('assign')
  @OfrepRoute()
  @OfrepProblem(404, 'not-found', {
    errorCode: 'FLAG_NOT_FOUND',
    detail: 'There is no such flag.',
    description: 'No such flag: never launched, archived, or assigned elsewhere (FLAG_NOT_FOUND).',
  })
  @ApiBody({ type: OfrepRequestDto })
  evaluateFlag(
    @Caller() caller: Principal,
    @Param('key') key: string,
    @Body() body: unknown,
  ): OfrepFlagDto {
    return this.assignments.evaluate(caller.projectId, key, contextOf(body));
  }

  /**
   * Says which value one unit gets of every flag at once: for web SDKs of OpenFeature (OFREP 0.3).
   *
   * The ETag stands for the whole answer; send it in If-None-Match and get 304 while nothing has
   * changed for this context. Never an exposure: the page has not shown anything yet.
   */
  @Post()
  @HttpCode(200)
  @Scoped('assign')
  @OfrepRoute()
  @ApiBody({ type: OfrepRequestDto })
  @ApiHeader({ name: 'If-None-Match', required: false, description: 'ETag of the last answer.' })
  @ApiOkResponse({
    type: OfrepFlagsDto,
    headers: { ETag: { description: 'Stands for this answer.', schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 304, description: 'Nothing has changed for this context.' })
  evaluateFlags(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): OfrepFlagsDto | undefined {
    const flags = this.assignments.evaluateAll(caller.projectId, contextOf(body));
    const etag = `"${createHash('sha256').update(JSON.stringify(flags)).digest('base64url')}"`;
    void reply.header('etag', etag);
    if (!isKnown(etag, ifNoneMatch)) return flags;
    void reply.status(304);
    return undefined;
  }
}

/** Whether the caller has this answer (RFC 9110, section 13.1.2: tags are compared weakly). */
function isKnown(etag: string, ifNoneMatch: string | undefined): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
