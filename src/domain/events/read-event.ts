import { UNIT_KINDS, type UnitKind } from '../experiments/definition.js';
import { checkMoney, type MoneyFault } from '../money/ledger.js';
import {
  type BehaviourEvent,
  EVENT_ID_LENGTH_MAX,
  EVENT_NAME_LENGTH_MAX,
  EVENT_TYPES,
  EventFault,
  type EventProperties,
  type EventSource,
  type EventType,
  type Exposure,
  type IncomingEvent,
  isEventId,
  isEventName,
  isOrderMoneyId,
  type MoneyEvent,
  type UnitRef,
} from './event.js';
import { correctedTime } from './corrected-time.js';
import { parseInstant } from './instant.js';
import { checkUnitId, UNIT_ID_LENGTH_MAX, type UnitIdFault } from './unit-id.js';

const DAY_MS = 86_400_000;

/** Clocks of senders run ahead; more than this is a wrong clock, and would mature too late. */
const FUTURE_TOLERANCE_MS = 5 * 60_000;
/** Events are kept for 25 months, counted generously: nothing is refused that would still be kept. */
export const RETENTION_DAYS = 25 * 31;
/** Larger values lose digits when they are squared and summed. */
const EVENT_VALUE_MAX = 1e15;

/** What a key that stands in every page may say: no money, and nothing about who is who. */
const BROWSER_TYPES: readonly EventType[] = ['exposure', 'event'];

const COMMON_MEMBERS = ['id', 'type', 'unit', 'occurredAt', 'sentAt'];
const MEMBERS: Readonly<Record<EventType, ReadonlySet<string>>> = {
  exposure: new Set([...COMMON_MEMBERS, 'experiment', 'variant', 'attributes']),
  event: new Set([...COMMON_MEMBERS, 'name', 'value', 'properties']),
  money: new Set([...COMMON_MEMBERS, 'name', 'amountMinor', 'currency', 'refersTo', 'properties']),
  identify: new Set([...COMMON_MEMBERS, 'from', 'to']),
};

const TYPES: ReadonlySet<unknown> = new Set(EVENT_TYPES);
const KINDS: ReadonlySet<unknown> = new Set(UNIT_KINDS);

