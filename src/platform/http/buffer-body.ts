import type { Readable } from 'node:stream';
import { FrontDoorError } from './problem.js';

export interface BufferLimits {
  /** Longest body of this route. */
  bytesMax: number;
  /**
   * A body up to this length is read to its end before it is refused, and thrown away: whoever is
   * still sending sees the answer. Beyond it the connection is closed.
   */
  discardMax: number;
  /** For the whole body; headers have a limit of their own. */
  timeoutMs: number;
}

/** The whole body, or what is wrong with it. */
export type BodyDone = (error: FrontDoorError | null, bytes: Buffer) => void;

const NOTHING = Buffer.alloc(0);

/**
 * The whole body; no more than `bytesMax` is ever held. Calls back, because every request passes here
 * and most bodies are one small piece: promises would cost more than reading it.
 * @param declaredBytes The header Content-Length, where there is one.
 * @param done Called once; its error is 413 `payload-too-large`, 408 `request-timeout` or 400
 *   `interrupted`
 */
export function bufferBody(
  body: Readable,
  declaredBytes: number | null,
  { bytesMax, discardMax, timeoutMs }: BufferLimits,
  done: BodyDone,
): void {
  if (declaredBytes !== null && declaredBytes > Math.max(bytesMax, discardMax)) {
    done(tooLarge(bytesMax), NOTHING);
    return;
  }
  let chunks: Buffer[] = [];
  let received = 0;
  const settle = (error: FrontDoorError | null): void => {
    clearTimeout(timer);
    body.off('data', onData).off('end', onEnd).off('close', onClose);
    const [first = NOTHING] = chunks;
    const whole = chunks.length > 1 ? Buffer.concat(chunks) : first;
    chunks = [];
    done(error, error === null ? whole : NOTHING);
  };
  const onData = (chunk: Buffer): void => {
    received += chunk.length;
    if (received <= bytesMax) chunks.push(chunk);
    else if (received <= discardMax) chunks = [];
    else settle(tooLarge(bytesMax));
  };
  const onEnd = (): void => settle(received > bytesMax ? tooLarge(bytesMax) : null);
  const onClose = (): void =>
    settle(new FrontDoorError(400, 'interrupted', 'The body ended before its end.'));
  const timer = setTimeout(() => {
    settle(new FrontDoorError(408, 'request-timeout', 'The body did not arrive in time.'));
  }, timeoutMs);
  // An error of the connection is followed by its end.
  body.on('data', onData).on('end', onEnd).on('close', onClose).on('error', ignore);
}

function ignore(): void {
  // Said above.
}

function tooLarge(bytesMax: number): FrontDoorError {
  return new FrontDoorError(413, 'payload-too-large', `At most ${bytesMax} bytes on this route.`);
}
