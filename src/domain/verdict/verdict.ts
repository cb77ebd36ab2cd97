import type { ChainLink, ExperimentKind } from '../experiments/definition.js';
import type { CostCoverage, ProfitCoverage } from '../money/costs.js';
import { judgeChain, type JudgedLink, type NodeMovements } from './chain.js';
import type { GuardrailState, Interval, Outcome } from './classify.js';
import { profitWord, reason, type Reason } from './reasons.js';

/** What the numbers say, per variant against the control. People then decide. */

export const AB_VERDICTS = [
  'invalid',
  'harm',
  'proxy_win_pending_profit',
  'collecting',
  'proxy_trap',
  'profit_loss',
  'profit_win',
  'proxy_win_profit_flat',
  'no_detectable_change',
] as const;
/** An A/A test compares a thing with itself: it reports on the machinery and never wins. */
export const AA_VERDICTS = ['invalid', 'aa_alarm', 'collecting', 'aa_healthy'] as const;
export type VerdictState = (typeof AB_VERDICTS)[number] | (typeof AA_VERDICTS)[number];
/** Each once: some are of both kinds of test. */
export const VERDICT_STATES: readonly VerdictState[] = [
  ...new Set<VerdictState>([...AB_VERDICTS, ...AA_VERDICTS]),
];

/** A share of units in two variants above which the arms no longer differ by the change alone. */
export const CROSSOVER_SHARE_MAX = 0.01;

export const LEADING_BASES = ['planned_look', 'always_valid'] as const;
/** Which interval says so; both are valid at the moment they are read. */
export type LeadingBasis = (typeof LEADING_BASES)[number];

export interface HealthFindings {
  srm: 'ok' | 'failed' | 'not_computed';
  /** Share of exposed units seen in more than one variant, 0 to 1. */
  crossovers: number;
  /** What makes the numbers untrustworthy, for example a missing exchange rate. */
  dataFaults: readonly { code: string; sentence: string }[];
}

export interface LeadingFindings {
  metric: string;
  outcome: Outcome;
  by: LeadingBasis;
}

export interface DecidingFindings {
  metric: string;
  outcome: Outcome;
  /** Whole cohort: every unit's window and settling time is over. */
  matured: boolean;
  /** Variant minus control, money per unit, higher is better; null when not computed. */
  estimate: number | null;
  interval: Interval;
  nonInferior: boolean;
  /** The sequential bound for harm is crossed. */
  sequentialHarm: boolean;
}

export interface GuardrailFindings {
  key: string;
  state: GuardrailState;
  sequentialHarm: boolean;
}

export interface VariantFindings {
  variant: string;
  /** A killed arm is judged on what it gathered and cannot win. */
  killed: boolean;
  leading: LeadingFindings;
  deciding: DecidingFindings;
  guardrails: readonly GuardrailFindings[];
  /** Where the nodes of the chain went in this variant. */
  movements: NodeMovements;
}

export interface VerdictInput {
  kind: ExperimentKind;
  health: HealthFindings;
  /** One for each variant but the control, in declared order. */
  variants: readonly VariantFindings[];
  chain: readonly ChainLink[];
  costs: CostCoverage;
}

export interface VariantVerdict {
  variant: string;
  state: VerdictState;
  reasons: Reason[];
  chain: JudgedLink[];
  guardrails: GuardrailFindings[];
}

export interface Verdict {
  perVariant: VariantVerdict[];
  /** At most one; absent when none has won. */
  winner?: string;
  profitCoverage: ProfitCoverage;
  /** The kinds of cost nobody knows, while the coverage is partial. */
  unknownCosts: string[];
}

/**
 * The verdict. States are tried in the order that the decision rule gives, and the first that
 * applies stands; guardrails are judged beside the state. The winner is the profit win with the
 * largest estimate among those whose guardrails are all non-inferior.
 */
