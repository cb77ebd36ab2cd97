import { canonicalJson } from '../experiments/canonical-json.js';
import type { IncomingEvent, UnitRef } from './event.js';

/**
 * What must be equal for two events with one id to be the same event, as canonical JSON: all but the
 * id and the times. A sender that corrects its clock between two attempts sends the same event, not
 * another one.
 *
 * Written out member by member, in the order of RFC 8785, because every event comes by here; only
 * what senders may shape themselves is sorted. Digests of this text are stored: it never changes.
 *
 * @throws TypeError when free properties hold what JSON cannot.
 */
export function eventContent(event: IncomingEvent): string {
  const { type } = event;
  switch (type) {
    case 'exposure':
      return (
        `{${member('attributes', event.attributes)}"experiment":${text(event.experiment)},` +
        `"type":"exposure","unit":${unitOf(event.unit)},"variant":${text(event.variant)}}`
      );
    case 'event':
      return (
        `{"name":${text(event.name)},${member('properties', event.properties)}` +
        `"type":"event","unit":${unitOf(event.unit)}` +
        `${event.value === undefined ? '' : `,"value":${text(event.value)}`}}`
      );
    case 'money':
      return (
        `{"amountMinor":${text(event.amountMinor)},"currency":${text(event.currency)},` +
        `"name":${text(event.name)},${member('properties', event.properties)}` +
        `${event.refersTo === undefined ? '' : `"refersTo":${text(event.refersTo)},`}` +
        `"type":"money","unit":${unitOf(event.unit)}}`
      );
    case 'identify':
      return `{"to":${unitOf(event.to)},"type":"identify","unit":${unitOf(event.unit)}}`;
  }
}

const text = (value: string | number): string => JSON.stringify(value);

function unitOf({ kind, id }: UnitRef): string {
  return `{"id":${text(id)},"kind":${text(kind)}}`;
}

/** A free member with the comma after it, or nothing. */
function member(name: string, value: object | undefined): string {
  return value === undefined ? '' : `"${name}":${canonicalJson(value)},`;
}
