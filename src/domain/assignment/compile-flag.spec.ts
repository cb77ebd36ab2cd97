import fc from 'fast-check';
import type { Decision } from '../experiments/decision.js';
import { EXPERIMENT_STATES, type ExperimentState } from '../experiments/lifecycle.js';
import { assignVariant } from './assign-variant.js';
import { type CompiledFlag, compileFlag, type ServableExperiment } from './compile-flag.js';
import type { Condition } from './conditions.js';
import type { LayerShare, PlannedHoldout } from './exclusion.js';

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
  conditions?: Condition[];
  layer?: LayerShare;
  holdouts?: PlannedHoldout[];
  forced?: [unitId: string, variant: string][];
  endedHoldouts?: string[];
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
      unit: 'user',
      audience: changes.conditions === undefined ? {} : { conditions: changes.conditions },
      ...(changes.layer === undefined ? {} : { layer: changes.layer }),
      ...(changes.holdouts === undefined ? {} : { holdouts: changes.holdouts }),
    },
    forced: new Map(changes.forced ?? []),
    endedHoldouts: new Set(changes.endedHoldouts ?? []),
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

const PRO = {
  conditions: [{ property: 'plan', operator: 'eq', value: 'pro' }] as Condition[],
};
const FORCED: [string, string, boolean] = ['treatment', 'TARGETING_MATCH', false];
const FORCING = { forced: [[CONTROLLED, 'treatment']] as [string, string][] };
const IN_TEST: [string, string, boolean] = ['treatment', 'SPLIT', true];
const WHOLE_LAYER: LayerShare = { key: 'l', ranges: [[0, 10_000]] };
const EVERYBODY: PlannedHoldout = { key: 'all', seed: 'h1', points: 10_000 };
const NOBODY: PlannedHoldout = { key: 'none', seed: 'h2', points: 0 };

const variantOf = (flag: CompiledFlag | null, unitId: string) =>
  flag?.serve(unitId, {}).outcome.variationId;

describe('what a unit is served', () => {
  type Changes = Parameters<typeof experiment>[0];
  it.each<[string, Changes, string, [string, string, boolean] | null]>([
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
    ['forced', { forced: [[CONTROLLED, 'treatment']] }, CONTROLLED, FORCED],
    ['forced while paused', { ...FORCING, status: 'paused' }, CONTROLLED, FORCED],
    ['forced though outside the audience', { ...FORCING, ...PRO }, CONTROLLED, FORCED],
    ['forced into a killed arm', { ...FORCING, killed: true }, CONTROLLED, FORCED],
    [
      'forced no longer when stopped',
      { ...FORCING, status: 'stopped' },
      CONTROLLED,
      ['control', 'DISABLED', false],
    ],
    [
      'forced to what is no variant',
      { forced: [[CONTROLLED, 'gone']] },
      CONTROLLED,
      ['control', 'SPLIT', true],
    ],
    ['outside the audience', PRO, TREATED, ['control', 'STATIC', false]],
    [
      'outside the audience, shipped',
      { ...PRO, status: 'decided', decision: shipped(null) },
      TREATED,
      ['control', 'STATIC', false],
    ],
    ['in the layer', { layer: { key: 'l', ranges: [[0, 10_000]] } }, TREATED, IN_TEST],
    [
      'in another part of the layer',
      { layer: { key: 'l', ranges: [] } },
      TREATED,
      ['control', 'SPLIT', false],
    ],
    ['traffic is no matter in a layer', { traffic: 0, layer: WHOLE_LAYER }, TREATED, IN_TEST],
    ['held out', { holdouts: [EVERYBODY] }, TREATED, ['control', 'SPLIT', false]],
    ['not held out', { holdouts: [NOBODY] }, TREATED, IN_TEST],
    [
      'held out, shipped',
      { holdouts: [NOBODY, EVERYBODY], status: 'decided', decision: shipped(null) },
      TREATED,
      ['control', 'SPLIT', false],
    ],
    [
      'held out no longer, shipped',
      {
        holdouts: [EVERYBODY],
        endedHoldouts: ['all'],
        status: 'decided',
        decision: shipped(null),
      },
      CONTROLLED,
      ['treatment', 'STATIC', false],
    ],
    [
      'an ended holdout still keeps a running test as it was',
      { holdouts: [EVERYBODY], endedHoldouts: ['all'] },
      TREATED,
      ['control', 'SPLIT', false],
    ],
    ['a draft', { status: 'draft' }, TREATED, null],
    ['archived', { status: 'archived' }, TREATED, null],
    ['assigned elsewhere', { assignment: 'external' }, TREATED, null],
  ])('%s', (_, changes, unitId, expected) => {
    const flag = compileFlag(experiment(changes));
    const outcome = flag?.serve(unitId, { plan: 'free' }).outcome;
    expect(
      outcome === undefined ? null : [outcome.variationId, outcome.reason, outcome.inExperiment],
    ).toEqual(expected);
    if (outcome === undefined) return;
    expect(outcome.value).toBe(outcome.variationId === 'control' ? 'old' : 'new');
    expect(flag?.outcomes).toContain(outcome);
  });

  it('inside the audience is split', () => {
    const served = compileFlag(experiment(PRO))?.serve(TREATED, { plan: 'pro' });
    expect(served?.outcome).toMatchObject({ variationId: 'treatment', inExperiment: true });
  });

  it('of two tests that share a layer a unit is in at most one', () => {
    const holding = (from: number, to: number) =>
      compileFlag(experiment({ layer: { key: 'checkout', ranges: [[from, to]] } }));
    const one = holding(0, 3_000);
    const other = holding(3_000, 10_000);
    const isIn = (flag: CompiledFlag | null, id: string) =>
      flag?.serve(id, {}).outcome.inExperiment === true;
    const units = Array.from({ length: 20_000 }, (_, index) => `u${index}`);
    expect(units.every((id) => isIn(one, id) !== isIn(other, id))).toBe(true);
    expect(units.filter((id) => isIn(one, id)).length / units.length).toBeCloseTo(0.3, 1);
  });

  it('holds back from the control, and its share of all units', () => {
    const held = compileFlag(experiment({ status: 'decided', decision: shipped(0.1) }));
    const running = compileFlag(experiment({}));
    const units = Array.from({ length: 20_000 }, (_, index) => `u${index}`);
    const heldBack = units.filter((id) => variantOf(held, id) === 'control');
    expect(heldBack.length / units.length).toBeCloseTo(0.1, 1);
    expect(heldBack.every((id) => variantOf(running, id) === 'control')).toBe(true);
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
          const served = compileFlag(subject)?.serve(unitId, {});
          if (served?.outcome.inExperiment === true) {
            const { variantKey } = assignVariant({ ...subject.plan, unitId });
            expect(served.outcome.variationId).toBe(variantKey);
          }
        },
      ),
    );
  });
});
