import type { EventFault } from '../events/event.js';
import { readEvent } from '../events/read-event.js';
import { exposureOfView, type SaidUnits, viewableExperiments } from './experiment-viewed.js';

const VIEWABLE = viewableExperiments([
  {
    id: '0193f1e0-0000-7000-8000-000000000001',
    key: 'checkout',
    plan: { unit: 'visitor', variants: [{ key: 'control' }, { key: 'short' }] },
  },
  {
    id: '0193f1e0-0000-7000-8000-000000000002',
    key: 'plans',
    plan: { unit: 'account', variants: [{ key: '1' }, { key: '0' }, { key: 'third' }] },
  },
]);

const PERSON: SaidUnits = { visitor: 'v-1', user: 'u-1', account: 'a-1' };

describe('what "Experiment Viewed" says', () => {
  type Case = [
    why: string,
    properties: Record<string, unknown>,
    expected: [experiment: unknown, variant: unknown, kind: string, id: unknown],
  ];
  it.each<Case>([
    [
      'as GrowthBook SDKs name it',
      { experimentId: 'checkout', variationId: 'short' },
      ['checkout', 'short', 'visitor', 'v-1'],
    ],
    [
      'as Segment names it',
      { experiment_id: 'checkout', variation_id: 'control', experiment_name: 'Short' },
      ['checkout', 'control', 'visitor', 'v-1'],
    ],
    [
      'with the metadata of an evaluated flag',
      {
        experimentId: '0193f1e0-0000-7000-8000-000000000001',
        experimentKey: 'checkout',
        variationId: 'short',
      },
      ['checkout', 'short', 'visitor', 'v-1'],
    ],
    [
      'by id alone',
      { experimentId: '0193f1e0-0000-7000-8000-000000000002', variationId: 'third' },
      ['plans', 'third', 'account', 'a-1'],
    ],
    [
      'a variant by its number',
      { experimentId: 'checkout', variationId: 1 },
      ['checkout', 'short', 'visitor', 'v-1'],
    ],
    [
      'a variant by its number in digits',
      { experimentId: 'checkout', variationId: '0' },
      ['checkout', 'control', 'visitor', 'v-1'],
    ],
    [
      'digits that are a key are the key',
      { experimentId: 'plans', variationId: '1' },
      ['plans', '1', 'account', 'a-1'],
    ],
    [
      'a number is never a key',
      { experimentId: 'plans', variationId: 1 },
      ['plans', '0', 'account', 'a-1'],
    ],
    [
      'a number too far stays to be refused',
      { experimentId: 'checkout', variationId: 2 },
      ['checkout', '2', 'visitor', 'v-1'],
    ],
    [
      'a number that is no place',
      { experimentId: 'checkout', variationId: -1 },
      ['checkout', '-1', 'visitor', 'v-1'],
    ],
    [
      'empty and null names are read over',
      { experimentKey: null, experiment_key: '', experiment_id: 'checkout', variation_id: '1' },
      ['checkout', 'short', 'visitor', 'v-1'],
    ],
    [
      'an unknown experiment stays as it is',
      { experimentId: 'gone', variationId: 1 },
      ['gone', '1', 'visitor', 'v-1'],
    ],
    ['nothing at all', {}, [undefined, undefined, 'visitor', 'v-1']],
  ])('%s', (_why, properties, [experiment, variant, kind, id]) => {
    expect(exposureOfView(properties, PERSON, VIEWABLE)).toEqual({
      type: 'exposure',
      experiment,
      variant,
      unit: { kind, id },
    });
  });

  it('speaks of the kind of unit that the experiment is on, or of nobody', () => {
    const properties = { experimentId: 'checkout', variationId: 'short' };
    expect(exposureOfView(properties, { user: 'u-1' }, VIEWABLE).unit).toEqual({
      kind: 'visitor',
      id: undefined,
    });
  });

  it.each<[why: string, properties: Record<string, unknown>, units: SaidUnits, code: string]>([
    ['no experiment', { variationId: 'short' }, PERSON, 'invalid-event'],
    ['no variant', { experimentId: 'checkout' }, PERSON, 'invalid-event'],
    [
      'no unit of its kind',
      { experimentId: 'checkout', variationId: 'short' },
      { user: 'u' },
      'invalid-unit-id',
    ],
    [
      'an experiment that is a list',
      { experimentId: ['checkout'], variationId: 'short' },
      PERSON,
      'invalid-event',
    ],
  ])('is refused as an event: %s', (_why, properties, units, code) => {
    const now = new Date('2026-01-01T00:00:00Z');
    const event = {
      ...exposureOfView(properties, units, VIEWABLE),
      id: 'e-1',
      occurredAt: now.toISOString(),
    };
    const fault = readEvent(event, { now, source: 'browser' }) as EventFault;
    expect(fault.code).toBe(code);
  });
});
