import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { BUCKETS, bucketOf } from '../../domain/assignment/hash.js';
import { EventStreams, type StreamedEvent } from '../../platform/http/event-stream.js';
import { FrontDoorError } from '../../platform/http/problem.js';
import { KeyStore } from '../../platform/security/key-store.js';
import type { Principal } from '../../platform/security/principal.js';
import { StreamTokens } from '../../platform/security/stream-tokens.js';
import { AssignmentConfigReader } from './assignment-config.reader.js';
import type { OfrepEventStreamDto } from './dto/ofrep.dto.js';
import type { EvaluationContext } from './ofrep-context.js';
import { lastModifiedOf } from './ofrep-version.js';

const PATH = '/ofrep/v1/streams';
/** A page that nobody has looked at for so long gives its stream up; OFREP's own default. */
const INACTIVITY_DELAY_SEC = 120;
/** Between an answer and the stream that it announces lie moments in which a change goes unheard. */
const JUST_NOW_MS = 30_000;

/** Tells clients to ask again: OFREP 0.3's event streams (ADR 8 of the protocol). */
@Injectable()
export class OfrepStreamsService implements OnModuleInit, OnModuleDestroy {
  private readonly changedMs = new Map<string, number>();
  private stopListening: (() => void) | null = null;

  constructor(
    private readonly config: AssignmentConfigReader,
    private readonly streams: EventStreams,
    private readonly tokens: StreamTokens,
    private readonly keys: KeyStore,
  ) {}

  onModuleInit(): void {
    this.stopListening = this.config.onChange((projectId) => {
      this.changedMs.set(projectId, performance.now());
      this.streams.publish(channelOf(projectId), this.refetch(projectId));
    });
  }

  onModuleDestroy(): void {
    this.stopListening?.();
  }

  /**
   * The member `eventStreams` of an answer to this caller about this unit, as text: none for a key
   * that can do more than assign and expose, which has no business in a page.
   */
  announcement({ projectId, keyId }: Principal, { targetingKey }: EvaluationContext): string {
    if (!this.keys.holds(keyId)) return '[]';
    const place = bucketOf('stream', targetingKey) / BUCKETS;
    const token = this.tokens.tokenFor({ projectId, keyId }, place);
    const stream: OfrepEventStreamDto = {
      type: 'sse',
      // Without an origin: the client asks where it has asked before, whatever lies between.
      endpoint: { requestUri: `${PATH}?token=${token}` },
      inactivityDelaySec: INACTIVITY_DELAY_SEC,
    };
    return JSON.stringify([stream]);
  }

  /**
   * Answers by a stream that lives as long as the token and its key.
   * @param lastEventId The version a client knows that comes back after a lost connection.
   * @throws FrontDoorError 401 `unauthenticated`, 429 `too-many-streams`
   */
  listen(token: unknown, lastEventId: unknown, reply: FastifyReply): void {
    const grant = typeof token === 'string' ? this.tokens.grantOf(token) : null;
    if (grant === null || !this.keys.holds(grant.keyId)) {
      throw new FrontDoorError(401, 'unauthenticated', 'The token of the stream has expired.');
    }
    const { projectId, keyId, until } = grant;
    const changedMs = this.changedMs.get(projectId) ?? -Infinity;
    const { version } = this.config.flagsOf(projectId);
    const mayHaveMissed =
      typeof lastEventId === 'string' && lastEventId !== ''
        ? lastEventId !== version
        : performance.now() - changedMs < JUST_NOW_MS;
    this.streams.answer(
      reply,
      {
        channel: channelOf(projectId),
        keyId,
        until,
        isAllowed: () => this.keys.holds(keyId),
      },
      // An id alone is no message: it says which version a client knows that asks again later.
      mayHaveMissed ? [this.refetch(projectId)] : [{ id: version }],
    );
  }

  private refetch(projectId: string): StreamedEvent {
    const flags = this.config.flagsOf(projectId);
    return {
      event: 'message',
      id: flags.version,
      data: JSON.stringify({
        type: 'refetchEvaluation',
        etag: flags.version,
        lastModified: lastModifiedOf(flags),
      }),
    };
  }
}

function channelOf(projectId: string): string {
  return `ofrep/${projectId}`;
}