export interface ReadingRules {
  now: Date;
  source: EventSource;
  /** What the sender's clock said when it sent the batch; an item may say it for itself. */
  sentAt?: Date;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * One item of a batch, read from whatever JSON it was. Written by hand: batches are large, and
 * general validators cost more than storing the event does. Strings inside free properties are taken
 * as they are; the front door has refused NUL and ill-formed text.
 *
 * @returns the event, or the first fault in the order of the members.
 */
export function readEvent(input: unknown, rules: ReadingRules): IncomingEvent | EventFault {
  if (!isObject(input)) return new EventFault('invalid-event', 'An event is a JSON object.');
  // A line of a file that could not be read stands in its place as what was wrong with it.
  if (input instanceof EventFault) return input;
  const id = input['id'];
  if (!isEventId(id)) {
    return new EventFault(
      'invalid-event-id',
      `id is text of 1 to ${EVENT_ID_LENGTH_MAX} characters without control characters.`,
    );
  }
  const type = typeOf(input['type']);
  if (type === null) return invalid(`type is one of ${EVENT_TYPES.join(', ')}.`);
  if (rules.source === 'browser') {
    const fault = checkBrowser(id, type);
    if (fault !== null) return fault;
  }
  for (const member in input) {
    if (!MEMBERS[type].has(member)) {
      return invalid(`${type} has no member ${JSON.stringify(member.slice(0, 40))}.`);
    }
  }
  const times = readTimes(input, rules);
  if (times instanceof EventFault) return times;
  const unit = readUnit(input, type);
  if (unit instanceof EventFault) return unit;
  const event = READERS[type](input, { id, unit, occurredAt: times.occurredAt });
  if (times.claimedAt !== undefined && !(event instanceof EventFault)) {
    event.claimedAt = times.claimedAt;
  }
  return event;
}

/** What a key that anybody can read may not say. */
function checkBrowser(id: string, type: EventType): EventFault | null {
  if (!BROWSER_TYPES.includes(type)) {
    return new EventFault('money-not-allowed', `A public key sends ${BROWSER_TYPES.join(', ')}.`);
  }
  if (isOrderMoneyId(id)) {
    return new EventFault('invalid-event-id', 'Such ids are kept for the money of orders.');
  }
  return null;
}

interface Times {
  occurredAt: Date;
  claimedAt?: Date;
}

interface Common {
  id: string;
  unit: UnitRef;
  occurredAt: Date;
}

/** Events are written member by member: spreading objects costs more than all checks together. */
const READERS: Readonly<
  Record<EventType, (input: Members, common: Common) => IncomingEvent | EventFault>
> = { exposure: readExposure, event: readBehaviour, money: readMoney, identify: readIdentify };

function readExposure(input: Members, common: Common): IncomingEvent | EventFault {
  const { experiment, variant, attributes } = input;
  if (typeof experiment !== 'string') return invalid('experiment is the key of the experiment.');
  if (typeof variant !== 'string') return invalid('variant is the key of the variant.');
  if (!isPropertiesOrAbsent(attributes)) return invalid('attributes is a JSON object.');
  const { id, unit, occurredAt } = common;
  const event: Exposure = { id, unit, occurredAt, type: 'exposure', experiment, variant };
  if (attributes !== undefined) event.attributes = attributes;
  return event;
}

function readBehaviour(input: Members, common: Common): IncomingEvent | EventFault {
  const { name, value, properties } = input;
  if (!isEventName(name)) {
    return invalid(`name is text of 1 to ${EVENT_NAME_LENGTH_MAX} characters.`);
  }
  if (!isValueOrAbsent(value)) return invalid(`value is a number up to ${EVENT_VALUE_MAX}.`);
  if (!isPropertiesOrAbsent(properties)) return invalid('properties is a JSON object.');
  const { id, unit, occurredAt } = common;
  const event: BehaviourEvent = { id, unit, occurredAt, type: 'event', name };
  if (value !== undefined) event.value = value;
  if (properties !== undefined) event.properties = properties;
  return event;
}

const MONEY_DETAILS: Readonly<Record<MoneyFault, string>> = {
  'invalid-money-name': 'name is a ledger name: small letters, digits and underscores.',
  'invalid-amount': 'amountMinor is a whole number of minor units (cents), at most 10^12.',
  'unknown-currency': 'currency is an ISO 4217 code in capitals.',
  'wrong-sign': 'The sign belongs to the name: revenue is not negative, costs are not positive.',
};

function readMoney(input: Members, common: Common): IncomingEvent | EventFault {
  const { name, amountMinor, currency, refersTo, properties } = input;
  const fault = checkMoney({
    name: typeof name === 'string' ? name : '',
    amountMinor,
    currency: typeof currency === 'string' ? currency : '',
  });
  if (fault !== null) return new EventFault(fault, MONEY_DETAILS[fault]);
  if (refersTo !== undefined && !isEventId(refersTo)) return invalid('refersTo is an event id.');
  if (!isPropertiesOrAbsent(properties)) return invalid('properties is a JSON object.');
  const { id, unit, occurredAt } = common;
  const event: MoneyEvent = {
    id,
    unit,
    occurredAt,
    type: 'money',
    name: name as string,
    amountMinor: amountMinor as number,
    currency: currency as string,
  };
  if (refersTo !== undefined) event.refersTo = refersTo;
  if (properties !== undefined) event.properties = properties;
  return event;
}

function readIdentify(input: Members, common: Common): IncomingEvent | EventFault {
  const to = readUnitRef(input['to'], 'to');
  if (to instanceof EventFault) return to;
  if (to.kind === common.unit.kind && to.id === common.unit.id) {
    return invalid('identify links two different units.');
  }
  const { id, unit, occurredAt } = common;
  return { id, unit, occurredAt, type: 'identify', to };
}

/** `identify` names two units; a `unit` beside them must be one of the two. */
function readUnit(input: Members, type: EventType): UnitRef | EventFault {
  if (type !== 'identify') return readUnitRef(input['unit'], 'unit');
  const from = readUnitRef(input['from'], 'from');
  if (from instanceof EventFault || input['unit'] === undefined) return from;
  const unit = readUnitRef(input['unit'], 'unit');
  if (unit instanceof EventFault) return unit;
  const isNamed = [input['from'], input['to']].some(
    (other) => isObject(other) && other['kind'] === unit.kind && other['id'] === unit.id,
  );
  return isNamed ? from : invalid('unit of identify is from or to, or left out.');
}

const UNIT_ID_DETAILS: Readonly<Record<UnitIdFault, string>> = {
  'invalid-unit-id': `is text of at most ${UNIT_ID_LENGTH_MAX} characters that names one unit.`,
  'unit-id-looks-personal': 'looks like an e-mail address or phone number: send a pseudonym.',
};

function readUnitRef(input: unknown, member: string): UnitRef | EventFault {
  if (!isObject(input)) return invalid(`${member} is an object with kind and id.`);
  const { kind, id } = input;
  if (!isUnitKind(kind)) return invalid(`${member}.kind is one of ${UNIT_KINDS.join(', ')}.`);
  for (const name in input) {
    if (name !== 'kind' && name !== 'id') return invalid(`${member} has kind and id only.`);
  }
  const fault = checkUnitId(id);
  if (fault !== null) return new EventFault(fault, `${member}.id ${UNIT_ID_DETAILS[fault]}`);
  return { kind, id: id as string };
}

/** The times of an event, by our clock; only then is it held against what is kept. */
function readTimes(input: Members, { now, sentAt: sentWith }: ReadingRules): Times | EventFault {
  const claimed = parseInstant(input['occurredAt']);
  if (claimed === null) {
    return new EventFault('invalid-timestamp', 'occurredAt is RFC 3339 with an offset.');
  }
  const said = input['sentAt'];
  const sentAt = said === undefined ? sentWith : parseInstant(said);
  if (sentAt === null) {
    return new EventFault('invalid-timestamp', 'sentAt is RFC 3339 with an offset.');
  }
  const occurredAt =
    sentAt === undefined ? claimed : correctedTime({ occurredAt: claimed, sentAt }, now);
  const aheadMs = occurredAt.getTime() - now.getTime();
  if (aheadMs > FUTURE_TOLERANCE_MS) {
    return new EventFault('event-in-future', 'It is more than 5 minutes ahead of our clock.');
  }
  if (-aheadMs > RETENTION_DAYS * DAY_MS) {
    return new EventFault('event-too-old', 'It is older than the 25 months that are kept.');
  }
  return sentAt === undefined ? { occurredAt } : { occurredAt, claimedAt: claimed };
}

function invalid(detail: string): EventFault {
  return new EventFault('invalid-event', detail);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): EventType | null {
  return TYPES.has(value) ? (value as EventType) : null;
}

function isUnitKind(value: unknown): value is UnitKind {
  return KINDS.has(value);
}

function isPropertiesOrAbsent(value: unknown): value is EventProperties | undefined {
  return value === undefined || isObject(value);
}

function isValueOrAbsent(value: unknown): value is number | undefined {
  if (value === undefined) return true;
  return typeof value === 'number' && Math.abs(value) <= EVENT_VALUE_MAX;
}
