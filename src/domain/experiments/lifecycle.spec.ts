import { Conflict } from '../errors.js';
import { DECISION_ACTIONS, type DecisionAction } from './decision.js';
import {
  EXPERIMENT_STATES,
  LIFECYCLE_ACTIONS,
  TRANSITIONS,
  allowedActions,
  nextState,
  whatIsServed,
  type ExperimentState,
} from './lifecycle.js';

/** The whole table once more, as the life of an experiment is told: state, action, outcome. */
const STORY = `
  draft     launch        running
  draft     archive       archived
  running   pause         paused
  running   end_enrolment maturing
  running   stop          stopped
  running   decide        decided
  paused    resume        running
  paused    stop          stopped
  paused    decide        decided
  maturing  stop          stopped
  maturing  decide        decided
  decided   decide        decided
  decided   archive       archived
  stopped   archive       archived
`;
const allowed = new Map(
  STORY.trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([state, action, next]) => [`${state} ${action}`, next]),
);

describe('the lifecycle table', () => {
  it('states every pair of state and action, and no unknown state', () => {
    expect(Object.keys(TRANSITIONS).toSorted()).toEqual([...EXPERIMENT_STATES].toSorted());
    for (const state of EXPERIMENT_STATES) {
      expect(Object.keys(TRANSITIONS[state]).toSorted()).toEqual([...LIFECYCLE_ACTIONS].toSorted());
      for (const next of Object.values(TRANSITIONS[state])) {
        if (next !== null) expect(EXPERIMENT_STATES).toContain(next);
      }
    }
  });

  it('reaches every state from draft', () => {
    const reached = new Set<ExperimentState>(['draft']);
    for (const state of reached) {
      for (const next of Object.values(TRANSITIONS[state])) if (next !== null) reached.add(next);
    }
    expect([...reached].toSorted()).toEqual([...EXPERIMENT_STATES].toSorted());
  });

  it('has a way to the archive from every state, and none out of it', () => {
    expect(allowedActions('archived')).toEqual([]);
    for (const start of EXPERIMENT_STATES) {
      const reached = new Set<ExperimentState>([start]);
      for (const state of reached) {
        for (const next of Object.values(TRANSITIONS[state])) if (next !== null) reached.add(next);
      }
      expect(reached.has('archived')).toBe(true);
    }
  });

  const pairs = EXPERIMENT_STATES.flatMap((state) =>
    LIFECYCLE_ACTIONS.map((action) => ({ state, action, next: allowed.get(`${state} ${action}`) })),
  );
  it.each(pairs.filter((pair) => pair.next !== undefined))(
    '$state -- $action -> $next',
    ({ state, action, next }) => {
      expect(nextState(state, action)).toBe(next);
    },
  );
  it.each(pairs.filter((pair) => pair.next === undefined))(
    'refuses $action from $state',
    ({ state, action }) => {
      expect(() => nextState(state, action)).toThrow(Conflict);
      expect(() => nextState(state, action)).toThrow(
        expect.objectContaining({
          code: 'invalid-state-transition',
          facts: { state, action, allowed: allowedActions(state) },
        }),
      );
    },
  );
});

describe('what is served', () => {
  it.each<[ExperimentState, boolean, string]>([
    ['draft', false, 'unknown'],
    ['running', false, 'assigned'],
    ['running', true, 'control'],
    ['paused', false, 'control'],
    ['maturing', false, 'assigned'],
    ['maturing', true, 'control'],
    ['stopped', false, 'control'],
    ['archived', false, 'unknown'],
    ['archived', true, 'unknown'],
    ['decided', false, 'control'],
  ])('%s (arm killed: %s) serves %s', (state, killed, serve) => {
    expect(whatIsServed(state, null, killed)).toEqual({ serve });
  });

  const afterDeciding: Record<DecisionAction, object> = {
    ship: { serve: 'winner', variant: 'short', holdBack: 0.05 },
    ship_provisional: { serve: 'winner', variant: 'short', holdBack: 0.05 },
    roll_back: { serve: 'control' },
    iterate: { serve: 'control' },
    stop: { serve: 'control' },
  };
  it.each(DECISION_ACTIONS)('decided to %s', (action) => {
    expect(whatIsServed('decided', { action, variant: 'short', holdBack: 0.05 })).toEqual(
      afterDeciding[action],
    );
  });

  it('ships to everyone when nothing is held back', () => {
    const decision = { action: 'ship', variant: 'short', holdBack: null } as const;
    expect(whatIsServed('decided', decision)).toEqual({
      serve: 'winner',
      variant: 'short',
      holdBack: 0,
    });
  });

  it('is unknown once archived, whatever was shipped', () => {
    const decision = { action: 'ship', variant: 'short', holdBack: null } as const;
    expect(whatIsServed('archived', decision)).toEqual({ serve: 'unknown' });
  });
});
