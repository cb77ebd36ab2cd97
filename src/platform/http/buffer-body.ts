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

/**
 * The whole body. No more than `bytesMax` is ever held.
 * @param declaredBytes The header Content-Length, where there is one.
 * @throws FrontDoorError 413 `payload-too-large`, 408 `request-timeout`, 400 `interrupted`
 */
export async function bufferBody(
  body: Readable,
  declaredBytes: number | null,
  { bytesMax, discardMax, timeoutMs }: BufferLimits,
): Promise<Buffer> {
  const tooLarge = new FrontDoorError(
    413,
    'payload-too-large',
    `At most ${bytesMax} bytes on this route.`,
  );
  if (declaredBytes !== null && declaredBytes > Math.max(bytesMax, discardMax)) throw tooLarge;
  return await new Promise<Buffer>((done, fail) => {
    let chunks: Buffer[] = [];
    let received = 0;
    const settle = (error: FrontDoorError | null): void => {
      clearTimeout(timer);
      body.off('data', onData).off('end', onEnd).off('close', onClose);
      if (error === null) done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
      else fail(error);
      chunks = [];
    };
    const onData = (chunk: Buffer): void => {
      received += chunk.length;
      if (received <= bytesMax) chunks.push(chunk);
      else if (received <= discardMax) chunks = [];
      else settle(tooLarge);
    };
    const onEnd = (): void => settle(received > bytesMax ? tooLarge : null);
    const onClose = (): void =>
      settle(new FrontDoorError(400, 'interrupted', 'The body ended before its end.'));
    const timer = setTimeout(() => {
      settle(new FrontDoorError(408, 'request-timeout', 'The body did not arrive in time.'));
    }, timeoutMs);
    // An error of the connection is followed by its end.
    body
      .on('data', onData)
      .on('end', onEnd)
      .on('close', onClose)
      .on('error', () => undefined);
  });
}
