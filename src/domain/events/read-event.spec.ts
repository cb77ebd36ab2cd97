import fc from 'fast-check';
import { EventFault, type IncomingEvent } from './event.js';
import { checkExposure } from './check-exposure.js';
import { readEvent, type ReadingRules, RETENTION_DAYS } from './read-event.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const SERVER: ReadingRules = { now: NOW, source: 'server' };
const BROWSER: ReadingRules = { now: NOW, source: 'browser' };

const UNIT = { kind: 'visitor', id: 'v-1' };
const COMMON = { id: 'e-1', unit: UNIT, occurredAt: '2026-03-02T11:00:00Z' };
const EXPOSURE = { ...COMMON, type: 'exposure', experiment: 'exp', variant: 'b' };
const EVENT = { ...COMMON, type: 'event', name: 'signup' };
const MONEY = { ...COMMON, type: 'money', name: 'revenue', amountMinor: 4900, currency: 'EUR' };
const IDENTIFY = {
  id: 'e-1',
  type: 'identify',
  occurredAt: COMMON.occurredAt,
  from: UNIT,
  to: { kind: 'user', id: 'u-1' },
};

function codeOf(input: unknown, rules = SERVER): string | null {
  const read = readEvent(input, rules);
  return read instanceof EventFault ? read.code : null;
}

function without(event: object, member: string): object {
  return Object.fromEntries(Object.entries(event).filter(([name]) => name !== member));
}

