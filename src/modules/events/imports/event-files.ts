import { Injectable, type StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Forbidden, Invalid } from '../../../domain/errors.js';
import { isEventName } from '../../../domain/events/event.js';
import type { StreamedBody } from '../../../platform/http/streamed-body.js';
import type { Principal } from '../../../platform/security/principal.js';
import { grants } from '../../../platform/security/scopes.js';
import type { EventImportAnswerDto } from './dto/event-import.dto.js';
import { EventImports } from './event-imports.service.js';
import { NDJSON, streamedAnswer, wholeAnswer } from './import-answer.js';

interface Request {
  /** As it stands in the query. */
  name: unknown;
  accept: string | undefined;
  reply: FastifyReply;
}

/** Takes a file of events from a request and answers it, in the way the client asks for. */
@Injectable()
export class EventFiles {
  constructor(private readonly imports: EventImports) {}

  /** @throws Forbidden for keys that everybody can read; Invalid; and as `EventImports` does */
  async take(
    caller: Principal,
    body: StreamedBody,
    { name, accept, reply }: Request,
  ): Promise<EventImportAnswerDto | StreamableFile> {
    if (!grants(caller.scopes, 'events:write')) {
      throw new Forbidden('insufficient-scope', 'Files need the scope events:write.', {
        scope: 'events:write',
      });
    }
    if (name !== undefined && !isEventName(name)) {
      throw new Invalid('invalid-query', 'name is text of 1 to 200 characters.');
    }
    void reply.header('vary', 'accept');
    const start: Parameters<typeof wholeAnswer>[0] = (told) =>
      this.imports.run(caller, body, name ?? null, told);
    const isStreamed = accept?.includes(NDJSON) === true;
    return isStreamed ? await streamedAnswer(start, reply) : await wholeAnswer(start);
  }
}
