import { EventFault } from '../events/event.js';
import { readEvent } from '../events/read-event.js';
import { viewableExperiments } from './experiment-viewed.js';
import { eventsOfPlugin, type PluginRules } from './growthbook-event.js';

const RECEIVED = new Date('2026-03-01T10:00:03.000Z');

const launched = (...units: ('visitor' | 'user' | 'account')[]) =>
  viewableExperiments(
    units.map((unit) => ({
      id: `id-of-${unit}`,
      key: `on-${unit}`,
      plan: { unit, variants: [{ key: 'control' }, { key: 'short' }] },
    })),
  );

function rules(changes: Partial<PluginRules> = {}): PluginRules {
  return {
    viewable: launched('visitor', 'user', 'account'),
    analysed: new Map([['on-user', ['country', 'device']]]),
    receivedAt: RECEIVED,
    // The text itself: two ids are equal where the texts are.
    digestOf: (text) => text,
    ...changes,
  };
}

/** As the plugin sends it: attributes it knows are members, the others are nested. */
function item(name: string, properties: object, more: object = {}): Record<string, unknown> {
  return {
    event_name: name,
    properties_json: properties,
    user_id: null,
    device_id: null,
    page_id: null,
    session_id: null,
    sdk_language: 'js',
    sdk_version: '1.8.0',
    url: 'https://shop.example/cart',
    context_json: {},
    ...more,
  };
}

const view = (properties: object, more: object = {}) =>
  item('Experiment Viewed', { experimentId: 'on-user', variationId: 'short', ...properties }, more);

const eventOf = (one: unknown, changes: Partial<PluginRules> = {}): Record<string, unknown> => {
  const { id: _id, ...event } = eventsOfPlugin([one], rules(changes))[0] as { id: string };
  return event;
};
const idsOf = (items: readonly unknown[], changes: Partial<PluginRules> = {}) =>
  eventsOfPlugin(items, rules(changes)).map((event) => (event as { id: string }).id);

