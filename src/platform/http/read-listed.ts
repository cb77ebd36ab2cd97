import { FrontDoorError } from './problem.js';
import { readJson } from './read-json.js';
import { splitList } from './split-list.js';

/**
 * A body that is about the list it has under a name. An element that cannot be read stands in its place
 * as the fault it has, and the rest is read, so that one does not take the others with it.
 * @throws FrontDoorError the faults of `readJson` where they are not inside one element
 */
export function readListed(body: Buffer, name: string): unknown {
  try {
    return readJson(body);
  } catch (error) {
    const apart = readApart(body, name);
    if (apart === null) throw error;
    return apart;
  }
}

/**
 * The same of a body that could not be read whole; null where its brackets do not tell the elements.
 * @throws FrontDoorError the faults of `readJson` beside the elements
 */
export function readApart(body: Buffer, name: string): Record<string, unknown> | null {
  const split = splitList(body, name);
  if (split === null) return null;
  const envelope = readJson(split.envelope) as Record<string, unknown>;
  return { ...envelope, [name]: split.elements.map(readOrFault) };
}

function readOrFault(element: Buffer): unknown {
  try {
    return readJson(element);
  } catch (error) {
    if (error instanceof FrontDoorError) return error;
    throw error;
  }
}