export function judge(input: VerdictInput): Verdict {
  const perVariant = input.variants.map((variant) => judgeVariant(variant, input));
  const winner = input.kind === 'ab' ? winnerOf(input.variants, perVariant) : undefined;
  return {
    perVariant,
    ...(winner === undefined ? {} : { winner }),
    profitCoverage: input.costs.coverage,
    unknownCosts: [...input.costs.unknown],
  };
}

interface Finding {
  state: VerdictState;
  reasons: Reason[];
}

function judgeVariant(variant: VariantFindings, input: VerdictInput): VariantVerdict {
  const finding = invalidity(input.health) ?? stateOf(variant, input);
  return {
    variant: variant.variant,
    ...finding,
    chain: judgeChain(input.chain, variant.movements),
    guardrails: variant.guardrails.map((guardrail) => ({ ...guardrail })),
  };
}

function stateOf(variant: VariantFindings, input: VerdictInput): Finding {
  if (input.kind === 'aa') return aaState(variant);
  const profit = profitWord(input.costs.coverage);
  return variant.deciding.matured
    ? unlessUnchecked(maturedState(variant, profit), input.health)
    : earlyState(variant, profit, input.health);
}

function invalidity(health: HealthFindings): Finding | null {
  const reasons: Reason[] = [];
  if (health.srm === 'failed') {
    const why =
      'The variants did not get the shares of units they should have (sample ratio mismatch).';
    reasons.push(reason('SRM_FAILED', why));
  }
  // Written so that a share that is not a number counts as too many.
  if (!(health.crossovers <= CROSSOVER_SHARE_MAX)) {
    const facts = { share: health.crossovers, max: CROSSOVER_SHARE_MAX };
    reasons.push(reason('CROSSOVERS', 'Too many units have met more than one variant.', facts));
  }
  for (const { code, sentence } of health.dataFaults) {
    reasons.push(reason('DATA_FAULT', sentence, { fault: code }));
  }
  return reasons.length === 0 ? null : { state: 'invalid', reasons };
}

/** A win on arms whose ratio could not be checked may be an artefact: it is not called a win. */
function unlessUnchecked(finding: Finding, health: HealthFindings): Finding {
  const claimsWin = finding.state === 'profit_win' || finding.state === 'proxy_win_profit_flat';
  if (!claimsWin || health.srm === 'ok') return finding;
  return { state: 'invalid', reasons: [uncheckedRatio(), ...finding.reasons] };
}

function uncheckedRatio(): Reason {
  const why = 'The sample ratio could not be checked, so the win cannot be trusted.';
  return reason('SRM_NOT_COMPUTED', why);
}

function earlyState(variant: VariantFindings, profit: string, health: HealthFindings): Finding {
  const harm = harmReasons(variant, profit);
  if (harm.length > 0) return { state: 'harm', reasons: harm };
  const waiting = `${profit} has not matured: money that follows is still coming in.`;
  const reasons = [leadingReason(variant.leading), reason('PROFIT_NOT_MATURED', waiting)];
  if (variant.leading.outcome !== 'won') return { state: 'collecting', reasons };
  return {
    state: 'proxy_win_pending_profit',
    reasons: health.srm === 'ok' ? reasons : [uncheckedRatio(), ...reasons],
  };
}

function harmReasons({ deciding, guardrails }: VariantFindings, profit: string): Reason[] {
  const reasons: Reason[] = [];
  if (deciding.sequentialHarm) {
    const why = `${profit} has fallen so far that waiting longer will only cost more.`;
    reasons.push(reason('PROFIT_HARM_BOUND', why, moneyFacts(deciding)));
  }
  for (const { key, sequentialHarm } of guardrails) {
    if (!sequentialHarm) continue;
    const why = `The guardrail ${key} has become so much worse that waiting longer does harm.`;
    reasons.push(reason('GUARDRAIL_HARM_BOUND', why, { metric: key }));
  }
  return reasons;
}

