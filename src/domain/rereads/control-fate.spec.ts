import type { PlannedVariant } from '../experiments/plan.js';
import { type ControlFacts, controlAfter, type ServedDecision } from './control-fate.js';

const day = (n: number): Date => new Date(Date.parse('2026-01-01T00:00:00Z') + n * 86_400_000);
const variant = (key: string, weight: number, changes: Partial<PlannedVariant> = {}) => ({
  key,
  weight,
  control: key === 'control',
  value: key,
  killed: false,
  ...changes,
});
const HALVES = [variant('control', 5000), variant('short', 5000)];
const decided = (changes: Partial<ServedDecision> = {}): ServedDecision => ({
  action: 'ship',
  variant: 'short',
  holdBack: null,
  controlStillHeldOut: null,
  decidedAt: day(54),
  ...changes,
});
/** Enrolment ended on day 10; with 60 days each, the last window is over on day 70. */
const facts = (changes: Partial<ControlFacts> = {}): ControlFacts => ({
  plan: { assignment: 'internal', traffic: 1, variants: HALVES },
  decisions: [decided()],
  archivedAt: null,
  enrolmentEndedAt: day(10),
  delayHours: 0,
  windowDays: 60,
  ...changes,
});
const external = { assignment: 'external', traffic: 1, variants: HALVES } as const;

describe('what became of the control', () => {
  it.each<[string, Partial<ControlFacts>, string, boolean, number]>([
    ['shipped to everyone', {}, 'treated', false, 16],
    [
      'shipped by us, whatever was said of the control',
      { decisions: [decided({ controlStillHeldOut: true })] },
      'treated',
      false,
      16,
    ],
    [
      'shipped with a hold-back smaller than the control',
      { decisions: [decided({ holdBack: 0.1 })] },
      'hold_back',
      false,
      16,
    ],
    [
      'a hold-back of the whole control of a small test',
      {
        plan: { assignment: 'internal', traffic: 0.1, variants: HALVES },
        decisions: [decided({ holdBack: 0.05 })],
      },
      'hold_back',
      true,
      0,
    ],
    [
      'a hold-back that reaches into the other arm',
      {
        plan: {
          assignment: 'internal',
          traffic: 1,
          variants: [variant('control', 500), variant('short', 9500)],
        },
        decisions: [decided({ holdBack: 0.1 })],
      },
      'hold_back',
      false,
      16,
    ],
    [
      'a hold-back, and somebody who says that it does not hold',
      { decisions: [decided({ holdBack: 0.1, controlStillHeldOut: false })] },
      'treated',
      false,
      16,
    ],
    [
      'a hold-back of an experiment that was archived',
      { decisions: [decided({ holdBack: 0.1 })], archivedAt: day(60) },
      'treated',
      false,
      16,
    ],
    [
      'a whole control that was kept until the archive',
      {
        plan: { assignment: 'internal', traffic: 0.1, variants: HALVES },
        decisions: [decided({ holdBack: 0.05 })],
        archivedAt: day(60),
      },
      'treated',
      false,
      10,
    ],
    [
      'assigned elsewhere, and kept there',
      { plan: external, decisions: [decided({ controlStillHeldOut: true })] },
      'held_out',
      true,
      0,
    ],
    ['assigned elsewhere, and nothing was said', { plan: external }, 'treated', false, 16],
    [
      'assigned elsewhere, with a hold-back of theirs',
      { plan: external, decisions: [decided({ holdBack: 0.1 })] },
      'hold_back',
      false,
      16,
    ],
    [
      'rolled back',
      { decisions: [decided({ action: 'roll_back', variant: null })] },
      'nobody_treated',
      false,
      16,
    ],
    [
      'iterated with a variant in mind, which nobody is served',
      { decisions: [decided({ action: 'iterate' })] },
      'nobody_treated',
      false,
      16,
    ],
    [
      'rolled back after it was shipped: the arms had been mixed before',
      {
        decisions: [
          decided({ decidedAt: day(50) }),
          decided({ action: 'roll_back', variant: null }),
        ],
      },
      'nobody_treated',
      false,
      20,
    ],
    [
      'kept elsewhere, after a decision that had mixed the arms',
      {
        plan: external,
        decisions: [
          decided({ action: 'roll_back', variant: null, decidedAt: day(50) }),
          decided({ controlStillHeldOut: true }),
        ],
      },
      'held_out',
      false,
      20,
    ],
    ['every window was over', { windowDays: 44 }, 'treated', true, 0],
    ['a part of a day counts as a day', { windowDays: 45 }, 'treated', false, 1],
    ['a window that opens later ends later', { delayHours: 24 }, 'treated', false, 17],
    [
      'decided at the first exposure: never more than the window',
      { decisions: [decided({ decidedAt: day(0) })] },
      'treated',
      false,
      60,
    ],
    [
      'one of two variants was shipped: the other got it too',
      {
        plan: {
          assignment: 'external',
          traffic: 1,
          variants: [...HALVES, variant('bold', 5000)],
        },
        decisions: [decided({ controlStillHeldOut: true })],
      },
      'held_out',
      false,
      16,
    ],
  ])('%s', (_name, changes, fate, stillCausal, mixedDays) => {
    const after = controlAfter(facts(changes));
    expect(after).toMatchObject({ fate, stillCausal, mixedDays });
    const isSaid = after.sentence.includes(`up to ${mixedDays} of the`);
    expect(isSaid).toBe(mixedDays > 0);
  });

  it('says how much of the control was kept', () => {
    const { sentence } = controlAfter(facts({ decisions: [decided({ holdBack: 0.1 })] }));
    expect(sentence).toMatch(/^About 20% of the control has stayed/);
  });

  it('names killed arms and the archive', () => {
    const variants = [...HALVES, variant('bold', 5000, { killed: true })];
    const plan = { assignment: 'internal', traffic: 1, variants } as const;
    const { sentence } = controlAfter(facts({ plan, archivedAt: day(100) }));
    expect(sentence).toMatch(/archived/);
    expect(sentence).toMatch(/variant bold was killed/);
    expect(sentence).not.toMatch(/variant short was killed/);
  });
});