describe('reading one event', () => {
  it('keeps every member that it knows', () => {
    const occurredAt = new Date(COMMON.occurredAt);
    expect(readEvent({ ...EXPOSURE, attributes: { plan: 'pro' } }, SERVER)).toEqual({
      ...EXPOSURE,
      attributes: { plan: 'pro' },
      occurredAt,
    });
    expect(readEvent({ ...EVENT, value: 2.5, properties: { a: [1] } }, SERVER)).toEqual({
      ...EVENT,
      value: 2.5,
      properties: { a: [1] },
      occurredAt,
    });
    expect(readEvent({ ...MONEY, refersTo: 'e-0', properties: {} }, SERVER)).toEqual({
      ...MONEY,
      refersTo: 'e-0',
      properties: {},
      occurredAt,
    });
    expect(readEvent(IDENTIFY, SERVER)).toEqual({
      id: 'e-1',
      type: 'identify',
      unit: UNIT,
      to: { kind: 'user', id: 'u-1' },
      occurredAt,
    });
  });

  it.each<[string, unknown, string | null]>([
    ['null', null, 'invalid-event'],
    ['an array', [EVENT], 'invalid-event'],
    ['text', 'event', 'invalid-event'],
    ['B51 no id', without(EVENT, 'id'), 'invalid-event-id'],
    ['B51 empty id', { ...EVENT, id: '' }, 'invalid-event-id'],
    ['B51 id of 200', { ...EVENT, id: 'a'.repeat(200) }, null],
    ['B51 id of 201', { ...EVENT, id: 'a'.repeat(201) }, 'invalid-event-id'],
    ['B51 unprintable id', { ...EVENT, id: 'a\u0007' }, 'invalid-event-id'],
    ['B51 half a character in id', { ...EVENT, id: 'a\ud800' }, 'invalid-event-id'],
    ['B51 numeric id', { ...EVENT, id: 7 }, 'invalid-event-id'],
    ['id in another script', { ...EVENT, id: 'заказ-7' }, null],
    ['unknown type', { ...EVENT, type: 'page' }, 'invalid-event'],
    ['no type', without(EVENT, 'type'), 'invalid-event'],
    ['a type that objects inherit', { ...EVENT, type: 'toString' }, 'invalid-event'],
    ['unknown member', { ...EVENT, isAdmin: true }, 'invalid-event'],
    ['member of another type', { ...EVENT, amountMinor: 5 }, 'invalid-event'],
    ['B54 no time', without(EVENT, 'occurredAt'), 'invalid-timestamp'],
    ['B54 infinity', { ...EVENT, occurredAt: 'infinity' }, 'invalid-timestamp'],
    ['B54 yesterday', { ...EVENT, occurredAt: 'yesterday' }, 'invalid-timestamp'],
    ['B54 30 February', { ...EVENT, occurredAt: '2026-02-30T10:00:00Z' }, 'invalid-timestamp'],
    ['B54 no zone', { ...EVENT, occurredAt: '2026-03-01T10:00:00' }, 'invalid-timestamp'],
    ['B54 epoch', { ...EVENT, occurredAt: 1772366400 }, 'invalid-timestamp'],
    ['B56 5 minutes ahead', { ...EVENT, occurredAt: '2026-03-02T12:05:00Z' }, null],
    ['B56 further ahead', { ...EVENT, occurredAt: '2026-03-02T12:05:00.001Z' }, 'event-in-future'],
    ['B56 two years old', { ...EVENT, occurredAt: '2024-03-02T12:00:00Z' }, null],
    ['B56 older than is kept', { ...EVENT, occurredAt: '2024-01-01T00:00:00Z' }, 'event-too-old'],
    ['no unit', without(EVENT, 'unit'), 'invalid-event'],
    ['unit kind', { ...EVENT, unit: { kind: 'device', id: 'd' } }, 'invalid-event'],
    ['unit with more', { ...EVENT, unit: { ...UNIT, email: 'x' } }, 'invalid-event'],
    ['B58 empty unit', { ...EVENT, unit: { kind: 'user', id: '' } }, 'invalid-unit-id'],
    ['B58 null as text', { ...EVENT, unit: { kind: 'user', id: 'null' } }, 'invalid-unit-id'],
    ['B58 number', { ...EVENT, unit: { kind: 'user', id: 5 } }, 'invalid-unit-id'],
    [
      'B58 e-mail',
      { ...EVENT, unit: { kind: 'user', id: 'ada@example.org' } },
      'unit-id-looks-personal',
    ],
    ['exposure without experiment', without(EXPOSURE, 'experiment'), 'invalid-event'],
    ['exposure without variant', without(EXPOSURE, 'variant'), 'invalid-event'],
    ['attributes null', { ...EXPOSURE, attributes: null }, 'invalid-event'],
    ['event without name', without(EVENT, 'name'), 'invalid-event'],
    ['event name with a line break', { ...EVENT, name: 'a\nb' }, 'invalid-event'],
    ['value as text', { ...EVENT, value: '5' }, 'invalid-event'],
    ['value too large', { ...EVENT, value: 1e16 }, 'invalid-event'],
    ['value null', { ...EVENT, value: null }, 'invalid-event'],
    ['properties as list', { ...EVENT, properties: [] }, 'invalid-event'],
    ['B60 fraction', { ...MONEY, amountMinor: 12.345 }, 'invalid-amount'],
    ['B60 1e308', { ...MONEY, amountMinor: 1e308 }, 'invalid-amount'],
    ['B60 1e15', { ...MONEY, amountMinor: 1e15 }, 'invalid-amount'],
    ['B60 text', { ...MONEY, amountMinor: '12.30' }, 'invalid-amount'],
    ['B60 missing', without(MONEY, 'amountMinor'), 'invalid-amount'],
    ['B60 zero', { ...MONEY, amountMinor: 0 }, null],
    ['B61 negative revenue', { ...MONEY, amountMinor: -1 }, 'wrong-sign'],
    ['B61 positive refund', { ...MONEY, name: 'refund', amountMinor: 1 }, 'wrong-sign'],
    ['B61 refund', { ...MONEY, name: 'refund', amountMinor: -1 }, null],
    ['own name, either sign', { ...MONEY, name: 'loyalty_points', amountMinor: -1 }, null],
    ['money name', { ...MONEY, name: 'Revenue!' }, 'invalid-money-name'],
    ['B63 small letters', { ...MONEY, currency: 'eur' }, 'unknown-currency'],
    ['B63 XXX', { ...MONEY, currency: 'XXX' }, 'unknown-currency'],
    ['B63 missing', without(MONEY, 'currency'), 'unknown-currency'],
    ['refersTo', { ...MONEY, refersTo: '' }, 'invalid-event'],
    ['identify with from as unit', { ...IDENTIFY, unit: UNIT }, null],
    ['identify with to as unit', { ...IDENTIFY, unit: { kind: 'user', id: 'u-1' } }, null],
    [
      'identify with a third unit',
      { ...IDENTIFY, unit: { kind: 'user', id: 'u-2' } },
      'invalid-event',
    ],
    ['identify without to', without(IDENTIFY, 'to'), 'invalid-event'],
    [
      'identify an e-mail',
      { ...IDENTIFY, to: { kind: 'user', id: 'ada@example.org' } },
      'unit-id-looks-personal',
    ],
  ])('%s', (_, input, code) => {
    expect(codeOf(input)).toBe(code);
  });

  it('keeps what is exactly as old as the retention', () => {
    const oldest = NOW.getTime() - RETENTION_DAYS * 86_400_000;
    const at = (ms: number) => codeOf({ ...EVENT, occurredAt: new Date(ms).toISOString() });
    expect([at(oldest), at(oldest - 1)]).toEqual([null, 'event-too-old']);
  });

  it('takes neither money nor identities from a browser', () => {
    expect(codeOf(EXPOSURE, BROWSER)).toBeNull();
    expect(codeOf(EVENT, BROWSER)).toBeNull();
    expect(codeOf(MONEY, BROWSER)).toBe('money-not-allowed');
    expect(codeOf(IDENTIFY, BROWSER)).toBe('money-not-allowed');
  });

  it('answers anything at all without throwing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(SERVER, BROWSER), (input, rules) => {
        expect(readEvent(input, rules)).toBeInstanceOf(EventFault);
      }),
    );
  });
});

describe('an exposure against its experiment', () => {
  const plan = { unit: 'visitor', variants: [{ key: 'a' }, { key: 'b' }] } as const;
  const exposure = readEvent(EXPOSURE, SERVER) as Extract<IncomingEvent, { type: 'exposure' }>;

  it.each([
    ['fits', exposure, plan, null],
    ['no experiment', exposure, undefined, 'unknown-experiment'],
    ['no such variant', { ...exposure, variant: 'c' }, plan, 'unknown-variant'],
    ['other unit', { ...exposure, unit: { kind: 'user', id: 'u' } }, plan, 'unit-kind-mismatch'],
  ] as const)('%s', (_, event, against, code) => {
    expect(checkExposure(event, against)?.code ?? null).toBe(code);
  });
});
