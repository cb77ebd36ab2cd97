import {
  guardrailStateOf,
  moveOf,
  outcomeOf,
  type GuardrailState,
  type Interval,
  type Move,
  type Outcome,
} from './classify.js';

const between = (lower: number, upper: number) => ({ lower, upper });

describe('an interval read as a word', () => {
  it.each<[Interval, Move, Outcome, Outcome]>([
    [between(0.1, 0.5), 'up', 'won', 'lost'],
    [between(-0.5, -0.1), 'down', 'lost', 'won'],
    [between(-0.1, 0.5), 'flat', 'flat', 'flat'],
    [between(0, 0.5), 'flat', 'flat', 'flat'],
    [between(-0.5, 0), 'flat', 'flat', 'flat'],
    [between(0, 0), 'flat', 'flat', 'flat'],
    [between(0.1, Infinity), 'up', 'won', 'lost'],
    [between(-Infinity, Infinity), 'flat', 'flat', 'flat'],
    [null, 'not_computed', 'not_computed', 'not_computed'],
    [between(Number.NaN, 1), 'not_computed', 'not_computed', 'not_computed'],
    [between(1, Number.NaN), 'not_computed', 'not_computed', 'not_computed'],
    [between(2, 1), 'not_computed', 'not_computed', 'not_computed'],
  ])('%j moved %s: %s if more is good, %s if less is', (interval, move, increase, decrease) => {
    expect(moveOf(interval)).toBe(move);
    expect(outcomeOf(interval, 'increase')).toBe(increase);
    expect(outcomeOf(interval, 'decrease')).toBe(decrease);
  });
});

describe('non-inferiority', () => {
  it.each<[Interval, number, GuardrailState, GuardrailState]>([
    [between(-0.05, 0.3), 0.1, 'non_inferior', 'unresolved'],
    [between(-0.05, 0.05), 0.1, 'non_inferior', 'non_inferior'],
    // Worse than the control, and tolerably so.
    [between(-0.09, -0.01), 0.1, 'non_inferior', 'non_inferior'],
    [between(-0.2, 0.05), 0.1, 'unresolved', 'non_inferior'],
    [between(-0.2, -0.05), 0.1, 'unresolved', 'non_inferior'],
    [between(-0.1, 0.05), 0.1, 'unresolved', 'non_inferior'],
    [between(-0.3, -0.1), 0.1, 'unresolved', 'non_inferior'],
    [between(-0.3, -0.11), 0.1, 'breached', 'non_inferior'],
    [between(0.11, 0.3), 0.1, 'non_inferior', 'breached'],
    [between(-0.05, Infinity), 0.1, 'non_inferior', 'unresolved'],
    [null, 0.1, 'not_computed', 'not_computed'],
    [between(Number.NaN, 1), 0.1, 'not_computed', 'not_computed'],
    [between(-0.05, 0.05), 0, 'not_computed', 'not_computed'],
    [between(-0.05, 0.05), Number.NaN, 'not_computed', 'not_computed'],
  ])('%j with margin %d: %s if more is good, %s if less is', (interval, margin, more, less) => {
    expect(guardrailStateOf(interval, 'increase', margin)).toBe(more);
    expect(guardrailStateOf(interval, 'decrease', margin)).toBe(less);
  });
});
