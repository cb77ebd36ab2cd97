import fc from 'fast-check';
import { canonicalJson } from '../experiments/canonical-json.js';
import type { EventFault, IncomingEvent } from './event.js';
import { eventContent } from './event-content.js';
import { readEvent } from './read-event.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const COMMON = {
  id: 'e-1',
  unit: { kind: 'visitor', id: 'v-1' },
  occurredAt: '2026-03-02T11:00:00Z',
};
const EVENT = { ...COMMON, type: 'event', name: 'signup' };
const MONEY = { ...COMMON, type: 'money', name: 'revenue', amountMinor: 4900, currency: 'EUR' };

const read = (input: object) => readEvent(input, { now: NOW, source: 'server' }) as IncomingEvent;
const contentOf = (input: object) => eventContent(read(input));

describe('the content of an event', () => {
  it('is the same at another time, by another clock, and under another id', () => {
    expect(contentOf({ ...EVENT, occurredAt: '2026-01-01T00:00:00Z' })).toBe(contentOf(EVENT));
    expect(contentOf({ ...EVENT, sentAt: '2026-03-02T11:00:01Z' })).toBe(contentOf(EVENT));
    expect(contentOf({ ...EVENT, id: 'e-2' })).toBe(contentOf(EVENT));
  });

  it.each<[string, object]>([
    ['type', { ...MONEY, name: 'signup' }],
    ['unit', { ...EVENT, unit: { kind: 'user', id: 'v-1' } }],
    ['name', { ...EVENT, name: 'login' }],
    ['value', { ...EVENT, value: 0 }],
    ['properties', { ...EVENT, properties: {} }],
  ])('differs with another %s', (_, other) => {
    expect(contentOf(other)).not.toBe(contentOf(EVENT));
  });

  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
  const properties = fc.option(
    fc.object({ maxDepth: 2, values: [text, fc.double(), fc.boolean()] }),
    {
      nil: undefined,
    },
  );
  const unit = fc.record({ kind: fc.constantFrom('visitor', 'user', 'account'), id: text });
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const inputs = fc.oneof(
    fc.record({
      type: fc.constant('exposure'),
      unit,
      experiment: text,
      variant: text,
      attributes: properties,
    }),
    fc.record({
      type: fc.constant('event'),
      unit,
      name: text,
      value: optional(fc.double()),
      properties,
    }),
    fc.record({
      type: fc.constant('money'),
      unit,
      name: fc.constantFrom('revenue', 'own_name'),
      amountMinor: fc.integer({ min: 0 }),
      currency: fc.constantFrom('EUR', 'JPY'),
      refersTo: optional(text),
      properties,
    }),
    fc.record({ type: fc.constant('identify'), from: unit, to: unit }),
  );

  it('is the canonical JSON of all members but id and times', () => {
    let compared = 0;
    fc.assert(
      fc.property(inputs, (input) => {
        const sent = JSON.parse(
          JSON.stringify({ ...input, id: 'e-1', occurredAt: COMMON.occurredAt }),
        ) as object;
        const event = readEvent(sent, { now: NOW, source: 'server' });
        if (isFault(event)) return;
        const { id: _id, occurredAt: _occurredAt, ...content } = event;
        expect(eventContent(event)).toBe(canonicalJson(content));
        compared += 1;
      }),
      { numRuns: 500 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});

function isFault(event: IncomingEvent | EventFault): event is EventFault {
  return 'code' in event;
}
