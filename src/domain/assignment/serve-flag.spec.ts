import fc from 'fast-check';
import type { Decision } from '../experiments/decision.js';
import { EXPERIMENT_STATES, type ExperimentState } from '../experiments/lifecycle.js';
import { assignVariant } from './assign-variant.js';
import { type ServableExperiment, serveFlag } from './serve-flag.js';

const VARIANTS = [
  { key: 'control', weight: 5_000, control: true, value: 'old', killed: false },
  { key: 'treatment', weight: 5_000, control: false, value: 'new', killed: false },
] as const;

function experiment(changes: {
  status?: ExperimentState;
  decision?: Decision;
  traffic?: number;
  killed?: boolean;
  assignment?: 'internal' | 'external';
}): ServableExperiment {
  return {
    status: changes.status ?? 'running',
    decision: changes.decision ?? null,
    plan: {
      seed: 'seed',
      variants: VARIANTS.map((variant) => ({
        ...variant,
        killed: variant.key === 'treatment' && changes.killed === true,
      })),
      traffic: changes.traffic ?? 1,
      assignment: changes.assignment ?? 'internal',
    },
  };
}

function unitIn(variantKey: string | null, traffic = 1): string {
  for (let index = 0; ; index += 1) {
    const unitId = `unit-${index}`;
    const rule = { seed: 'seed', variants: VARIANTS, traffic };
    if (assignVariant({ ...rule, unitId }).variantKey === variantKey) return unitId;
  }
}

const TREATED = unitIn('treatment');
const CONTROLLED = unitIn('control');
const shipped = (holdBack: number | null): Decision => ({
  action: 'ship',
  variant: 'treatment',
  holdBack,
});

describe('what a unit is served', () => {
  it.each<[string, Parameters<typeof experiment>[0], string, [string, string, boolean] | null]>([
    ['a running test splits', {}, TREATED, ['treatment', 'SPLIT', true]],
    ['the control is in the test too', {}, CONTROLLED, ['control', 'SPLIT', true]],
    ['maturing goes on', { status: 'maturing' }, TREATED, ['treatment', 'SPLIT', true]],
    ['paused', { status: 'paused' }, TREATED, ['control', 'DISABLED', false]],
    ['stopped', { status: 'stopped' }, TREATED, ['control', 'DISABLED', false]],
    ['stopped, control', { status: 'stopped' }, CONTROLLED, ['control', 'DISABLED', false]],
    ['a killed arm', { killed: true }, TREATED, ['control', 'DISABLED', false]],
    ['beside a killed arm', { killed: true }, CONTROLLED, ['control', 'SPLIT', true]],
    ['outside the traffic', { traffic: 0.1 }, unitIn(null, 0.1), ['control', 'SPLIT', false]],
    [
      'rolled back',
      { status: 'decided', decision: { action: 'roll_back', variant: null, holdBack: null } },
      TREATED,
      ['control', 'DISABLED', false],
    ],
    [
      'shipped',
      { status: 'decided', decision: shipped(null) },
      CONTROLLED,
      ['treatment', 'STATIC', false],
    ],
    [
      'shipped with everybody held back',
      { status: 'decided', decision: shipped(1) },
      TREATED,
      ['control', 'SPLIT', false],
    ],
    ['a draft', { status: 'draft' }, TREATED, null],
    ['archived', { status: 'archived' }, TREATED, null],
    ['assigned elsewhere', { assignment: 'external' }, TREATED, null],
  ])('%s', (_, changes, unitId, expected) => {
    const served = serveFlag(experiment(changes), unitId);
    expect(
      served === null ? null : [served.variationId, served.reason, served.inExperiment],
    ).toEqual(expected);
    if (served !== null)
      expect(served.value).toBe(served.variationId === 'control' ? 'old' : 'new');
  });

  it('holds back from the control, and its share of all units', () => {
    const held = experiment({ status: 'decided', decision: shipped(0.1) });
    const running = experiment({});
    const units = Array.from({ length: 20_000 }, (_, index) => `u${index}`);
    const heldBack = units.filter((id) => serveFlag(held, id)?.variationId === 'control');
    expect(heldBack.length / units.length).toBeCloseTo(0.1, 1);
    expect(heldBack.every((id) => serveFlag(running, id)?.variationId === 'control')).toBe(true);
  });

  it('is an exposure only where it is the assignment', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.constantFrom(...EXPERIMENT_STATES),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        (unitId, status, traffic, killed) => {
          const subject = experiment({ status, traffic, killed });
          const served = serveFlag(subject, unitId);
          if (served?.inExperiment === true) {
            const { variantKey } = assignVariant({ ...subject.plan, unitId });
            expect(served.variationId).toBe(variantKey);
          }
        },
      ),
    );
  });
});
