import type { FastifyRequest } from 'fastify';
import { inflate } from './inflate.js';
import { FrontDoorError } from './problem.js';
import { readJson } from './read-json.js';
import { readApart, readListed } from './read-listed.js';

/** As received and as inflated; above what any of these clients puts into one request. */
export const WIRE_BODY_MAX_BYTES = 1024 * 1024;

/**
 * How a route for foreign clients takes its body: JSON under any media type or none, compressed with
 * gzip or not. `array`: a list at the top is allowed as well as an object. `batch`: the list `batch`
 * is what it is about. An element of either list that cannot be read stands in its place as the fault
 * it has, and the rest is read.
 */
export type WireBody = true | 'array' | 'batch';

/** Clients say `x-gzip` too (RFC 9110, section 8.4.1.3). */
const GZIP = new Set(['gzip', 'x-gzip']);

/** Whether a route for foreign clients can undo what the client did to its body. */
export function isInflatable(encoding: string): boolean {
  return GZIP.has(encoding.trim().toLowerCase());
}

/**
 * Foreign clients send JSON as text, as a form, under a type that is none, or untyped; the framework
 * would refuse some of that before any parser sees it. What the type says of the text is ignored:
 * the body is UTF-8 or refused.
 */
export function forgetMediaType({ raw }: FastifyRequest): void {
  raw.headers['content-type'] = 'application/json';
}

/**
 * The body of a route for foreign clients, with the checks of `readJson`.
 * @param bytes As received.
 * @throws FrontDoorError 413 `payload-too-large`, 400 `malformed-gzip`, 422 `validation-failed` for
 *   what is no object, and the faults of `readJson`
 */
export async function readWireBody(
  bytes: Buffer,
  how: { wire: WireBody; encoding: string | undefined; bytesMax: number },
): Promise<unknown> {
  const isCompressed = how.encoding !== undefined && isInflatable(how.encoding);
  const body = isCompressed ? await inflate(bytes, how.bytesMax) : bytes;
  const value = readAs(how.wire, body);
  const isTaken = !Array.isArray(value) || how.wire === 'array';
  if (typeof value === 'object' && value !== null && isTaken) return value;
  const wanted = how.wire === 'array' ? 'a JSON array or object' : 'a JSON object';
  throw new FrontDoorError(422, 'validation-failed', `The body must be ${wanted}.`, [
    { pointer: '', code: 'not-an-object' },
  ]);
}

/**
 * Clients throw away a batch that is refused, so one event must not take the others with it.
 * @throws FrontDoorError the faults of `readJson` where they are not inside one element
 */
function readAs(wire: WireBody, body: Buffer): unknown {
  if (wire === 'batch') return readListed(body, 'batch');
  try {
    return readJson(body);
  } catch (error) {
    if (wire === true) throw error;
    const apart = readApart(Buffer.concat([LIST_START, body, LIST_END]), 'batch');
    // Something behind the list would stand beside it now.
    if (apart === null || Object.keys(apart).length > 1) throw error;
    return apart['batch'];
  }
}

/** Around a list at the top, so that it has the name that is looked for. */
const LIST_START = Buffer.from('{"batch":');
const LIST_END = Buffer.from('}');
