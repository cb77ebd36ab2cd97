import { EventFault } from '../events/event.js';
import { readEvent } from '../events/read-event.js';
import { viewableExperiments } from './experiment-viewed.js';
import { eventsOfMessage, isOrder, isTimed, isView, type MessageRules } from './segment-message.js';

const RECEIVED = '2026-03-02T10:00:00.000Z';
const TIMESTAMP = '2026-03-02T09:59:50.000Z';
const SENT = '2026-03-02T09:59:58.000Z';

const RULES: MessageRules = {
  source: 'server',
  viewable: viewableExperiments([
    {
      id: '0193f1e0-0000-7000-8000-000000000001',
      key: 'checkout',
      plan: { unit: 'visitor', variants: [{ key: 'control' }, { key: 'short' }] },
    },
    {
      id: '0193f1e0-0000-7000-8000-000000000002',
      key: 'seats',
      plan: { unit: 'account', variants: [{ key: 'control' }, { key: 'short' }] },
    },
  ]),
  orderAmount: 'revenue',
  receivedAt: RECEIVED,
  digestOf: (text) => `<${text}>`,
};

type Message = Record<string, unknown>;

/** Without what all messages here have in common. */
const meant = (message: Message, rules: Partial<MessageRules> = {}): unknown[] => {
  const whole = { messageId: 'm-1', timestamp: TIMESTAMP, ...message };
  const { items } = eventsOfMessage(whole, { ...RULES, ...rules });
  return items.map((item) => {
    if (item instanceof EventFault) return item.code;
    const { id, occurredAt, ...said } = item;
    expect(occurredAt).toBe(TIMESTAMP);
    return id === 'm-1' ? said : { id, ...said };
  });
};

const visitor = { kind: 'visitor', id: 'v-1' };
const user = { kind: 'user', id: 'u-1' };
const account = { kind: 'account', id: 'a-1' };

