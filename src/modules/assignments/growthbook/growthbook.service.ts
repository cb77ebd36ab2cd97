import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { evaluateFeature } from '../../../domain/assignment/growthbook-evaluation.js';
import { Forbidden, Invalid } from '../../../domain/errors.js';
import { EventStreams, type StreamedEvent } from '../../../platform/http/event-stream.js';
import { KeyStore } from '../../../platform/security/key-store.js';
import type { Principal } from '../../../platform/security/principal.js';
import { AssignmentConfigReader } from '../assignment-config.reader.js';
import { type GrowthBookPayload, payloadOf } from './growthbook-payload.js';

type Members = Readonly<Record<string, unknown>>;

/** A key that was made just now is not known everywhere yet. */
const NEW_KEY_MS = 5_000;

/** Answers GrowthBook SDKs from memory: the features, for themselves or evaluated, and what changes. */
@Injectable()
export class GrowthBookService implements OnModuleInit, OnModuleDestroy {
  private readonly payloads = new Map<string, GrowthBookPayload>();
  private stopListening: (() => void) | null = null;

  constructor(
    private readonly config: AssignmentConfigReader,
    private readonly streams: EventStreams,
    private readonly keys: KeyStore,
  ) {}

  onModuleInit(): void {
    this.stopListening = this.config.onChange((projectId) => {
      this.streams.publish(channelOf(projectId), this.changed(projectId));
    });
  }

  onModuleDestroy(): void {
    this.stopListening?.();
  }

  payload(projectId: string): GrowthBookPayload {
    const flags = this.config.flagsOf(projectId);
    const known = this.payloads.get(projectId);
    if (known?.version === flags.version) return known;
    const payload = payloadOf(flags);
    this.payloads.set(projectId, payload);
    return payload;
  }

  /**
   * The features for one unit, as JSON.
   * @throws Invalid `invalid-context` when the attributes are no object
   */
  evaluate(projectId: string, body: unknown): string {
    const { attributes = {}, forcedVariations, url } = body as Members;
    if (!isObject(attributes)) {
      throw new Invalid('invalid-context', 'attributes is a JSON object.');
    }
    const asked = askedVariations(url, forcedVariations);
    const { features, dateUpdated } = this.payload(projectId);
    const evaluated = features.map(
      (feature) => [feature.key, evaluateFeature(feature, attributes, asked(feature.key))] as const,
    );
    return JSON.stringify({ status: 200, features: Object.fromEntries(evaluated), dateUpdated });
  }

  /**
   * Answers by a stream that says the features at once, unless the client knows them, and after
   * every change. They are said whole: a client that asked for them again would be given what its
   * browser remembers.
   * @throws Forbidden for a key that can do more than assign and expose; FrontDoorError 429
   */
  listen({ projectId, keyId, kind }: Principal, lastEventId: unknown, reply: FastifyReply): void {
    if (kind !== 'public') {
      const detail = 'Streams are for public keys: others have no business in an address.';
      throw new Forbidden('insufficient-scope', detail, { scope: 'assign' });
    }
    const { version } = this.payload(projectId);
    this.streams.answer(
      reply,
      {
        channel: channelOf(projectId),
        keyId,
        isAllowed: this.aliveness(keyId),
      },
      lastEventId === version ? [] : [this.changed(projectId)],
    );
  }

  /** Says no once the key has been revoked, but not yet while it is too new to be known. */
  private aliveness(keyId: string): () => boolean {
    const openedAt = performance.now();
    let wasKnown = this.keys.holds(keyId);
    return () => {
      const isKnown = this.keys.holds(keyId);
      wasKnown ||= isKnown;
      return isKnown || (!wasKnown && performance.now() - openedAt < NEW_KEY_MS);
    };
  }

  private changed(projectId: string): StreamedEvent {
    const { version, text } = this.payload(projectId);
    return { event: 'features', id: version, data: text };
  }
}

function channelOf(projectId: string): string {
  return `growthbook/${projectId}`;
}

/** Variants that somebody wants to look at: what the address asks for comes before the rest. */
function askedVariations(
  url: unknown,
  forcedVariations: unknown,
): (key: string) => number | undefined {
  const [, query = ''] = typeof url === 'string' ? (url.split('#', 1)[0] ?? '').split('?') : [];
  const inUrl = new URLSearchParams(query);
  const forced = isObject(forcedVariations) ? forcedVariations : {};
  return (key) => {
    const said = inUrl.get(key);
    if (said !== null && /^\d{1,3}$/.test(said)) return Number(said);
    const place = Object.hasOwn(forced, key) ? forced[key] : undefined;
    return typeof place === 'number' ? place : undefined;
  };
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
