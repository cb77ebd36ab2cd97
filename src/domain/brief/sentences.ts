import type {
  AbsoluteEffect,
  BayesianReport,
  ComparisonReport,
  MetricReport,
  RelativeEffect,
} from '../evaluation/result.js';
import type { NotComputedNote } from '../evaluation/not-computed.js';
import type { DecisionAction } from '../experiments/decision.js';
import { amountInWords } from '../text/amount-in-words.js';
import type { VerdictState } from '../verdict/verdict.js';

/** Numbers become words here and nowhere else; nothing is computed. */

interface Said {
  metric: MetricReport;
  name: string;
  basis: 'matured' | 'running';
  partial: boolean;
}

/** What a comparison says, whichever set of units it is of. */
interface Shown {
  variant: string;
  control: string;
  absolute?: AbsoluteEffect;
  relative?: RelativeEffect;
  bayesian?: BayesianReport;
  notComputed?: NotComputedNote;
}

export function movedSentence(said: Said, shown: Shown): string {
  const { metric, name } = said;
  if (shown.absolute === undefined) return silence(`${name} in ${shown.variant}`, shown);
  const { estimate, lower, upper } = shown.absolute;
  const size = (value: number): string => amountInWords(metric, value);
  return (
    `${name} in ${shown.variant} ${direction(estimate)} by ${size(Math.abs(estimate))}` +
    `${lift(shown.relative)} against ${shown.control} ` +
    `(between ${size(lower)} and ${size(upper)})${basisWords(said)}.`
  );
}

export function earnedSentence(said: Said, shown: Shown): string {
  const { metric, partial } = said;
  const word = partial ? 'Partial profit' : 'Profit';
  if (shown.absolute === undefined) return silence(`${word} of ${shown.variant}`, shown);
  const { estimate, lower, upper } = shown.absolute;
  const size = (value: number): string => amountInWords(metric, value);
  const more = estimate >= 0 ? 'more' : 'less';
  return (
    `${word}: each unit in ${shown.variant} brought ${size(Math.abs(estimate))} ${more} than in ` +
    `${shown.control}${lift(shown.relative)} (between ${size(lower)} and ${size(upper)})` +
    `${chance(shown.bayesian)}${basisWords(said)}.`
  );
}

const STATES: Readonly<Record<VerdictState, string>> = {
  invalid: 'cannot be judged: the result is invalid',
  harm: 'does harm: stop it',
  proxy_win_pending_profit: 'wins on the leading metric; whether it pays is not known yet',
  collecting: 'is still collecting data',
  proxy_trap: 'is a proxy trap: the leading metric won and money was lost',
  profit_loss: 'loses money',
  profit_win: 'earns more money',
  proxy_win_profit_flat: 'wins on the leading metric, and profit held up',
  no_detectable_change: 'shows no change that could be detected',
  aa_alarm: 'differs from its twin: look for the fault in the machinery',
  aa_healthy: 'does not differ from its twin, as it should',
};

export function stateSentence(state: VerdictState, variant: string): string {
  return `${variant} ${STATES[state]}.`;
}

const ACTIONS: Readonly<Record<DecisionAction, string>> = {
  ship: 'Shipped',
  ship_provisional: 'Shipped provisionally, profit unknown',
  roll_back: 'Rolled back',
  iterate: 'To be tried again, changed',
  stop: 'Stopped',
};

export function decidedSentence(decision: {
  action: DecisionAction;
  variant: string | null;
  reason: string;
  by: string;
  at: string;
}): string {
  const what = decision.variant === null ? '' : ` (${decision.variant})`;
  const day = decision.at.slice(0, 10);
  return `${ACTIONS[decision.action]}${what} by ${decision.by} on ${day}: ${decision.reason}`;
}

function silence(what: string, shown: Pick<ComparisonReport, 'notComputed'>): string {
  return `${what} cannot be told yet: ${shown.notComputed?.detail ?? 'there is no data'}.`;
}

function direction(estimate: number): string {
  return estimate >= 0 ? 'rose' : 'fell';
}

function basisWords({ basis, metric }: Said): string {
  if (basis === 'running') return ', of everybody so far: for watching, not for deciding';
  const { maturedUnits, wholeCohort } = metric.maturity;
  return wholeCohort ? '' : `, of the ${maturedUnits} whose time has come`;
}

function lift(relative: RelativeEffect | undefined): string {
  return relative?.estimate === undefined ? '' : ` (${signedPercent(relative.estimate)})`;
}

function chance(bayesian: BayesianReport | undefined): string {
  if (bayesian?.chanceToWin === undefined) return '';
  return `; the chance that it earns more is ${(bayesian.chanceToWin * 100).toFixed(1)}%`;
}

function signedPercent(share: number): string {
  const percent = share * 100;
  return `${percent >= 0 ? '+' : '-'}${Math.abs(percent).toFixed(1)}%`;
}
