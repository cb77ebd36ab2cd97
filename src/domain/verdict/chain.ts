import type { ChainLink, Sign } from '../experiments/definition.js';
import type { Move } from './classify.js';

/** The because, checked link by link: a test can win although its reason was wrong. */

export const LINK_VERDICTS = ['held', 'broken', 'not_measured'] as const;
export type LinkVerdict = (typeof LINK_VERDICTS)[number];

/** What was seen at a node of the chain. */
export interface NodeMovement {
  move: Move;
  /** Whether every unit's window has closed; before that, standing still means nothing. */
  matured: boolean;
}

/** By node: `metric:KEY`, or `experience:NAME` where an experience was measured. */
export type NodeMovements = Readonly<Record<string, NodeMovement>>;

export interface JudgedLink {
  from: string;
  to: string;
  verdict: LinkVerdict;
  /** One plain sentence. */
  why: string;
}

/** The start of every chain. The variant has it and the control has not, so it went up by design. */
const CHANGE = 'change';
const APPLIED: NodeMovement = { move: 'up', matured: true };

export function judgeChain(chain: readonly ChainLink[], movements: NodeMovements): JudgedLink[] {
  return chain.map((link) => ({
    from: link.from,
    to: link.to,
    ...judgeLink(link, movementAt(link.from, movements), movementAt(link.to, movements)),
  }));
}

function movementAt(node: string, movements: NodeMovements): NodeMovement | null {
  if (node === CHANGE) return APPLIED;
  const movement = Object.hasOwn(movements, node) ? movements[node] : undefined;
  return movement === undefined || movement.move === 'not_computed' ? null : movement;
}

function judgeLink(
  { from, to, sign }: ChainLink,
  cause: NodeMovement | null,
  effect: NodeMovement | null,
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
  if (effect.move === 'flat') {
    return effect.matured
      ? { verdict: 'broken', why: `${from} went ${cause.move} and ${to} did not follow.` }
      : { verdict: 'not_measured', why: `${to} has not moved so far, and its time is not over.` };
  }
  const asSaid = effect.move === expectedMove(cause.move, sign);
  const link = `${from} went ${cause.move} and ${to} went ${effect.move}`;
  return asSaid
    ? { verdict: 'held', why: `${link}, as the chain says.` }
    : { verdict: 'broken', why: `${link}, against what the chain says.` };
}

function expectedMove(cause: Move, sign: Sign): Move {
  if (sign === '+') return cause;
  return cause === 'up' ? 'down' : 'up';
}
