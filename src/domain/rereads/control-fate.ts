import { countOf } from '../evidence/finding.js';
import type { Decision } from '../experiments/decision.js';
import type { AnalysisPlan } from '../experiments/plan.js';
import type { ControlFate } from './reread.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const POINTS = 10_000;

/** A decision, as far as it changed who gets what. */
export interface ServedDecision extends Decision {
  decidedAt: Date;
  /** What whoever decided said of the control; null when they said nothing. */
  controlStillHeldOut: boolean | null;
}

export interface ControlFacts {
  plan: Pick<AnalysisPlan, 'assignment' | 'traffic' | 'variants'>;
  /** Every decision about the experiment up to the one that is read again, which is the last. */
  decisions: readonly ServedDecision[];
  /** When clients were no longer told of the experiment. */
  archivedAt: Date | null;
  /** Every unit's window is over this long after enrolment ended, at the latest. */
  enrolmentEndedAt: Date;
  delayHours: number;
  windowDays: number;
}

export interface ControlAfter {
  fate: ControlFate;
  /** The whole difference is due to the change. */
  stillCausal: boolean;
  /** Of the days that were summed, at most this many came after the arms stopped being apart. */
  mixedDays: number;
  sentence: string;
}

/**
 * What became of the control, and with it of the difference. The variants are apart until the first
 * decision that changes what an arm gets; each day of a unit's window after that belongs to no
 * comparison. The end of enrolment stands for the last exposure, so the days are an upper bound.
 */
export function controlAfter(facts: ControlFacts): ControlAfter {
  const { plan, decisions, archivedAt } = facts;
  const last = decisions.at(-1);
  if (last === undefined) throw new RangeError('a re-read follows a decision');
  const fate = fateOf(last, plan, archivedAt);
  const mixedDays = mixedDaysOf(facts);
  const said = [
    mixedDays === 0 ? apartSentence(fate, facts.windowDays) : mixedSentence(fate, last, facts),
    ...(archivedAt !== null && plan.assignment === 'internal' ? [ARCHIVED] : []),
    ...plan.variants.filter(({ killed }) => killed).map(({ key }) => killedSentence(key)),
  ];
  return { fate, stillCausal: mixedDays === 0, mixedDays, sentence: said.join(' ') };
}

const ARCHIVED =
  'The experiment was archived, so since then everyone gets what the code of the client says.';

function killedSentence(variant: string): string {
  return `The variant ${variant} was killed while the test ran: its units have had the control since.`;
}

function fateOf(
  decision: ServedDecision,
  plan: ControlFacts['plan'],
  archivedAt: Date | null,
): ControlFate {
  if (!isShip(decision)) return 'nobody_treated';
  const { controlStillHeldOut: said } = decision;
  // Who gets what is ours to know, except where another system assigns.
  if (plan.assignment === 'external' && said === true) return 'held_out';
  const isKept = (decision.holdBack ?? 0) > 0 && said !== false;
  const isServed = plan.assignment === 'external' || archivedAt === null;
  return isKept && isServed ? 'hold_back' : 'treated';
}

function isShip({ action, variant }: Decision): boolean {
  return (action === 'ship' || action === 'ship_provisional') && variant !== null;
}

function mixedDaysOf(facts: ControlFacts): number {
  const { decisions, archivedAt, enrolmentEndedAt, delayHours, windowDays } = facts;
  const changes = decisions
    .filter((one) => !keepsArmsApart(one, facts))
    .map((one) => one.decidedAt);
  if (archivedAt !== null && facts.plan.assignment === 'internal') changes.push(archivedAt);
  if (changes.length === 0) return 0;
  const changedMs = Math.min(...changes.map((at) => at.getTime()));
  const overMs = enrolmentEndedAt.getTime() + delayHours * HOUR_MS + windowDays * DAY_MS;
  return Math.min(windowDays, Math.max(0, Math.ceil((overMs - changedMs) / DAY_MS)));
}

/** Whether every unit of the test goes on getting what it got. */
function keepsArmsApart(decision: ServedDecision, { plan }: ControlFacts): boolean {
  const fate = fateOf(decision, plan, null);
  if (plan.variants.filter(({ killed }) => !killed).length > 2) return false;
  return fate === 'held_out' || (fate === 'hold_back' && keptShare(decision, plan) === 1);
}

/**
 * The share of the control's units that the hold-back keeps; null where another system assigns, or
 * where it reaches into another arm. A hold-back is taken from the start of the control's buckets,
 * as the traffic is (src/domain/assignment/assign-variant.ts).
 */
function keptShare({ holdBack }: Decision, plan: ControlFacts['plan']): number | null {
  const weight = plan.variants.find(({ control }) => control)?.weight ?? 0;
  const kept = holdBack ?? 0;
  const ofAll = weight / POINTS;
  if (plan.assignment === 'external' || kept > ofAll || weight === 0) return null;
  return Math.min(1, kept / (ofAll * plan.traffic));
}

function apartSentence(fate: ControlFate, windowDays: number): string {
  return fate === 'held_out' || fate === 'hold_back'
    ? 'The control has stayed without the change since the decision: the difference is due to the change alone.'
    : `All ${countOf(windowDays, 'day')} that were summed came before the decision changed what people get: the difference is due to the change alone.`;
}

function mixedSentence(fate: ControlFate, last: ServedDecision, facts: ControlFacts): string {
  const days = `for up to ${mixedDaysOf(facts)} of the ${countOf(facts.windowDays, 'day')} that were summed`;
  switch (fate) {
    case 'held_out':
      return `An earlier decision mixed the arms, ${days}: the difference is not due to the change alone.`;
    case 'nobody_treated':
      return `The control was given to everyone, ${days}: the difference is what the time before left behind.`;
    case 'treated':
      return `The control has been given ${last.variant} too, ${days}: a difference that remains was made before, and a smaller one does not show that the change has stopped working.`;
    case 'hold_back': {
      const share = keptShare(last, facts.plan);
      const kept = share === null || share === 1 ? 'A part' : `About ${Math.round(share * 100)}%`;
      return `${kept} of the control has stayed without the change; the rest has been given ${last.variant}, ${days}: the difference is smaller than the change makes it.`;
    }
  }
}
