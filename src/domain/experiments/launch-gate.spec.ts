import {
  aDossier,
  aGatedDefinition,
  aGateInput,
  GATE_NOW,
  GATE_PROJECT,
  MEMBERS,
} from '../../../test/support/evidence-builders.js';
import { launch, withGuardrails } from '../../../test/support/launch-draft.js';
import { LAUNCH_CASES } from '../../../test/support/launch-gate-cases.js';
import { evaluateCreateGate } from '../evidence/create-gate.js';
import { EVIDENCE_POLICIES } from '../evidence/policies.js';
import { longestLagDays } from './chain-lag.js';
import type { ChainLink } from './definition.js';
import {
  LAUNCH_GATE_CODES,
  LAUNCH_WARNING_ONLY,
  type LaunchGateInput,
} from './launch-gate-case.js';
import { evaluateLaunchGate } from './launch-gate.js';

describe('evaluateLaunchGate', () => {
  it.each(LAUNCH_CASES)('of %s', (_name, changes, unmet, warned) => {
    const answer = launch(changes);
    const codesOf = (items: typeof answer.unmet) => items.map(({ code }) => code);
    expect(codesOf(answer.unmet)).toEqual(unmet);
    expect(codesOf(answer.warnings)).toEqual(warned);
    expect(answer.outcome).toBe(unmet.length === 0 ? 'pass' : 'refused');
    expect(answer.nextBest === null).toBe(unmet.length === 0);
    const own = [...answer.unmet, ...answer.warnings, ...answer.met].filter(({ code }) =>
      LAUNCH_GATE_CODES.some((one) => one === code),
    );
    expect(codesOf(own).toSorted()).toEqual([...LAUNCH_GATE_CODES]);
    for (const item of answer.unmet) {
      expect(LAUNCH_WARNING_ONLY).not.toContain(item.code);
      expect(item.remedies.length).toBeGreaterThan(0);
      expect(item.why).toMatch(/\.$/u);
    }
  });

  it('has a case for every code', () => {
    const seen = new Set(LAUNCH_CASES.flatMap(([, , unmet, warned]) => [...unmet, ...warned]));
    expect(LAUNCH_GATE_CODES.filter((code) => !seen.has(code))).toEqual([]);
  });

  const ofAnAaTest = (changes: Partial<LaunchGateInput['definition']> = {}) => {
    const { rationale: _none, ...definition } = aGatedDefinition({ kind: 'aa' });
    const dossier = aDossier([]);
    const createReport = evaluateCreateGate(aGateInput(dossier, {}, { definition }));
    return evaluateLaunchGate({
      definition: { unit: 'visitor', ...definition, ...changes },
      createReport,
      dossier,
      metrics: [],
      project: GATE_PROJECT,
      policies: EVIDENCE_POLICIES,
      acknowledgements: [],
      running: [],
      layerHolders:
        changes.layer === undefined
          ? []
          : [{ experiment: 'pricing', unit: 'user', ranges: [[0, 9_000]] }],
      couldShow: [],
      author: MEMBERS.author,
      now: GATE_NOW,
    });
  };

  it('asks an A/A test for nothing', () => {
    expect(ofAnAaTest()).toMatchObject({
      gate: 'launch',
      outcome: 'pass',
      unmet: [],
      warnings: [],
      met: [],
    });
  });

  it('asks an A/A test for its place in a layer, and says who holds it', () => {
    const { outcome, unmet, nextBest } = ofAnAaTest({ layer: 'checkout', traffic: 0.2 });
    expect(outcome).toBe('refused');
    expect(unmet).toMatchObject([
      {
        code: 'LAYER_FULL',
        pointer: '/traffic',
        expected: 0.2,
        actual: 0.1,
        subjects: ['pricing'],
        why: 'The layer checkout has 10% for it, and it asks for 20%: pricing holds 90%.',
      },
      { code: 'LAYER_UNIT_MISMATCH', pointer: '/unit', expected: 'user', actual: 'visitor' },
    ]);
    expect(nextBest?.code).toBe('LAYER_UNIT_MISMATCH');
  });

  it('points at the request by which a department acknowledges', () => {
    const { unmet, nextBest } = launch({ input: { acknowledgements: [] } });
    expect(unmet[0]).toMatchObject({ subjects: ['growth'], expected: 1, actual: 0 });
    expect(nextBest?.remedy).toMatchObject({
      method: 'POST',
      path: '/v1/experiments/shorter-form/impacts/growth/acknowledge',
    });
  });

  it('says in the strictest profile how far the readers agree', () => {
    const { met } = launch({
      definition: { touches: ['pricing'], metrics: withGuardrails('paid_seats', 'tickets') },
    });
    const item = met.find(({ code }) => code === 'NO_SECOND_READER');
    expect(item?.why).toContain('alpha of the readers is 1.00 (firm)');
  });
});

describe('longestLagDays', () => {
  const link = (from: string, to: string, lagDays: number): ChainLink => ({
    from,
    to,
    lagDays,
    sign: '+',
    basis: 'interview',
  });

  it.each([
    ['nothing', [], 0],
    ['one way', [link('change', 'a', 2), link('a', 'b', 3)], 5],
    [
      'the slower of two ways',
      [link('change', 'a', 2), link('change', 'b', 1), link('a', 'c', 1), link('b', 'c', 9)],
      10,
    ],
    ['a way that does not start at the change', [link('x', 'a', 50), link('change', 'b', 1)], 1],
    ['a circle, once', [link('change', 'a', 1), link('a', 'b', 2), link('b', 'a', 4)], 7],
    ['a lag that is no number', [link('change', 'a', Number.NaN), link('a', 'b', 3)], 3],
  ])('of %s', (_name, chain, days) => {
    expect(longestLagDays(chain)).toBe(days);
  });
});