describe('what a message of the tracking protocol means', () => {
  it.each<[why: string, message: Message, expected: unknown[]]>([
    [
      'track of a visitor',
      { type: 'track', event: 'Clicked', anonymousId: 'v-1' },
      [{ type: 'event', unit: visitor, name: 'Clicked' }],
    ],
    [
      'track of a user, with a value',
      { type: 'track', event: 'Rated', userId: 'u-1', properties: { value: 4.5, of: 'support' } },
      [
        {
          type: 'event',
          unit: user,
          name: 'Rated',
          value: 4.5,
          properties: { value: 4.5, of: 'support' },
        },
      ],
    ],
    [
      'a value in text stays a property',
      { type: 'track', event: 'Rated', userId: 'u-1', properties: { value: '4.5' } },
      [{ type: 'event', unit: user, name: 'Rated', properties: { value: '4.5' } }],
    ],
    [
      'the user wins over the visitor',
      { type: 'track', event: 'Clicked', anonymousId: 'v-1', userId: 'u-1' },
      [{ type: 'event', unit: user, name: 'Clicked' }],
    ],
    [
      'null and empty ids are none, numbers are ids',
      { type: 'track', event: 'Clicked', anonymousId: 7, userId: '', properties: null },
      [{ type: 'event', unit: { kind: 'visitor', id: '7' }, name: 'Clicked' }],
    ],
    [
      'context and traits are not kept',
      {
        type: 'track',
        event: 'Clicked',
        userId: 'u-1',
        context: { ip: '192.0.2.1' },
        integrations: {},
      },
      [{ type: 'event', unit: user, name: 'Clicked' }],
    ],
    [
      'page',
      {
        type: 'page',
        name: 'Pricing',
        category: 'Plans',
        userId: 'u-1',
        properties: { path: '/' },
      },
      [
        {
          type: 'event',
          unit: user,
          name: 'page',
          properties: { name: 'Pricing', category: 'Plans', path: '/' },
        },
      ],
    ],
    [
      'screen, whose properties win',
      { type: 'screen', name: 'A', anonymousId: 'v-1', properties: { name: 'B' } },
      [{ type: 'event', unit: visitor, name: 'screen', properties: { name: 'B' } }],
    ],
    [
      'identify with both ids',
      { type: 'identify', anonymousId: 'v-1', userId: 'u-1', traits: { email: 'x' } },
      [{ type: 'identify', from: visitor, to: user }],
    ],
    ['identify with one id keeps nothing', { type: 'identify', userId: 'u-1', traits: {} }, []],
    [
      'alias at a sign-up',
      { type: 'alias', previousId: 'v-1', userId: 'u-1' },
      [{ type: 'identify', from: visitor, to: user }],
    ],
    [
      'alias that repeats its visitor',
      { type: 'alias', previousId: 'v-1', anonymousId: 'v-1', userId: 'u-1' },
      [{ type: 'identify', from: visitor, to: user }],
    ],
    [
      'alias of a user, beside another visitor',
      { type: 'alias', previousId: 'u-0', anonymousId: 'v-1', userId: 'u-1' },
      [{ type: 'identify', from: { kind: 'user', id: 'u-0' }, to: user }],
    ],
    [
      'group of a user',
      { type: 'group', groupId: 'a-1', userId: 'u-1', anonymousId: 'v-1' },
      [{ type: 'identify', from: user, to: account }],
    ],
    [
      'group of a visitor',
      { type: 'group', groupId: 'a-1', anonymousId: 'v-1' },
      [{ type: 'identify', from: visitor, to: account }],
    ],
    [
      'Experiment Viewed is an exposure of the kind of unit the experiment is on',
      {
        type: 'track',
        event: 'Experiment Viewed',
        anonymousId: 'v-1',
        userId: 'u-1',
        properties: { experiment_id: 'checkout', variation_id: 'short' },
      },
      [{ type: 'exposure', experiment: 'checkout', variant: 'short', unit: visitor }],
    ],
    [
      'Experiment Viewed by an account, named in the context',
      {
        type: 'track',
        event: 'Experiment Viewed',
        userId: 'u-1',
        context: { groupId: 'a-1' },
        properties: { experimentId: 'seats', variationId: 'control' },
      },
      [{ type: 'exposure', experiment: 'seats', variant: 'control', unit: account }],
    ],
    ['nobody', { type: 'track', event: 'Clicked' }, ['invalid-unit-id']],
    ['page of nobody', { type: 'page' }, ['invalid-unit-id']],
    ['identify of nobody', { type: 'identify', traits: {} }, ['invalid-unit-id']],
    ['alias of nothing', { type: 'alias', userId: 'u-1' }, ['invalid-unit-id']],
    ['group of nothing', { type: 'group', userId: 'u-1' }, ['invalid-unit-id']],
    ['an unknown type', { type: 'delete', userId: 'u-1' }, ['invalid-event']],
    ['no type', { userId: 'u-1' }, ['invalid-event']],
  ])('%s', (_, message, expected) => {
    expect(meant(message)).toEqual(expected);
  });

  it.each([
    { type: 'identify', anonymousId: 'v-1', userId: 'u-1' },
    { type: 'alias', previousId: 'v-1', userId: 'u-1' },
    { type: 'group', groupId: 'a-1', userId: 'u-1' },
  ])('B34: a public key does not say who is who: $type', (message) => {
    expect(meant(message, { source: 'browser' })).toEqual(['money-not-allowed']);
    const [fault] = eventsOfMessage(message, { ...RULES, source: 'browser' }).items;
    expect((fault as EventFault).item).toEqual({ id: message.type, type: 'identify' });
  });

  it.each([null, 'text', 5, ['a']])('%j is no message', (message) => {
    const { items } = eventsOfMessage(message, RULES);
    expect(items).toEqual([expect.objectContaining({ code: 'invalid-event' })]);
  });

  it.each<[why: string, message: Message, code: string]>([
    [
      'E36: an e-mail address',
      { type: 'track', event: 'x', userId: 'ann@site.example' },
      'unit-id-looks-personal',
    ],
    [
      'E36: in an identify that keeps nothing',
      { type: 'identify', userId: 'ann@site.example' },
      'unit-id-looks-personal',
    ],
    [
      'E36: in alias',
      { type: 'alias', previousId: 'ann@site.example', userId: 'u' },
      'unit-id-looks-personal',
    ],
    [
      'no id at all, said in words',
      { type: 'track', event: 'x', userId: 'undefined' },
      'invalid-unit-id',
    ],
    [
      'an id that is an object',
      { type: 'track', event: 'x', userId: { id: 1 } },
      'invalid-unit-id',
    ],
    ['track without a name', { type: 'track', userId: 'u' }, 'invalid-event'],
    [
      'properties that are a list',
      { type: 'track', event: 'x', userId: 'u', properties: [1] },
      'invalid-event',
    ],
    ['of a page', { type: 'page', userId: 'u', properties: 'x' }, 'invalid-event'],
    ['alias to itself', { type: 'alias', previousId: 'v', anonymousId: 'v' }, 'invalid-event'],
    [
      'a long message id',
      { type: 'page', userId: 'u', messageId: 'm'.repeat(201) },
      'invalid-event-id',
    ],
    [
      'a time without an offset',
      { type: 'page', userId: 'u', timestamp: '2026-03-02 10:00' },
      'invalid-timestamp',
    ],
    ['E34: a wrong sentAt', { type: 'page', userId: 'u', sentAt: 'now' }, 'invalid-timestamp'],
  ])('is left to be refused as an event: %s', (_, message, code) => {
    const whole = { messageId: 'm-1', timestamp: TIMESTAMP, ...message };
    const { items } = eventsOfMessage(whole, RULES);
    const faults = items.map((item) => {
      const event = readEvent(item, { now: new Date(RECEIVED), source: 'server' });
      return event instanceof EventFault ? event.code : null;
    });
    expect(faults).toEqual([code]);
  });
});

