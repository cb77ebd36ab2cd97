import { canonicalJson } from '../experiments/canonical-json.js';
import { EventFault, type EventSource } from '../events/event.js';
import { checkUnitId } from '../events/unit-id.js';
import type { UnitKind } from '../experiments/definition.js';
import {
  EXPERIMENT_VIEWED,
  exposureOfView,
  type SaidUnits,
  type ViewableExperiment,
} from './experiment-viewed.js';
import type { OrderAmount } from './order-amount.js';
import { isOrderEvent, orderMoney } from './order-money.js';
import { isObject, isSaid, type Members, membersOf, textOf } from './said.js';

/** The calls of the tracking protocol. */
export const MESSAGE_TYPES = ['track', 'identify', 'alias', 'group', 'page', 'screen'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** What of a project and a request decides what a message means. */
export interface MessageRules {
  source: EventSource;
  /** Experiments of the project, by whatever clients call them. */
  viewable: ReadonlyMap<string, ViewableExperiment>;
  orderAmount: OrderAmount;
  /** For messages that do not say when they were sent. */
  sentAt?: unknown;
  /** For messages that say nothing of time: RFC 3339. */
  receivedAt: string;
  /** A digest of a text, for the id of a message that has none. */
  digestOf: (text: string) => string;
}

/** A message, understood as far as all types are alike. */
interface Message {
  members: Members;
  properties: unknown;
  /** Members that every event of it has. */
  common: { id: string; occurredAt: unknown; sentAt?: unknown };
  units: SaidUnits;
  /** Whom it is about: the user, else the visitor. */
  unit: { kind: UnitKind; id: unknown } | null;
  rules: MessageRules;
}

/** An event to be read by `readEvent`, or why there is none. */
type Item = Readonly<Record<string, unknown>> | EventFault;

/** What a message comes to. */
export interface MessageEvents {
  /** Id of the message, and of the event that stands for it. */
  id: string;
  /** Empty when the message says nothing that is kept. */
  items: readonly Item[];
}

/**
 * What a message of the tracking protocol means here, as events in the shape of our own. What cannot
 * be read stays as it was sent, so that the log refuses it with the code of its fault.
 *
 * | message | events |
 * | --- | --- |
 * | track | an event of its name; `properties.value` is its value where it is a number |
 * | track "Experiment Viewed" | an exposure, of the unit that the experiment is on |
 * | track "Order Completed", "Order Refunded" | the event and its money, see `orderMoney` |
 * | page, screen | an event `page` or `screen`; its name and category are properties |
 * | identify | with both ids, the visitor is the user; else nothing: traits are not kept |
 * | alias | `previousId` is `userId` |
 * | group | the user belongs to the account `groupId` |
 *
 * `userId` names a user, else `anonymousId` a visitor. `previousId` is a visitor, as clients send it
 * at a sign-up; it is a user where the message names another visitor beside it.
 *
 * `messageId` is the id of the event, so that a retry counts once. Without one the id is a digest of
 * the message: an equal message at an equal time is the same one.
 *
 * Source: Segment, HTTP tracking API and specification of calls.
 */
export function eventsOfMessage(input: unknown, rules: MessageRules): MessageEvents {
  if (!isObject(input)) {
    return { id: '', items: [new EventFault('invalid-event', 'A message is a JSON object.')] };
  }
  const message = understood(input, rules);
  const { id } = message.common;
  const type = MESSAGE_TYPES.find((one) => one === input['type']);
  if (type === undefined) {
    const detail = `type is one of ${MESSAGE_TYPES.join(', ')}.`;
    return { id, items: [new EventFault('invalid-event', detail, message.common)] };
  }
  const items = READERS[type](message);
  if (rules.source !== 'browser') return { id, items };
  return { id, items: items.map((item) => (isIdentity(item) ? anonymous(type) : item)) };
}

/** Whether a message says when it happened, or was sent. */
export function isTimed(input: unknown): boolean {
  const members = membersOf(input);
  return ['timestamp', 'originalTimestamp', 'sentAt'].some((name) => isSaid(members[name]));
}

/** Whether a message is about an experiment, so that experiments have to be known. */
export function isView(input: unknown): boolean {
  const { type, event } = membersOf(input);
  return type === 'track' && event === EXPERIMENT_VIEWED;
}

/** Whether a message is about money, so that the project's declaration has to be known. */
export function isOrder(input: unknown): boolean {
  const { type, event } = membersOf(input);
  return type === 'track' && isOrderEvent(event);
}

const READERS: Readonly<Record<MessageType, (message: Message) => Item[]>> = {
  track: ofTrack,
  identify: ofIdentify,
  alias: ofAlias,
  group: ofGroup,
  page: ofPage,
  screen: ofPage,
};

function understood(members: Members, rules: MessageRules): Message {
  const visitor = idOf(members['anonymousId']);
  const user = idOf(members['userId']);
  const account = idOf(members['groupId']) ?? idOf(membersOf(members['context'])['groupId']);
  const sentAt = isSaid(members['sentAt']) ? members['sentAt'] : rules.sentAt;
  const times = [members['timestamp'], members['originalTimestamp'], sentAt, rules.receivedAt];
  return {
    members,
    properties: members['properties'] ?? undefined,
    common: {
      id: textOf(members['messageId']) ?? digestOf(members, rules),
      occurredAt: times.find(isSaid),
      ...(isSaid(sentAt) ? { sentAt } : {}),
    },
    units: { visitor, user, account },
    unit: unitOf(visitor, user),
    rules,
  };
}

function unitOf(visitor: unknown, user: unknown): Message['unit'] {
  if (user !== undefined) return { kind: 'user', id: user };
  return visitor === undefined ? null : { kind: 'visitor', id: visitor };
}

/** Numbers are ids of databases; anything else that is no text is left to be refused. */
function idOf(value: unknown): unknown {
  if (!isSaid(value)) return undefined;
  return textOf(value) ?? value;
}

/** When it was sent and with which key is no part of what it says. */
function digestOf(members: Members, { digestOf: digest }: MessageRules): string {
  const { sentAt: _sentAt, writeKey: _writeKey, ...said } = members;
  return `message:${digest(canonicalJson(said))}`;
}

function ofTrack({ members, properties, common, units, unit, rules }: Message): Item[] {
  const { event } = members;
  if (event === EXPERIMENT_VIEWED) {
    return [{ ...common, ...exposureOfView(membersOf(properties), units, rules.viewable) }];
  }
  if (unit === null) return [nobody(common)];
  const said = membersOf(properties);
  const { value } = said;
  const happened: Item = {
    ...common,
    type: 'event',
    unit,
    name: event,
    ...(typeof value === 'number' ? { value } : {}),
    ...(properties === undefined ? {} : { properties }),
  };
  const money = orderMoney(event, said, { ...rules, eventId: common.id });
  if (money === null) return [happened];
  return [happened, money instanceof EventFault ? money : { ...common, ...money, unit }];
}

function ofPage({ members, properties, common, unit }: Message): Item[] {
  if (unit === null) return [nobody(common)];
  const named = ['name', 'category'].flatMap((name) => {
    const value = textOf(members[name]);
    return value === null ? [] : [[name, value] as const];
  });
  const said = isObject(properties) || properties === undefined;
  const all = said ? { ...Object.fromEntries(named), ...membersOf(properties) } : properties;
  return [{ ...common, type: 'event', unit, name: members['type'], properties: all }];
}

function ofIdentify({ common, units, unit }: Message): Item[] {
  if (units.visitor !== undefined && units.user !== undefined) {
    const from = { kind: 'visitor', id: units.visitor };
    return [{ ...common, type: 'identify', from, to: unit }];
  }
  if (unit === null) return [nobody(common)];
  // Nothing is kept of it; its sender should learn all the same that the id will not do.
  const fault = checkUnitId(unit.id);
  return fault === null ? [] : [{ ...common, type: 'event', name: 'identify', unit }];
}

function ofAlias({ members, common, units, unit }: Message): Item[] {
  const previous = idOf(members['previousId']);
  if (unit === null) return [nobody(common)];
  if (previous === undefined) {
    const detail = 'previousId is the id that is given up.';
    return [new EventFault('invalid-unit-id', detail, { ...common, type: 'identify' })];
  }
  const isVisitor = units.visitor === undefined || units.visitor === previous;
  const from = { kind: isVisitor ? 'visitor' : 'user', id: previous };
  return [{ ...common, type: 'identify', from, to: unit }];
}

function ofGroup({ members, common, unit }: Message): Item[] {
  if (unit === null) return [nobody(common)];
  const account = idOf(members['groupId']);
  if (account === undefined) {
    const detail = 'groupId is the id of the account.';
    return [new EventFault('invalid-unit-id', detail, { ...common, type: 'identify' })];
  }
  return [{ ...common, type: 'identify', from: unit, to: { kind: 'account', id: account } }];
}

function isIdentity(item: Item): boolean {
  return !(item instanceof EventFault) && item['type'] === 'identify';
}

/** One letter for all of them: with its own id, each sign-in would be a letter. */
function anonymous(call: MessageType): EventFault {
  const detail =
    'A public key does not say who is who: send it with a write key, from a server that knows.';
  return new EventFault('money-not-allowed', detail, { id: call, type: 'identify' });
}

function nobody(common: Message['common']): EventFault {
  return new EventFault('invalid-unit-id', 'userId or anonymousId says who it was.', common);
}