describe('what the tracking plugin of GrowthBook says', () => {
  it('of a view is an exposure of the unit that was hashed', () => {
    const viewed = view(
      { hashAttribute: 'id', hashValue: 'u-1' },
      { device_id: 'd-1', context_json: { country: 'PL', plan: 'pro', email: 'a@b.example' } },
    );
    expect(eventOf(viewed)).toEqual({
      type: 'exposure',
      occurredAt: '2026-03-01T10:00:03.000Z',
      experiment: 'on-user',
      variant: 'short',
      unit: { kind: 'user', id: 'u-1' },
      // Only what the analysis of the experiment reads.
      attributes: { country: 'PL' },
    });
  });

  it.each<[why: string, properties: object, more: object, unit: object]>([
    ['a number is its digits', { hashValue: 42 }, {}, { kind: 'user', id: '42' }],
    [
      'an attribute named like the kind',
      { hashAttribute: 'user', hashValue: 'u-2' },
      {},
      { kind: 'user', id: 'u-2' },
    ],
    [
      'another kind was hashed: nobody of the right one',
      { hashAttribute: 'account', hashValue: 'a-1' },
      {},
      { kind: 'user', id: undefined },
    ],
    [
      'no hash: the attribute of the kind',
      {},
      { device_id: 'd-1', context_json: { user: 'u-3' } },
      { kind: 'user', id: 'u-3' },
    ],
    ['no hash: else the device', {}, { device_id: 'd-1' }, { kind: 'user', id: 'd-1' }],
    ['no hash and nobody', {}, {}, { kind: 'user', id: undefined }],
  ])('the unit of a view: %s', (_why, properties, more, unit) => {
    expect(eventOf(view(properties, more))['unit']).toEqual(unit);
  });

  it('of anything else is an event, and never money', () => {
    const bought = item('purchase', { value: 12.5, revenue: 12.5, currency: 'EUR' });
    expect(eventOf({ ...bought, device_id: 'v-1' })).toEqual({
      type: 'event',
      occurredAt: '2026-03-01T10:00:03.000Z',
      name: 'purchase',
      unit: { kind: 'visitor', id: 'v-1' },
      value: 12.5,
      properties: { value: 12.5, revenue: 12.5, currency: 'EUR' },
    });
  });

  it.each<[why: string, on: Parameters<typeof launched>, more: object, unit: object]>([
    [
      'what an experiment on it would hash',
      ['user'],
      { device_id: 'd' },
      { kind: 'user', id: 'd' },
    ],
    [
      'its attribute before the device',
      ['user'],
      { device_id: 'd', context_json: { user: 'u', visitor: 'v' } },
      { kind: 'user', id: 'u' },
    ],
    [
      'the lowest kind that is tested',
      ['account', 'user'],
      { context_json: { account: 'a', user: 'u', visitor: 'v' } },
      { kind: 'user', id: 'u' },
    ],
    [
      'the next kind where nothing is known of the lowest',
      ['visitor', 'account'],
      { context_json: { account: 'a', user: 'u' } },
      { kind: 'account', id: 'a' },
    ],
    [
      'any kind where nothing is tested',
      [],
      { context_json: { user: 'u' } },
      { kind: 'user', id: 'u' },
    ],
    [
      'the user where nothing else is known',
      ['visitor'],
      { user_id: 'u' },
      { kind: 'user', id: 'u' },
    ],
    ['nobody', ['visitor'], {}, { kind: 'user', id: undefined }],
  ])('the unit of an event: %s', (_why, on, more, unit) => {
    expect(eventOf(item('clicks', {}, more), { viewable: launched(...on) })['unit']).toEqual(unit);
  });

  it.each<[why: string, one: unknown, code: string]>([
    ['no object', 'click', 'invalid-event'],
    ['no name', { device_id: 'v' }, 'invalid-event'],
    ['nobody', item('clicks', {}), 'invalid-unit-id'],
    ['a person', item('clicks', {}, { device_id: 'a@b.example' }), 'unit-id-looks-personal'],
    ['no variant', view({ variationId: '', hashValue: 'u' }), 'invalid-event'],
    ['properties that are a list', item('clicks', [], { device_id: 'v' }), 'invalid-event'],
    [
      'what could not be read',
      new EventFault('invalid-string', 'half a character'),
      'invalid-string',
    ],
  ])('is refused as an event where it is %s', (_why, one, code) => {
    const [event] = eventsOfPlugin([one], rules({ digestOf: () => 'digest' }));
    const read = readEvent(event, { now: RECEIVED, source: 'browser' });
    expect((read as EventFault).code).toBe(code);
  });

  describe('ids', () => {
    const later = (ms: number) => ({ receivedAt: new Date(RECEIVED.getTime() + ms) });
    const click = item('clicks', { sku: 1 }, { device_id: 'v-1' });
    const seen = view({ hashValue: 'u-1' }, { page_id: 'p-1' });
    const asked = item('Feature Evaluated', { feature: 'on-user' }, { device_id: 'v-1' });

    it.each<[why: string, one: object, other: object, afterMs: number, isSame: boolean]>([
      ['a retry is the same event', click, click, 5_000, true],
      ['a second click is another', click, click, 10_000, false],
      ['with other properties it is another', click, { ...click, properties_json: {} }, 0, false],
      ['on another page it is another', click, { ...click, page_id: 'p-2' }, 0, false],
      ['a view on another page is the same', seen, { ...seen, page_id: 'p-2' }, 3_600_000, true],
      ['a view on another day is another', seen, seen, 86_400_000, false],
      ['a view by another unit', seen, view({ hashValue: 'u-2' }), 0, false],
      ['a feature asked for again', asked, { ...asked, url: '/' }, 3_600_000, true],
    ])('%s', (_why, one, other, afterMs, isSame) => {
      const [first] = idsOf([one]);
      const [second] = idsOf([other], later(afterMs));
      expect(first === second).toBe(isSame);
    });

    it('tell equal clicks of one request apart, and equal views not', () => {
      const ids = idsOf([click, seen, click, seen]);
      expect(new Set(ids).size).toBe(3);
      expect(ids[1]).toBe(ids[3]);
      expect(idsOf([click, seen, click, seen])).toEqual(ids);
    });

    it('are the sender’s where it has some', () => {
      const named = item('clicks', { event_id: 'mine-1' }, { device_id: 'v-1' });
      expect(idsOf([named, view({ event_id: 7 })])).toEqual(['mine-1', '7']);
    });
  });
});
