import { EventFault } from '../events/event.js';
import { readEvent } from '../events/read-event.js';
import { orderMoney, type OrderRules } from './order-money.js';
import { eventsOfMessage } from './segment-message.js';

const RULES: OrderRules = { eventId: 'm-1', source: 'server', orderAmount: 'revenue' };

type Properties = Record<string, unknown>;

const ORDER = { order_id: '50', revenue: 25, total: 27.5, currency: 'USD' };

describe('the money of an order', () => {
  it.each<[why: string, properties: Properties, declared: 'revenue' | 'total', amount: number]>([
    ['revenue, without tax and shipping', ORDER, 'revenue', 2500],
    ['total, with them', ORDER, 'total', 2750],
    ['as text', { ...ORDER, revenue: '25.10' }, 'revenue', 2510],
    ['nothing', { ...ORDER, revenue: 0 }, 'revenue', 0],
    ['in yen', { ...ORDER, revenue: 500, currency: 'JPY' }, 'revenue', 500],
    ['in Kuwaiti dinars', { ...ORDER, revenue: 1.25, currency: 'KWD' }, 'revenue', 1250],
    ['in small letters', { ...ORDER, currency: 'usd' }, 'revenue', 2500],
  ])('Order Completed: %s', (_, properties, orderAmount, amountMinor) => {
    expect(orderMoney('Order Completed', properties, { ...RULES, orderAmount })).toEqual({
      id: 'order:50',
      type: 'money',
      name: 'revenue',
      amountMinor,
      currency: String(properties['currency']).toUpperCase(),
    });
  });

  it.each<[why: string, properties: Properties, declared: 'revenue' | 'total', amount: number]>([
    ['total, as the specification has it', { order_id: 50, total: 27.5 }, 'revenue', -2750],
    ['what was declared, where both are there', ORDER, 'revenue', -2500],
    ['what was declared is total', ORDER, 'total', -2750],
    ['revenue where there is no other', { order_id: '50', revenue: 25 }, 'total', -2500],
    ['whichever sign', { order_id: '50', total: '-27.50' }, 'revenue', -2750],
    ['nothing', { order_id: '50', total: 0 }, 'revenue', 0],
  ])('Order Refunded: %s', (_, properties, orderAmount, amountMinor) => {
    const said = { currency: 'USD', ...properties };
    expect(orderMoney('Order Refunded', said, { ...RULES, orderAmount })).toEqual({
      id: 'refund:m-1',
      type: 'money',
      name: 'refund',
      amountMinor,
      currency: 'USD',
      refersTo: 'order:50',
    });
  });

  it.each<[why: string, properties: Properties, code: string, detail: RegExp]>([
    ['no amount', { ...ORDER, revenue: null }, 'missing-amount', /orderAmount with PUT/],
    ['no currency', { ...ORDER, currency: '' }, 'missing-currency', /ISO 4217/],
    ['an unknown currency', { ...ORDER, currency: 'DOLLAR' }, 'unknown-currency', /ISO 4217/],
    ['a currency that is no text', { ...ORDER, currency: 840 }, 'unknown-currency', /ISO 4217/],
    [
      'yen with decimals',
      { ...ORDER, revenue: 5.5, currency: 'JPY' },
      'too-many-decimals',
      /JPY has 0/,
    ],
    [
      'three decimals of a dollar',
      { ...ORDER, revenue: '1.234' },
      'too-many-decimals',
      /USD has 2/,
    ],
    [
      'text that is no amount',
      { ...ORDER, revenue: '$25' },
      'invalid-amount',
      /properties\.revenue/,
    ],
    ['no order id', { ...ORDER, order_id: undefined }, 'invalid-event-id', /order_id/],
  ])('E35: is refused with %s', (_, properties, code, detail) => {
    for (const name of ['Order Completed', 'Order Refunded']) {
      const said = name === 'Order Refunded' ? { ...properties, total: undefined } : properties;
      const fault = orderMoney(name, said, RULES) as EventFault;
      expect([fault.code, fault.detail]).toEqual([code, expect.stringMatching(detail)]);
    }
  });

  it('keeps what the fault is about, under the id the entry would have had', () => {
    const fault = orderMoney('Order Completed', { ...ORDER, currency: null, email: 'x' }, RULES);
    expect((fault as EventFault).item).toEqual({
      id: 'order:50',
      type: 'money',
      name: 'revenue',
      properties: { order_id: '50', revenue: 25, total: 27.5 },
    });
  });

  it.each(['Order completed', 'Order Cancelled', 'Checkout Started', undefined])(
    '%s moves no money',
    (name) => {
      expect(orderMoney(name, ORDER, RULES)).toBeNull();
    },
  );

  it('stands beside the event, of the same unit and time', () => {
    const message = {
      type: 'track',
      event: 'Order Completed',
      userId: 'u-1',
      messageId: 'm-1',
      timestamp: '2026-03-02T10:00:00Z',
      properties: ORDER,
    };
    const rules = {
      source: 'server' as const,
      viewable: new Map(),
      orderAmount: 'revenue' as const,
      receivedAt: '',
      digestOf: String,
    };
    const now = new Date('2026-03-02T10:00:01Z');
    const { items } = eventsOfMessage(message, rules);
    expect(items.map((item) => readEvent(item, { now, source: 'server' }))).toEqual([
      expect.objectContaining({ id: 'm-1', type: 'event', name: 'Order Completed' }),
      {
        id: 'order:50',
        type: 'money',
        name: 'revenue',
        amountMinor: 2500,
        currency: 'USD',
        unit: { kind: 'user', id: 'u-1' },
        occurredAt: new Date('2026-03-02T10:00:00Z'),
      },
    ]);
    const negative = { ...message, properties: { ...ORDER, revenue: -5 } };
    const [, sold] = eventsOfMessage(negative, rules).items;
    expect(readEvent(sold, { now, source: 'server' })).toMatchObject({ code: 'wrong-sign' });
  });

  it('B34: a public key moves none, and cannot take the id of an order', () => {
    const fault = orderMoney('Order Completed', ORDER, { ...RULES, source: 'browser' });
    expect(fault).toMatchObject({ code: 'money-not-allowed', item: { id: 'Order Completed' } });
    const now = new Date('2026-03-02T10:00:00Z');
    for (const id of ['order:50', 'refund:m-1']) {
      const event = {
        id,
        type: 'event',
        unit: { kind: 'visitor', id: 'v' },
        name: 'x',
        occurredAt: now.toISOString(),
      };
      expect(readEvent(event, { now, source: 'browser' })).toMatchObject({
        code: 'invalid-event-id',
      });
      expect(readEvent(event, { now, source: 'server' })).toMatchObject({ id });
    }
  });
});
