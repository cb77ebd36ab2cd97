import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { FrontDoorError } from './problem.js';

const gunzipped = promisify(gunzip);

/**
 * What was compressed with gzip (RFC 1952). The body is held already, so nothing streams: what
 * inflates to more than the limit stops there, however much more it says it holds.
 * @throws FrontDoorError 413 `payload-too-large`, 400 `malformed-gzip`
 */
export async function inflate(body: Buffer, bytesMax: number): Promise<Buffer> {
  try {
    return await gunzipped(body, { maxOutputLength: bytesMax });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new FrontDoorError(413, 'payload-too-large', `At most ${bytesMax} bytes, inflated.`);
    }
    throw new FrontDoorError(400, 'malformed-gzip', 'The body is not gzip, or not all of it.');
  }
}
