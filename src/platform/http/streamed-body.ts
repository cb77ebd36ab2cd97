import type { Readable } from 'node:stream';
import { FrontDoorError } from './problem.js';

/** A sender that says nothing for so long has gone, or its network has. */
const IDLE_MS = 30_000;

/**
 * A body that a route reads while it arrives, of any length. What the route does not take stays with
 * the sender: nothing is buffered beyond what the socket holds.
 */
export class StreamedBody {
  constructor(
    /** Media type in lower case, without parameters. */
    readonly type: string,
    private readonly stream: Readable,
    /** Bytes, where the client says how many there are. */
    readonly contentLength: number | null,
    private readonly idleMs = IDLE_MS,
  ) {}

  /**
   * The bytes, as they come. Stopping before the end leaves the connection open, so that the answer
   * still reaches the client.
   * @param signal Ends the reading from our side.
   * @throws FrontDoorError 400 `interrupted` when the client is gone before the end, 408
   *   `request-timeout` when it is silent, 503 `unavailable` when `signal` says so
   */
  async *chunks(signal?: AbortSignal): AsyncGenerator<Buffer, void> {
    const { stream } = this;
    let wake = (): void => undefined;
    const onChange = (): void => wake();
    const events = ['readable', 'end', 'close', 'error'] as const;
    for (const event of events) stream.on(event, onChange);
    signal?.addEventListener('abort', onChange);
    try {
      for (;;) {
        if (signal?.aborted === true) {
          throw new FrontDoorError(503, 'unavailable', 'The service is stopping: send it again.');
        }
        const chunk = stream.read() as Buffer | null;
        if (chunk !== null) {
          yield chunk;
          continue;
        }
        if (stream.readableEnded) return;
        if (stream.destroyed) {
          throw new FrontDoorError(400, 'interrupted', 'The body ended before its end.');
        }
        await this.change((done) => (wake = done));
      }
    } finally {
      for (const event of events) stream.off(event, onChange);
      // Whatever becomes of the connection now is no news to anybody.
      stream.on('error', () => undefined);
      signal?.removeEventListener('abort', onChange);
    }
  }

  private async change(arm: (done: () => void) => void): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((done, fail) => {
        timer = setTimeout(() => {
          fail(new FrontDoorError(408, 'request-timeout', 'No byte of the body for too long.'));
        }, this.idleMs);
        arm(done);
      });
    } finally {
      clearTimeout(timer);
    }
  }
}
