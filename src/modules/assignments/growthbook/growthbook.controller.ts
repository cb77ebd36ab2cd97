import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiHeader, ApiOkResponse, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BROWSER_HEADERS } from '../../../platform/http/cors.js';
import { Direct, type DirectAnswer } from '../../../platform/http/direct-route.js';
import { isKnownTag } from '../../../platform/http/preconditions.js';
import { AssignmentLimit } from '../../../platform/http/rate-limit.js';
import { Scoped } from '../../../platform/security/access.js';
import { Caller, type Principal } from '../../../platform/security/principal.js';
import { GrowthBookEvalRequestDto, GrowthBookPayloadDto } from './dto/growthbook-payload.dto.js';
import { GROWTHBOOK_CONFIG, GrowthBookProblem, GrowthBookRoute } from './growthbook-route.js';
import { GrowthBookService } from './growthbook.service.js';

/** As GrowthBook's own servers say it. Open pages hear of changes by the stream. */
const CACHE_CONTROL = 'public, max-age=30, stale-while-revalidate=3600, stale-if-error=36000';
/** Without this header an SDK opens no stream; a page has to be allowed to read it. */
const SSE_SUPPORT = 'x-sse-support';
const EXPOSED = `${BROWSER_HEADERS['access-control-expose-headers']}, ${SSE_SUPPORT}`;

const CLIENT_KEY = ApiParam({
  name: 'clientKey',
  description: 'A public key.',
  schema: { type: 'string' },
});

@ApiTags('Assignment')
@Controller()
export class GrowthBookController {
  constructor(
    private readonly growthBook: GrowthBookService,
    private readonly limit: AssignmentLimit,
  ) {}

  /**
   * Tells GrowthBook SDKs all they need to give units their variants by themselves.
   *
   * Every experiment is a feature under its key, with the values of its variants and the rules by
   * which this service assigns: both always agree. The attribute `visitor`, `user` or `account` is
   * the unit of experiments on that kind, else `id`. Anybody who has the page can read this answer:
   * it holds keys, values, shares and conditions, no names and no reasons.
   */
  @Get('api/features/:clientKey')
  @Scoped('assign', 'path')
  @Direct(GROWTHBOOK_CONFIG)
  @GrowthBookRoute()
  @CLIENT_KEY
  @ApiHeader({ name: 'If-None-Match', required: false, description: 'ETag of the last answer.' })
  @ApiOkResponse({
    type: GrowthBookPayloadDto,
    headers: {
      ETag: { description: 'Stands for this answer.', schema: { type: 'string' } },
      'X-SSE-Support': { description: 'There is a stream of changes.', schema: { type: 'string' } },
    },
  })
  @ApiResponse({ status: 304, description: 'Nothing has changed.' })
  growthBookFeatures(
    caller: Principal,
    { headers }: FastifyRequest,
    reply: FastifyReply,
  ): DirectAnswer {
    const { text, etag } = this.growthBook.payload(caller.projectId);
    void reply.headers({
      etag,
      'cache-control': CACHE_CONTROL,
      [SSE_SUPPORT]: 'enabled',
      'access-control-expose-headers': EXPOSED,
    });
    if (!isKnownTag(etag, headers['if-none-match'])) return text;
    void reply.status(304);
    return null;
  }

  /**
   * Tells GrowthBook SDKs of changes: server-sent events named `features`, each with all features.
   *
   * The first says what they are now, so that a page that remembered older ones is up to date at
   * once. SDKs open it by themselves where their options ask for streaming.
   */
  @Get('sub/:clientKey')
  @Scoped('assign', 'path')
  @RouteConfig(GROWTHBOOK_CONFIG)
  @GrowthBookRoute()
  @CLIENT_KEY
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The version a client knows that comes back after a lost connection.',
  })
  @ApiOkResponse({
    description: 'The stream. It stays open.',
    content: {
      'text/event-stream': {
        schema: { type: 'string' },
        example: 'event: features\nid: 3q2-7w\ndata: {"status":200,"features":{}}\n\n',
      },
    },
  })
  @GrowthBookProblem(429, 'too-many-streams', {
    detail: 'Too many streams are open; poll instead.',
    description: 'This key, or all together, hold as many streams as this process has room for.',
  })
  growthBookChanges(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    this.growthBook.listen(caller, request.headers['last-event-id'], reply);
  }

  /**
   * Evaluates all features for one unit: for GrowthBook SDKs with remote evaluation.
   *
   * Conditions and the values of other variants stay here. A unit that was forced into a variant by
   * hand gets it. Where the unit is in the test the answer carries the exposure, which the SDK hands
   * to its tracking callback once the value is really asked for.
   */
  @Post('api/eval/:clientKey')
  @HttpCode(200)
  @Scoped('assign', 'path')
  @Direct(GROWTHBOOK_CONFIG)
  @GrowthBookRoute()
  @CLIENT_KEY
  @ApiBody({ type: GrowthBookEvalRequestDto })
  @ApiOkResponse({ type: GrowthBookPayloadDto })
  @GrowthBookProblem(400, 'invalid-context', {
    detail: 'attributes is a JSON object.',
    description: 'The body cannot be read, or its attributes are no object.',
  })
  @GrowthBookProblem(429, 'rate-limited', {
    detail: 'This key asks too often; wait a second.',
    description: 'This key asks more often than one key may.',
  })
  growthBookEvaluation(caller: Principal, { body }: FastifyRequest): DirectAnswer {
    this.limit.take(caller.keyId);
    return this.growthBook.evaluate(caller.projectId, body);
  }
}
