import { requireLevel, requireProbability } from './argument-checks.js';
import type { BetaPrior } from './beta-binomial.js';
import { normal } from './distributions.js';
import type { NormalPrior } from './normal-normal.js';
import { contains, type GoodDirection, type Interval } from './outcome.js';

export const DISAGREEMENT_CAUSES = ['interim-look', 'few-units', 'prior', 'borderline'] as const;
export type DisagreementCause = (typeof DISAGREEMENT_CAUSES)[number];

export type LookKind = 'final' | 'early' | 'open';

export interface AgreementInput {
  /** Effect treatment - control and its interval, on the scale of the prior. */
  frequentist: {
    estimate: number;
    se: number;
    interval: Interval;
    alpha: number;
    /**
     * `final`: the end; `early`: a planned look before it, with a wider bound; `open`: any other,
     * where the always-valid interval is shown.
     */
    look: LookKind;
  };
  bayesian: {
    chanceToWin: number;
    prior: ({ kind: 'normal' } & NormalPrior) | ({ kind: 'beta' } & BetaPrior);
  };
  direction: GoodDirection;
  /** Units in the smaller arm; needed to weigh a Beta prior. */
  units: number;
}

export interface Agreement {
  agree: boolean;
  /** Present when they differ, in the conclusion or only in size: the cause, and a sentence that names it. */
  cause?: DisagreementCause;
  why?: string;
}

type Call = 'better' | 'worse' | 'undecided';

const CALL_WORDS: Record<Call, string> = {
  better: 'the treatment is better',
  worse: 'the treatment is worse',
  undecided: 'it is still open',
};

const WIDER: Record<Exclude<LookKind, 'final'>, string> = {
  open:
    'This is a look between the planned ones, so the test uses the wider interval that stays ' +
    'valid however often one looks.',
  early:
    'This is an early look, so the test asks for more than it will at the end; the Bayesian result ' +
    'makes no such allowance.',
};

/**
 * Do both engines draw the same conclusion from the same numbers, and if not, why?
 *
 * The test calls a winner when its interval excludes 0; the Bayesian result when its chance passes
 * 1 - alpha/2, which is the same line when the prior says nothing and the look was planned.
 *
 * @throws RangeError for an alpha outside (0, 1) or a chance that is no probability.
 */
export function explainAgreement(input: AgreementInput): Agreement {
  const { frequentist, bayesian, direction } = input;
  requireLevel('alpha', frequentist.alpha);
  requireProbability('chanceToWin', bayesian.chanceToWin);
  const sign = direction === 'increase' ? 1 : -1;
  const fixedLook = callOf(frequentist.estimate * sign);
  const test: Call = contains(frequentist.interval, 0) ? 'undecided' : fixedLook;
  const line = 1 - frequentist.alpha / 2;
  const belief: Call =
    bayesian.chanceToWin >= line
      ? 'better'
      : bayesian.chanceToWin <= 1 - line
        ? 'worse'
        : 'undecided';
  if (test === belief) return test === 'undecided' ? { agree: true } : sameCall(input);
  const { cause, because } = causeOf(input, test, belief);
  const chance = `${(bayesian.chanceToWin * 100).toFixed(1)}%`;
  const why =
    `The test says ${CALL_WORDS[test]}; the Bayesian result says ${CALL_WORDS[belief]} ` +
    `(chance to win ${chance}). ${because}`;
  return { agree: false, cause, why };
}

/**
 * Both name the same winner. Where the prior weighs more than the data they still differ by how
 * much, and money is planned on how much: that is said, too.
 */
function sameCall(input: AgreementInput): Agreement {
  const weight = weightOfData(input);
  if (weight >= 0.5) return { agree: true };
  return {
    agree: true,
    cause: 'prior',
    why:
      'Both say the same, but not how much: the prior weighs more than the data (the share of the ' +
      `data is ${Math.round(weight * 100)}%), so the Bayesian estimate stays near what was believed before.`,
  };
}

function causeOf(
  input: AgreementInput,
  test: Call,
  belief: Call,
): { cause: DisagreementCause; because: string } {
  const { frequentist, bayesian, direction } = input;
  const { estimate, se, alpha, look } = frequentist;
  const wouldDecide = Math.abs(estimate) > -normal.quantile(alpha / 2) * se;
  if (look !== 'final' && test === 'undecided' && wouldDecide) {
    return { cause: 'interim-look', because: WIDER[look] };
  }
  const weight = weightOfData(input);
  const percent = `${Math.round(weight * 100)}%`;
  if (weight < 0.5) {
    return {
      cause: 'few-units',
      because:
        `There are few units so far: the prior still weighs more than the data (the data's share ` +
        `is ${percent}).`,
    };
  }
  if (bayesian.prior.kind === 'normal') {
    const sign = direction === 'increase' ? 1 : -1;
    const expected = bayesian.prior.mean * sign > estimate * sign ? 'better' : 'worse';
    const pull = belief === 'undecided' ? 'pulled the estimate in' : `leaned towards ${expected}`;
    return {
      cause: 'prior',
      because: `The prior ${pull}: the data's share of the Bayesian estimate is ${percent}.`,
    };
  }
  return {
    cause: 'borderline',
    because:
      'The result lies close to the line, where the exact posterior of a rate and the normal ' +
      'approximation of the test can fall on different sides.',
  };
}

function callOf(gain: number): Call {
  return gain > 0 ? 'better' : gain < 0 ? 'worse' : 'undecided';
}

/** Share of the posterior mean that comes from the data. */
function weightOfData({ frequentist, bayesian, units }: AgreementInput): number {
  const { prior } = bayesian;
  if (prior.kind === 'normal') return 1 / (1 + (frequentist.se / prior.sd) ** 2);
  return units / (units + prior.alpha + prior.beta);
}
