import type { NotComputedNote } from '../evaluation/not-computed.js';
import type { ChainLink, LinkBasis, Sign } from '../experiments/definition.js';
import type { Move } from './classify.js';

/** The because, checked link by link: a test can win although its reason was wrong. */

export const LINK_VERDICTS = ['held', 'broken', 'not_measured'] as const;
export type LinkVerdict = (typeof LINK_VERDICTS)[number];

/** What was seen at a node of the chain. */
export interface NodeMovement {
  move: Move;
  /** Whether every unit's window has closed; before that, standing still means nothing. */
  matured: boolean;
  /** The difference it was read from. */
  effect?: NodeEffect;
  /** When the last unit's window closes, RFC 3339. */
  closesAt?: string;
  /** Of the change: when the last unit met it, and when that is looked at. */
  met?: { lastAt: string | null; asOf: string };
}

/**
 * Variant minus control at a node, in its metric's unit, with the interval that was read; the lift as
 * far as the data set limits to it.
 */
export interface NodeEffect {
  estimate: number;
  lower: number;
  upper: number;
  relative?: { estimate?: number; lower?: number; upper?: number };
}

/**
 * By node: `metric:KEY`, or `experience:NAME` where an experience was measured. `change` says when it
 * was met; without it nothing is known of time, and links are judged as if none had to pass.
 */
export type NodeMovements = Readonly<Record<string, NodeMovement>>;

export interface JudgedLink {
  from: string;
  to: string;
  verdict: LinkVerdict;
  /** One plain sentence. */
  why: string;
  /** As declared, and so is the lag. Absent in verdicts of before links were estimated, as all below. */
  basis?: LinkBasis;
  lagDays?: number;
  /** When both ends are complete and the lag is over for the last unit so far; absent without units. */
  readableAt?: string;
  /** Absent where neither end was measured. */
  estimate?: LinkEstimate;
}

/** How much of the effect at one end arrived at the other. */
export interface LinkEstimate {
  from?: NodeEffect;
  to?: NodeEffect;
  /** Relative change at the end over relative change at the start, where both were measured. */
  elasticity?: number;
  /** Why there is no elasticity between two metrics. */
  notComputed?: NotComputedNote;
}

/** The start of every chain. The variant has it and the control has not, so it went up by design. */
const CHANGE = 'change';
const APPLIED: NodeMovement = { move: 'up', matured: true };

const DAY_MS = 86_400_000;

export function judgeChain(chain: readonly ChainLink[], movements: NodeMovements): JudgedLink[] {
  const { met } = movements[CHANGE] ?? {};
  return chain.map((link) => {
    const [cause, effect] = [movementAt(link.from, movements), movementAt(link.to, movements)];
    const { from, to, basis, lagDays } = link;
    if (met === undefined) return { from, to, ...judgeLink(link, cause, effect) };
    const overAt = met.lastAt === null ? null : Date.parse(met.lastAt) + lagDays * DAY_MS;
    const isWaiting = overAt === null || Date.parse(met.asOf) < overAt;
    const readableAt = readableFrom(overAt, cause, effect);
    const estimate = estimateOf(cause, effect);
    return {
      from,
      to,
      ...judgeLink(link, cause, effect, isWaiting),
      basis,
      lagDays,
      ...(readableAt === null ? {} : { readableAt }),
      ...(estimate === null ? {} : { estimate }),
    };
  });
}

function readableFrom(
  overAt: number | null,
  ...nodes: readonly (NodeMovement | null)[]
): string | null {
  if (overAt === null) return null;
  const closings = nodes.flatMap((node) => node?.closesAt ?? []).map((at) => Date.parse(at));
  return new Date(Math.max(overAt, ...closings)).toISOString();
}

function estimateOf(cause: NodeMovement | null, effect: NodeMovement | null): LinkEstimate | null {
  const [from, to] = [cause?.effect, effect?.effect];
  if (from === undefined || to === undefined) {
    if (from === undefined && to === undefined) return null;
    return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  }
  const ratio = elasticityOf(from, to);
  return typeof ratio === 'number'
    ? { from, to, elasticity: ratio }
    : { from, to, notComputed: ratio };
}

/**
 * Percent at the end for one percent at the start. A start that may not have moved is no divisor: the
 * ratio would be noise over noise.
 */
function elasticityOf(from: NodeEffect, to: NodeEffect): number | NotComputedNote {
  const { estimate: moved, lower, upper } = from.relative ?? {};
  const followed = to.relative?.estimate;
  if (moved === undefined || followed === undefined) {
    const detail = 'A lift is missing at one of the ends, so there is no ratio of lifts.';
    return { reason: 'not-identified', detail };
  }
  const isUp = lower !== undefined && lower > 0;
  const isDown = upper !== undefined && upper < 0;
  if (!isUp && !isDown) {
    const detail = 'The change at the start may be none, and nothing can be divided by it.';
    return { reason: 'not-identified', detail };
  }
  return followed / moved;
}

function movementAt(node: string, movements: NodeMovements): NodeMovement | null {
  if (node === CHANGE) return APPLIED;
  const movement = Object.hasOwn(movements, node) ? movements[node] : undefined;
  return movement === undefined || movement.move === 'not_computed' ? null : movement;
}

function judgeLink(
  { from, to, sign, lagDays }: ChainLink,
  cause: NodeMovement | null,
  effect: NodeMovement | null,
  isWaiting = false,
): Pick<JudgedLink, 'verdict' | 'why'> {
  const unmeasured = cause === null ? from : to;
  if (cause === null || effect === null) {
    return { verdict: 'not_measured', why: `${unmeasured} was not measured.` };
  }
  if (cause.move === 'flat') {
    return {
      verdict: 'not_measured',
      why: `${from} did not move, so nothing could follow from it.`,
    };
  }
  const asSaid = effect.move === expectedMove(cause.move, sign);
  if (isWaiting && !asSaid) {
    const days = lagDays === 1 ? '1 day' : `${lagDays} days`;
    const why = `${from} went ${cause.move} and ${to} has not followed, but the chain gives it ${days} after the last unit met the change.`;
    return { verdict: 'not_measured', why };
  }
  if (effect.move === 'flat') {
    return effect.matured
      ? { verdict: 'broken', why: `${from} went ${cause.move} and ${to} did not follow.` }
      : { verdict: 'not_measured', why: `${to} has not moved so far, and its time is not over.` };
  }
  const link = `${from} went ${cause.move} and ${to} went ${effect.move}`;
  return asSaid
    ? { verdict: 'held', why: `${link}, as the chain says.` }
    : { verdict: 'broken', why: `${link}, against what the chain says.` };
}

function expectedMove(cause: Move, sign: Sign): Move {
  if (sign === '+') return cause;
  return cause === 'up' ? 'down' : 'up';
}
