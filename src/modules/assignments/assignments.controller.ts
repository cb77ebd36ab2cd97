import { Controller, HttpCode, Post } from '@nestjs/common';
import {
  ApiBody,
  ApiHeader,
  ApiOkResponse,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Direct, type DirectAnswer } from '../../platform/http/direct-route.js';
import { AssignmentLimit } from '../../platform/http/rate-limit.js';
import { Scoped } from '../../platform/security/access.js';
import type { Principal } from '../../platform/security/principal.js';
import { AssignmentsService } from './assignments.service.js';
import { OfrepFlagDto, OfrepFlagsDto, OfrepRequestDto } from './dto/ofrep.dto.js';
import { contextOf, type EvaluationContext } from './ofrep-context.js';
import { OFREP_CONFIG, OfrepProblem, OfrepRoute } from './ofrep-route.js';
import { OfrepStreamsService } from './ofrep-streams.service.js';

@ApiTags('Assignment')
@Controller('ofrep/v1/evaluate/flags')
export class AssignmentsController {
  constructor(
    private readonly assignments: AssignmentsService,
    private readonly streams: OfrepStreamsService,
    private readonly limit: AssignmentLimit,
  ) {}

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
  @Direct(OFREP_CONFIG)
  @OfrepRoute()
  @OfrepProblem(404, 'not-found', {
    errorCode: 'FLAG_NOT_FOUND',
    detail: 'There is no such flag.',
    description: 'No such flag: never launched, archived, or assigned elsewhere (FLAG_NOT_FOUND).',
  })
  @ApiParam({ name: 'key', schema: { type: 'string' } })
  @ApiBody({ type: OfrepRequestDto })
  @ApiOkResponse({ type: OfrepFlagDto })
  evaluateFlag(caller: Principal, { params, body }: FastifyRequest): DirectAnswer {
    this.limit.take(caller.keyId);
    const { key } = params as { key: string };
    return this.assignments.evaluate(caller.projectId, key, contextOf(body));
  }

  /**
   * Says which value one unit gets of every flag at once: for web SDKs of OpenFeature (OFREP 0.3).
   *
   * The ETag stands for the configuration and this context; send it in If-None-Match and get 304
   * while neither has changed. `eventStreams` says where changes are told; a message there names the
   * version to ask for, and the answer is never older than that. Never an exposure: the page has not
   * shown anything yet.
   */
  @Post()
  @HttpCode(200)
  @Scoped('assign')
  @Direct(OFREP_CONFIG)
  @OfrepRoute()
  @ApiBody({ type: OfrepRequestDto })
  @ApiHeader({ name: 'If-None-Match', required: false, description: 'ETag of the last answer.' })
  @ApiQuery({
    name: 'flagConfigEtag',
    required: false,
    schema: { type: 'string' },
    description: '`etag` of the message that made you ask.',
  })
  @ApiQuery({
    name: 'flagConfigLastModified',
    required: false,
    schema: { type: 'string' },
    description: '`lastModified` of that message.',
  })
  @ApiOkResponse({
    type: OfrepFlagsDto,
    headers: { ETag: { description: 'Stands for this answer.', schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 304, description: 'Nothing has changed for this context.' })
  evaluateFlags(
    caller: Principal,
    request: FastifyRequest,
    reply: FastifyReply,
  ): DirectAnswer | Promise<DirectAnswer> {
    this.limit.take(caller.keyId);
    const context = contextOf(request.body);
    const answer = (): DirectAnswer => this.answerAll(caller, context, request, reply);
    const { flagConfigEtag: etag, flagConfigLastModified: lastModified } =
      request.query as Readonly<Record<string, unknown>>;
    if (!this.assignments.isBehind(caller.projectId, { etag, lastModified })) return answer();
    return this.assignments.catchUp().then(answer);
  }

  private answerAll(
    caller: Principal,
    context: EvaluationContext,
    { headers }: FastifyRequest,
    reply: FastifyReply,
  ): DirectAnswer {
    const { projectId } = caller;
    const streams = this.streams.announcement(caller, context);
    const etag = this.assignments.etagOf(projectId, context, streams);
    void reply.header('etag', etag);
    if (!isKnown(etag, headers['if-none-match'])) {
      return this.assignments.evaluateAll(projectId, context, streams);
    }
    void reply.status(304);
    return null;
  }
}

/** Whether the caller has this answer (RFC 9110, section 13.1.2: tags are compared weakly). */
function isKnown(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