describe('E34: when a message happened', () => {
  const timesOf = (message: Message, rules: Partial<MessageRules> = {}) => {
    const page = { type: 'page', userId: 'u', ...message };
    const event = eventsOfMessage(page, { ...RULES, ...rules }).items[0] as Message;
    return [event['occurredAt'], event['sentAt']];
  };
  it.each<[why: string, message: Message, envelope: unknown, expected: unknown[]]>([
    ['as it says', { timestamp: TIMESTAMP }, undefined, [TIMESTAMP, undefined]],
    ['with its own sentAt', { timestamp: TIMESTAMP, sentAt: SENT }, 'x', [TIMESTAMP, SENT]],
    ['with that of the batch', { timestamp: TIMESTAMP, sentAt: null }, SENT, [TIMESTAMP, SENT]],
    ['original', { originalTimestamp: TIMESTAMP }, undefined, [TIMESTAMP, undefined]],
    ['as it was sent', {}, SENT, [SENT, SENT]],
    ['as it was received', { timestamp: null }, null, [RECEIVED, undefined]],
  ])('%s', (_, message, sentAt, expected) => {
    expect(timesOf(message, { sentAt })).toEqual(expected);
  });

  it('knows which messages need to be told', () => {
    expect([{ timestamp: 1 }, { sentAt: 'x' }, { timestamp: null }, null].map(isTimed)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('E33: the id of a message', () => {
  const idOf = (message: Message) => eventsOfMessage({ type: 'page', ...message }, RULES).id;

  it('is messageId, and it is that of the event', () => {
    const { id, items } = eventsOfMessage({ type: 'page', userId: 'u', messageId: 7 }, RULES);
    expect([id, (items[0] as Message)['id']]).toEqual(['7', '7']);
  });

  it('is a digest without one, of all but when it was sent and with which key', () => {
    const message = { userId: 'u', timestamp: TIMESTAMP };
    const id = idOf(message);
    expect(id).toBe(`message:<{"timestamp":"${TIMESTAMP}","type":"page","userId":"u"}>`);
    expect(idOf({ writeKey: 'wk', sentAt: SENT, ...message })).toBe(id);
    expect(idOf({ ...message, timestamp: SENT })).not.toBe(id);
  });
});

describe('what has to be known before', () => {
  it.each<[message: Message, view: boolean, order: boolean]>([
    [{ type: 'track', event: 'Experiment Viewed' }, true, false],
    [{ type: 'track', event: 'Order Completed' }, false, true],
    [{ type: 'track', event: 'Order Refunded' }, false, true],
    [{ type: 'page', event: 'Order Completed' }, false, false],
    [{ type: 'track', event: 'Clicked' }, false, false],
  ])('of %j', (message, view, order) => {
    expect([isView(message), isOrder(message)]).toEqual([view, order]);
  });
});
