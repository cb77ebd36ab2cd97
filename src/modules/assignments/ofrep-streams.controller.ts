import { Controller, Get, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension, ApiHeader, ApiOkResponse, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../platform/security/access.js';
import { OFREP_CONFIG, OfrepProblem } from './ofrep-route.js';
import { OfrepStreamsService } from './ofrep-streams.service.js';

@ApiTags('Assignment')
@Controller('ofrep/v1/streams')
export class OfrepStreamsController {
  constructor(private readonly streams: OfrepStreamsService) {}

  /**
   * Tells a page when to ask for its flags again: server-sent events, as OpenFeature's web providers
   * read them (OFREP 0.3).
   *
   * Take the address from `eventStreams` of the answer about all flags; it is good for one to two
   * hours and ends with the key it was given to. A message says `{"type": "refetchEvaluation"}` with
   * the version of the configuration, and nothing about any flag or unit. When the stream ends, ask
   * for all flags again and take the new address.
   */
  @Get()
  @Public(
    'The token in the address was given to a key that may assign: an EventSource sends no key',
  )
  @RouteConfig(OFREP_CONFIG)
  @ApiExtension('x-problem-dialect', 'ofrep')
  @ApiQuery({ name: 'token', description: 'As announced.', schema: { type: 'string' } })
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
        example:
          'event: message\nid: 3q2-7w\n' +
          'data: {"type":"refetchEvaluation","etag":"3q2-7w","lastModified":1771622898}\n\n',
      },
    },
  })
  @OfrepProblem(401, 'unauthenticated', {
    errorCode: 'GENERAL',
    detail: 'The token of the stream has expired.',
    description: 'The token is missing, altered or expired, or its key was revoked.',
  })
  @OfrepProblem(429, 'too-many-streams', {
    errorCode: 'GENERAL',
    detail: 'Too many streams are open; poll instead.',
    description: 'This key, or all together, hold as many streams as this process has room for.',
  })
  listenForChanges(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { token } = request.query as { token?: unknown };
    this.streams.listen(token, request.headers['last-event-id'], reply);
  }
}
