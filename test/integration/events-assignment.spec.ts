import { createAssigner } from '../../src/domain/assignment/assign-variant.js';
import { anEvent, verdictsOf } from '../support/event-senders.js';
import { launchedExperiment } from '../support/launched-experiment.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('B65: exposures unlike the assignment', () => {
  let it_: TestApp;
  beforeAll(async () => {
    it_ = await startTestApp();
  });
  afterAll(() => it_.close());

  const unlikeOf = async (
    experiment: string,
    seen: readonly { unit: string; variant: string }[],
  ) => {
    const events = seen.map(({ unit, variant }) => {
      const { name: _name, ...event } = anEvent({
        type: 'exposure',
        unit: { kind: 'visitor', id: unit },
        experiment,
        variant,
      });
      return event;
    });
    expect(new Set(await verdictsOf(it_, { events }))).toEqual(new Set(['accepted']));
    const rows = await it_.sql<{ key: string; unassigned: boolean | null }>(
      'SELECT event.key, event.unassigned FROM event WHERE event.key = ANY ($1)',
      [events.map(({ id }) => id)],
    );
    return events.map(({ id }) => rows.find(({ key }) => key === id)?.unassigned);
  };

  it('are marked, at any traffic; others are not', async () => {
    const { plan } = await launchedExperiment(it_, { key: 'ramped', traffic: 0.1 });
    const assign = createAssigner({ ...plan, traffic: 1 });
    const units = Array.from({ length: 20 }, (_, n) => `v-${n}`);
    const right = units.map((unit) => ({ unit, variant: assign(unit).variantKey ?? '' }));
    const wrong = right.map(({ unit, variant }) => ({
      unit,
      variant: variant === 'control' ? 'treatment' : 'control',
    }));
    expect(new Set(right.map(({ variant }) => variant)).size).toBe(2);
    expect(await unlikeOf('ramped', right)).toEqual(Array(20).fill(null));
    expect(await unlikeOf('ramped', wrong)).toEqual(Array(20).fill(true));
  });

  it('are never marked where another system assigns', async () => {
    await launchedExperiment(it_, { key: 'elsewhere', assignment: 'external' });
    const seen = ['control', 'treatment'].map((variant) => ({ unit: 'v-1', variant }));
    expect(await unlikeOf('elsewhere', seen)).toEqual([null, null]);
  });
});