function maturedState({ leading, deciding }: VariantFindings, profit: string): Finding {
  const reasons = [leadingReason(leading), decidingReason(deciding, profit)];
  const leadingWon = leading.outcome === 'won';
  if (leadingWon && deciding.outcome === 'lost') return { state: 'proxy_trap', reasons };
  if (deciding.outcome === 'lost') return { state: 'profit_loss', reasons };
  if (deciding.outcome === 'won') return { state: 'profit_win', reasons };
  const heldUp = deciding.outcome === 'flat' && deciding.nonInferior;
  if (leadingWon && heldUp) return { state: 'proxy_win_profit_flat', reasons };
  return { state: 'no_detectable_change', reasons };
}

function leadingReason({ metric, outcome, by }: LeadingFindings): Reason {
  const facts = { metric, by };
  switch (outcome) {
    case 'won':
      return reason('LEADING_WON', `The leading metric ${metric} improved.`, facts);
    case 'lost':
      return reason('LEADING_LOST', `The leading metric ${metric} got worse.`, facts);
    case 'flat':
      return reason(
        'LEADING_FLAT',
        `No change of the leading metric ${metric} can be seen.`,
        facts,
      );
    case 'not_computed':
      return reason(
        'LEADING_NOT_COMPUTED',
        `The leading metric ${metric} cannot be computed.`,
        facts,
      );
  }
}

function decidingReason(deciding: DecidingFindings, profit: string): Reason {
  const facts = moneyFacts(deciding);
  switch (deciding.outcome) {
    case 'won':
      return reason('PROFIT_WON', `${profit} per unit is higher than with the control.`, facts);
    case 'lost':
      return reason('PROFIT_LOST', `${profit} per unit is lower than with the control.`, facts);
    case 'flat':
      return deciding.nonInferior
        ? reason('PROFIT_NON_INFERIOR', `${profit} per unit is not worse than its margin.`, facts)
        : reason(
            'PROFIT_FLAT',
            `No change of ${profit.toLowerCase()} per unit can be seen.`,
            facts,
          );
    case 'not_computed':
      return reason('PROFIT_NOT_COMPUTED', `${profit} per unit cannot be computed.`, facts);
  }
}

function moneyFacts({ metric, estimate, interval }: DecidingFindings): Reason['facts'] {
  return { metric, estimate, lower: interval?.lower ?? null, upper: interval?.upper ?? null };
}

function aaState({ leading, deciding, guardrails }: VariantFindings): Finding {
  const moved = (outcome: Outcome) => outcome === 'won' || outcome === 'lost';
  const different = [
    ...(moved(leading.outcome) ? [leading.metric] : []),
    ...(deciding.sequentialHarm || (deciding.matured && moved(deciding.outcome))
      ? [deciding.metric]
      : []),
    ...guardrails
      .filter(({ state, sequentialHarm }) => sequentialHarm || state === 'breached')
      .map(({ key }) => key),
  ];
  if (different.length > 0) {
    const reasons = different.map((metric) => {
      const why = `${metric} differs although both arms are the same. Chance does this at the rate of alpha; if it comes back, assignment or tracking is at fault.`;
      return reason('AA_DIFFERENCE', why, { metric });
    });
    return { state: 'aa_alarm', reasons };
  }
  if (!deciding.matured) {
    const why = 'The test is still collecting; so far the arms do not differ.';
    return { state: 'collecting', reasons: [reason('AA_NO_DIFFERENCE', why)] };
  }
  const why =
    'Both arms are the same and no difference shows: assignment and tracking look healthy.';
  return { state: 'aa_healthy', reasons: [reason('AA_NO_DIFFERENCE', why)] };
}

function winnerOf(
  variants: readonly VariantFindings[],
  verdicts: readonly VariantVerdict[],
): string | undefined {
  let best: { variant: string; estimate: number } | undefined;
  for (const [index, { variant, killed, deciding, guardrails }] of variants.entries()) {
    const { estimate } = deciding;
    if (verdicts[index]?.state !== 'profit_win' || killed || estimate === null) continue;
    if (guardrails.some((one) => one.state !== 'non_inferior' || one.sequentialHarm)) continue;
    if (best === undefined || estimate > best.estimate) best = { variant, estimate };
  }
  return best?.variant;
}
