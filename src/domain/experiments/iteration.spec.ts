import type { ExperimentDefinition } from './definition.js';
import { inherit, LINEAGE_MAX, lineageOf } from './iteration.js';
import type { PartialExperiment } from './partial-experiment.js';

const PARENT: ExperimentDefinition = {
  key: 'first',
  name: 'First',
  kind: 'ab',
  iterationOf: 'zeroth',
  touches: ['pricing'],
  unit: 'visitor',
  assignment: 'internal',
  variants: [
    { key: 'control', name: 'As it is', weight: 1 },
    { key: 'total', name: 'Total', weight: 1 },
  ],
  audience: { populations: ['lead'] },
  traffic: 0.5,
  metrics: { leading: 'checkout', deciding: 'profit', guardrails: ['load'], secondary: [] },
  analysis: { alpha: 0.05, test: 'fixed_horizon', adjustment: 'dunnett', relativeQuantile: 'test' },
  rationale: {
    insightIds: ['i1'],
    because: {
      who: { text: 'who', quoteIds: ['q1'] },
      change: { text: 'change', assumption: true },
    },
    experience: { betterOff: 'buyers', worseOff: 'nobody' },
    wrongIf: 'nothing moves',
  },
};
const OWN = { key: 'second', name: 'Second', iterationOf: 'first' };
const rest = ['/kind', '/touches', '/unit', '/assignment', '/variants', '/audience', '/traffic'];

describe('inherit', () => {
  it.each<[string, PartialExperiment, string[], PartialExperiment]>([
    [
      'everything but its names',
      OWN,
      [...rest, '/metrics', '/analysis', '/rationale'],
      { ...OWN, rationale: PARENT.rationale ?? {}, variants: PARENT.variants },
    ],
    [
      'no member that is given, not even in part',
      { ...OWN, metrics: { leading: 'other' }, touches: [] },
      ['/kind', ...rest.slice(2), '/analysis', '/rationale'],
      { ...OWN, metrics: { leading: 'other' }, touches: [] },
    ],
    [
      'the rationale member by member, and its because part by part',
      { ...OWN, rationale: { because: { change: { text: 'new' } }, wrongIf: 'profit falls' } },
      [
        ...rest,
        '/metrics',
        '/analysis',
        '/rationale/insightIds',
        '/rationale/experience',
        '/rationale/because/who',
      ],
      {
        ...OWN,
        rationale: {
          insightIds: ['i1'],
          because: { who: { text: 'who', quoteIds: ['q1'] }, change: { text: 'new' } },
          experience: { betterOff: 'buyers', worseOff: 'nobody' },
          wrongIf: 'profit falls',
        },
      },
    ],
    [
      'the whole because where only other members are given',
      { ...OWN, rationale: { wrongIf: 'profit falls' } },
      [
        ...rest,
        '/metrics',
        '/analysis',
        '/rationale/insightIds',
        '/rationale/because',
        '/rationale/experience',
      ],
      { ...OWN, rationale: { ...PARENT.rationale, wrongIf: 'profit falls' } },
    ],
  ])('takes over %s', (_name, body, inherited, expected) => {
    const taken = inherit(PARENT, body);
    expect(taken.inherited).toEqual(inherited);
    expect(taken.body).toMatchObject(expected);
    expect(taken.body.iterationOf).toBe('first');
  });

  it('takes over nothing that the parent does not have, and changes neither', () => {
    const { rationale: _, ...bare } = PARENT;
    const before = JSON.stringify([bare, OWN]);
    const taken = inherit(bare, { ...OWN, rationale: { wrongIf: 'x' } });
    expect(taken.body.rationale).toEqual({ wrongIf: 'x' });
    expect(taken.inherited).not.toContain('/rationale');
    expect(JSON.stringify([bare, OWN])).toBe(before);
  });
});

describe('lineageOf', () => {
  it('walks from the newest to the first, and ends in a circle and a very long line', () => {
    const parents = new Map([
      ['c', 'b'],
      ['b', 'a'],
    ]);
    expect(lineageOf('c', parents)).toEqual(['c', 'b', 'a']);
    expect(lineageOf('alone', parents)).toEqual(['alone']);
    expect(lineageOf('c', new Map([...parents, ['a', 'c']]))).toEqual(['c', 'b', 'a']);
    const long = new Map(
      Array.from({ length: 500 }, (_, index) => [`e${index}`, `e${index + 1}`] as const),
    );
    expect(lineageOf('e0', long)).toHaveLength(LINEAGE_MAX);
  });
});
