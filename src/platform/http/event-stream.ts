import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.token.js';
import { FrontDoorError } from './problem.js';

/** One server-sent event (HTML standard, section 9.2); each member may be any text. */
export interface StreamedEvent {
  /** Name that listeners of the client wait for; absent means `message`. */
  event?: string;
  /** What the client repeats in Last-Event-ID when it comes back. */
  id?: string;
  /** Absent: the client is told the id and nothing else. */
  data?: string;
}

/** Who listens to what, and until when. */
export interface Subscription {
  /** What is listened to; `publish` names it. Say whose it is: `ofrep/<projectId>`. */
  channel: string;
  /** Whose key opened the stream: no key may take all streams. */
  keyId: string;
  /** The stream ends then: milliseconds since 1970, by the real clock. */
  until?: number;
  /** Asked every second; the stream ends when it says no, e.g. because the key was revoked. */
  isAllowed?: () => boolean;
}

/** Proxies and browsers give up a connection that is silent for longer, 30 s being the least known. */
const HEARTBEAT_MS = 15_000;
const LOOK_MS = 1_000;
/** A client that has not taken so much has gone, or never reads. */
const UNREAD_MAX_BYTES = 64 * 1024;
/** What a client waits before it comes back: not all of them at the same moment. */
const RETRY_MIN_MS = 1_000;
const RETRY_SPREAD_MS = 4_000;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // What nginx needs to hear in order not to collect the answer.
  'x-accel-buffering': 'no',
  // The connection ends with the stream, or the end of the process would wait for it.
  connection: 'close',
};

/**
 * Answers that stay open: server-sent events for clients that want to hear of changes. One for the
 * whole process, so that their number is bounded together.
 */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  private readonly open = new Set<OpenStream>();
  private readonly byKey = new Map<string, number>();
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'streamsMax'>) {}

  /** How many are open. */
  get count(): number {
    return this.open.size;
  }

  /**
   * Answers a request by a stream, which begins with `first`. The handler has nothing more to do.
   * @throws FrontDoorError 429 `too-many-streams` when this key has half of all that this process
   *   holds, or there is no room at all; 503 `unavailable` when the process is ending
   */
  answer(reply: FastifyReply, subscription: Subscription, first: readonly StreamedEvent[]): void {
    const { keyId } = subscription;
    const ofKey = this.byKey.get(keyId) ?? 0;
    const { streamsMax } = this.config;
    if (this.stopped) throw new FrontDoorError(503, 'unavailable', 'The service is stopping.');
    if (this.open.size >= streamsMax || ofKey >= Math.ceil(streamsMax / 2)) {
      throw new FrontDoorError(429, 'too-many-streams', 'Too many streams are open; poll instead.');
    }
    const retryMs = RETRY_MIN_MS + Math.round(Math.random() * RETRY_SPREAD_MS);
    const stream = new OpenStream(subscription, performance.now());
    stream.push(`retry: ${retryMs}\n\n${first.map(encodeEvent).join('')}`);
    this.open.add(stream);
    this.byKey.set(keyId, ofKey + 1);
    stream.once('close', () => this.forget(stream));
    this.timer ??= setInterval(() => this.look(), LOOK_MS).unref();
    void reply.headers(HEADERS).send(stream);
  }

  /** Tells all who listen to the channel. */
  publish(channel: string, event: StreamedEvent): void {
    const text = encodeEvent(event);
    for (const stream of this.open) {
      if (stream.subscription.channel === channel) stream.write(text);
    }
  }

  /** Streams would hold the server open for ever. */
  beforeApplicationShutdown(): void {
    this.stopped = true;
    for (const stream of this.open) stream.end();
  }

  /** Ends what may not go on, and lets the rest be heard of. */
  private look(): void {
    const now = Date.now();
    const elapsed = performance.now();
    for (const stream of this.open) {
      const { until = Infinity, isAllowed } = stream.subscription;
      if (now >= until || isAllowed?.() === false) stream.end();
      else stream.beat(elapsed);
    }
  }

  private forget(stream: OpenStream): void {
    const { keyId } = stream.subscription;
    if (!this.open.delete(stream)) return;
    const left = (this.byKey.get(keyId) ?? 0) - 1;
    if (left > 0) this.byKey.set(keyId, left);
    else this.byKey.delete(keyId);
    if (this.open.size > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }
}

/** The body of one answer. Fastify destroys it when the client is gone. */
class OpenStream extends Readable {
  constructor(
    readonly subscription: Subscription,
    private saidAt: number,
  ) {
    super({ highWaterMark: UNREAD_MAX_BYTES });
  }

  override _read(): void {
    // What is to be said is pushed when there is something to say.
  }

  write(text: string): void {
    this.saidAt = performance.now();
    if (!this.push(text)) this.destroy();
  }

  beat(now: number): void {
    if (now - this.saidAt >= HEARTBEAT_MS) this.write(':\n\n');
  }

  /** Who has not read so far will not read the end either. */
  end(): void {
    if (this.readableLength > 0) this.destroy();
    else this.push(null);
  }
}

/** A line break would end the field, and what follows would be a field of its own. */
export function encodeEvent({ event, id, data }: StreamedEvent): string {
  const name = event === undefined ? '' : `event: ${oneLine(event)}\n`;
  const last = id === undefined ? '' : `id: ${oneLine(id)}\n`;
  const lines = data?.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`) ?? [];
  return `${name}${last}${lines.join('')}\n`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\0]+/g, ' ');
}
