import { EventFault } from './event.js';
import { isLineFault } from './line-fault.js';

/** An event of a list that could not be read at all, for what is wrong with its text. */
export function unreadableEvent(code: string): EventFault {
  const detail = 'The event is not JSON, or holds what no event may.';
  return new EventFault(isLineFault(code) ? code : 'invalid-event', detail);
}
