import { countOf } from '../evidence/finding.js';
import type { ComparisonReport, EvaluationResult, MetricReport } from '../evaluation/result.js';
import type { DecisionAction } from '../experiments/decision.js';
import { amountInWords } from '../text/amount-in-words.js';
import type { VerdictState } from '../verdict/verdict.js';
import { claimOf, rereadOutcome } from './reread-outcome.js';
import type { MoneyEffect, ProfitClaim, RereadFinding, VariantClaim } from './reread.js';

/** What a re-read found of each variant, beside what the decision claimed. */

/** A result, as far as claims are made of it. */
export type ClaimedResult = Pick<EvaluationResult, 'metrics' | 'units' | 'verdict'>;

/**
 * What a result claims of each variant. Profit that was computed before the whole cohort had matured
 * is for watching and claims nothing.
 */
export function claimsOf(result: ClaimedResult, windowDays: number): VariantClaim[] {
  return result.verdict.perVariant.map(({ variant, state }) => {
    const claimed = profitOf(result, variant, windowDays);
    return { variant, before: state, ...(claimed === null ? {} : { claimed }) };
  });
}

/** Where nothing had been evaluated, nothing was claimed. */
export function noClaims(variants: readonly string[]): VariantClaim[] {
  return variants.map((variant) => ({ variant, before: 'collecting' }));
}

/** Claims whose verdicts a later re-read has replaced; what was claimed of the money stays. */
export function claimsAfter(
  claims: readonly VariantClaim[],
  findings: readonly Pick<RereadFinding, 'variant' | 'now'>[],
): VariantClaim[] {
  return claims.map((claim) => {
    const later = findings.find(({ variant }) => variant === claim.variant);
    return later === undefined || claimOf(later.now) === 'none'
      ? claim
      : { ...claim, before: later.now };
  });
}

export interface FindingsCase {
  claims: readonly VariantClaim[];
  result: ClaimedResult;
  windowDays: number;
  /** Of the intervals of this reading. */
  alpha: number;
  /** How many readings share the plan's alpha. */
  sharedBy: number;
  currency: string;
}

/** One for each variant that was claimed something of. */
export function findingsOf(reading: FindingsCase): RereadFinding[] {
  const { claims, result, windowDays } = reading;
  return claims.map((claim) => {
    const verdict = result.verdict.perVariant.find(({ variant }) => variant === claim.variant);
    const now: VerdictState = verdict?.state ?? 'collecting';
    const realised = profitOf(result, claim.variant, windowDays);
    const found = {
      ...claim,
      now,
      outcome: rereadOutcome(claim.before, now),
      ...(realised === null ? {} : { realised }),
    };
    return { ...found, sentence: sentenceOf(found, reading) };
  });
}

/** A roll-back, when what people are given turns out to lose money. */
export function proposalOf(
  decision: { action: DecisionAction; variant: string | null },
  findings: readonly Pick<RereadFinding, 'variant' | 'now'>[],
): 'roll_back' | null {
  const { action, variant } = decision;
  if (action !== 'ship' && action !== 'ship_provisional') return null;
  const shipped = findings.find((finding) => finding.variant === variant);
  return shipped !== undefined && claimOf(shipped.now) === 'loss' ? 'roll_back' : null;
}

function profitOf(
  { metrics, units }: ClaimedResult,
  variant: string,
  windowDays: number,
): ProfitClaim | null {
  const deciding = metrics.find(({ role }) => role === 'deciding');
  const effect = deciding === undefined ? null : readEffect(deciding, variant);
  const n = units.find((arm) => arm.variant === variant)?.n;
  if (effect === null || n === undefined) return null;
  const { estimate, lower, upper } = effect;
  const total = { estimate: n * estimate, lower: n * lower, upper: n * upper };
  return { perUnit: { estimate, lower, upper }, units: n, total, windowDays };
}

function readEffect(
  { maturity, comparisons }: MetricReport,
  variant: string,
): NonNullable<ComparisonReport['absolute']> | null {
  const comparison = comparisons.find((one) => one.variant === variant);
  return maturity.wholeCohort ? (comparison?.absolute ?? null) : null;
}

function sentenceOf(found: Omit<RereadFinding, 'sentence'>, reading: FindingsCase): string {
  const { claimed, realised } = found;
  const parts = [
    realised === undefined
      ? `The profit of ${found.variant} could not be read over ${countOf(reading.windowDays, 'day')}.`
      : realisedSentence(found.variant, realised, reading),
  ];
  if (claimed !== undefined) {
    const { perUnit, windowDays } = claimed;
    const amount = inWords(perUnit, reading.currency);
    parts.push(`The decision claimed ${amount} over ${countOf(windowDays, 'day')}.`);
  }
  parts.push(outcomeSentence(found));
  return parts.join(' ');
}

function realisedSentence(
  variant: string,
  { perUnit, windowDays }: ProfitClaim,
  { alpha, sharedBy, currency }: FindingsCase,
): string {
  const level = `${Number(((1 - alpha) * 100).toFixed(4))}%`;
  const shared = sharedBy > 1 ? `, because ${sharedBy} readings share the alpha of the plan` : '';
  return (
    `Over the ${countOf(windowDays, 'day')} since it met the test, a unit of ${variant} earned ` +
    `${inWords(perUnit, currency)} against the control (interval at ${level}${shared}).`
  );
}

function inWords({ estimate, lower, upper }: MoneyEffect, currency: string): string {
  const money = (value: number) => amountInWords({ unit: 'currency', currency }, value);
  return `${money(estimate)} (${money(lower)} to ${money(upper)})`;
}

function outcomeSentence({ before, now, outcome }: Omit<RereadFinding, 'sentence'>): string {
  const states = `${inState(before)} then, ${inState(now)} now`;
  switch (outcome) {
    case 'confirmed':
      return `Confirmed: ${states}.`;
    case 'revised':
      return `Revised: ${states}.`;
    case 'not_computed':
      return claimOf(before) === 'none'
        ? 'There was no verdict that could be confirmed or revised.'
        : 'The money does not yet say whether the verdict holds.';
  }
}

const IN_WORDS: Readonly<Record<VerdictState, string>> = {
  profit_win: 'a profit win',
  proxy_win_profit_flat: 'a proxy win with profit not worse',
  no_detectable_change: 'no detectable change',
  profit_loss: 'a profit loss',
  proxy_trap: 'a proxy trap',
  harm: 'harm',
  proxy_win_pending_profit: 'a proxy win with profit pending',
  collecting: 'still collecting',
  invalid: 'an invalid result',
  aa_alarm: 'an alarm',
  aa_healthy: 'healthy',
};

export function inState(state: VerdictState): string {
  return IN_WORDS[state];
}
