import { Conflict } from '../errors.js';
import type { Decision } from './decision.js';

/** The life of an experiment: its states, what moves it between them, and what clients get in each. */

export const EXPERIMENT_STATES = [
  'draft',
  'running',
  'paused',
  'maturing',
  'decided',
  'stopped',
  'archived',
] as const;
export type ExperimentState = (typeof EXPERIMENT_STATES)[number];

export const LIFECYCLE_ACTIONS = [
  'launch',
  'pause',
  'resume',
  'end_enrolment',
  'stop',
  'decide',
  'archive',
] as const;
export type LifecycleAction = (typeof LIFECYCLE_ACTIONS)[number];

type Row = Readonly<Record<LifecycleAction, ExperimentState | null>>;

const NOWHERE: Row = {
  launch: null,
  pause: null,
  resume: null,
  end_enrolment: null,
  stop: null,
  decide: null,
  archive: null,
};

/**
 * Where each action leads from each state; null is refused.
 *
 * - `decide` is open from `running` and `paused`, because rolling back must never wait for money to
 *   mature; what may be decided is the decide gate's matter.
 * - `decide` is open again from `decided`: a re-read may propose a roll-back, and following it is a
 *   decision like any other.
 * - A paused test cannot end enrolment: that would serve the variants again to everyone, without
 *   anybody having said so. Resume first.
 * - An archived draft is an abandoned one.
 */
export const TRANSITIONS: Readonly<Record<ExperimentState, Row>> = {
  draft: { ...NOWHERE, launch: 'running', archive: 'archived' },
  running: {
    ...NOWHERE,
    pause: 'paused',
    end_enrolment: 'maturing',
    stop: 'stopped',
    decide: 'decided',
  },
  paused: { ...NOWHERE, resume: 'running', stop: 'stopped', decide: 'decided' },
  maturing: { ...NOWHERE, stop: 'stopped', decide: 'decided' },
  decided: { ...NOWHERE, decide: 'decided', archive: 'archived' },
  stopped: { ...NOWHERE, archive: 'archived' },
  archived: NOWHERE,
};

/** The actions a state allows, in the order of `LIFECYCLE_ACTIONS`. */
export function allowedActions(state: ExperimentState): LifecycleAction[] {
  return LIFECYCLE_ACTIONS.filter((action) => TRANSITIONS[state][action] !== null);
}

/**
 * The state an action leads to.
 *
 * @throws Conflict `invalid-state-transition` with the state, the action and what is allowed instead.
 */
export function nextState(state: ExperimentState, action: LifecycleAction): ExperimentState {
  const next = TRANSITIONS[state][action];
  if (next !== null) return next;
  const allowed = allowedActions(state);
  const instead = allowed.length === 0 ? 'nothing' : allowed.join(', ');
  throw new Conflict(
    'invalid-state-transition',
    `An experiment that is ${state} does not allow ${action}. It allows: ${instead}.`,
    { state, action, allowed },
  );
}

/**
 * What a client gets.
 *
 * - `unknown`: as if the experiment did not exist.
 * - `assigned`: the variant the assignment function gives.
 * - `control`: the control for everyone.
 * - `winner`: the shipped variant, except for the hold-back (a share of units), which keeps the control.
 */
export type Serving =
  | { serve: 'unknown' }
  | { serve: 'assigned' }
  | { serve: 'control' }
  | { serve: 'winner'; variant: string; holdBack: number };

/**
 * What a unit is served in a state.
 *
 * @param decision The latest decision; it matters once the experiment is decided.
 * @param variantKilled Whether the arm the unit is assigned to was killed; such a unit gets the control.
 */
export function whatIsServed(
  state: ExperimentState,
  decision: Decision | null = null,
  variantKilled = false,
): Serving {
  switch (state) {
    case 'draft':
    case 'archived':
      return { serve: 'unknown' };
    case 'running':
    case 'maturing':
      return { serve: variantKilled ? 'control' : 'assigned' };
    case 'paused':
    case 'stopped':
      return { serve: 'control' };
    case 'decided':
      return servedAfter(decision);
  }
}

function servedAfter(decision: Decision | null): Serving {
  const shipped = decision?.action === 'ship' || decision?.action === 'ship_provisional';
  if (!shipped || decision.variant === null) return { serve: 'control' };
  return { serve: 'winner', variant: decision.variant, holdBack: decision.holdBack ?? 0 };
}
