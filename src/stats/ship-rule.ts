import { requireLevel, requireProbability } from './argument-checks.js';

export interface PerTestLevelsInput {
  /** Chance of shipping on no effect that is accepted; as two- or one-sided as the tests are. */
  alpha: number;
  /** Chance of not shipping a real improvement that is accepted: 1 - power of the whole rule. */
  beta: number;
  successMetrics: number;
  guardrails: number;
}

export interface PerTestLevels {
  /** Level of each test of a success metric. Guardrails keep the whole level of their own. */
  alphaPerSuccess: number;
  /** What each test may miss, a success metric or a guardrail. */
  betaPerTest: number;
  /** Power to plan each test for. */
  powerPerTest: number;
}

/**
 * Levels to plan the single tests of a ship rule with.
 *
 * One success metric is enough to ship, so alpha is split over them. All guardrails must pass, so a
 * false pass needs no correction, but a false alarm of any one of them stops the ship: beta is split
 * over the success metric and the G guardrails, beta/(G+1) each (Schultzberg, Ankargren and Frånberg
 * 2024, Risk-aware product decisions in A/B tests with multiple metrics).
 *
 * @example
 * // Three guardrails at an overall power of 80 %: each test needs 95 %.
 * perTestLevels({ alpha: 0.05, beta: 0.2, successMetrics: 1, guardrails: 3 });
 *
 * @throws RangeError for levels outside (0, 1), no success metric, or counts that are not whole.
 */
export function perTestLevels(input: PerTestLevelsInput): PerTestLevels {
  const { alpha, beta, successMetrics, guardrails } = input;
  requireLevel('alpha', alpha);
  requireLevel('beta', beta);
  requireWhole('successMetrics', successMetrics, 1);
  requireWhole('guardrails', guardrails, 0);
  const betaPerTest = beta / (guardrails + 1);
  return {
    alphaPerSuccess: alpha / successMetrics,
    betaPerTest,
    powerPerTest: 1 - betaPerTest,
  };
}

/** What can stand against shipping, in the order in which it is told. */
export const SHIP_BLOCKERS = [
  'quality-failed',
  'significantly-worse',
  'guardrail-not-non-inferior',
  'no-success-shown',
] as const;
export type ShipBlocker = (typeof SHIP_BLOCKERS)[number];

export interface SuccessOutcome {
  metric: string;
  /** p-value of the test of no effect. */
  pValue: number;
  /** True when the estimate points in the good direction. */
  improved: boolean;
}

export interface ShipRuleInput {
  success: {
    alpha: number;
    /** Adjusted p-values are compared with alpha, raw ones with alpha over their number. */
    pValues: 'adjusted' | 'raw';
    outcomes: readonly SuccessOutcome[];
  };
  /** A guardrail that could not be computed has not shown that it is non-inferior. */
  guardrails: readonly { metric: string; nonInferior: boolean }[];
  /** Metrics of any role that are significantly worse. */
  significantlyWorse: readonly string[];
  /** Sample ratio, crossovers and whatever else makes the numbers trustworthy. */
  qualityPassed: boolean;
}

export interface ShipReason {
  code: ShipBlocker;
  /** The metrics it is about; empty when it is about the whole experiment. */
  metrics: readonly string[];
}

export interface ShipRuleResult {
  ship: boolean;
  /** Success metrics that are significantly better. */
  better: readonly string[];
  /** All that stands against it; empty exactly when `ship` is true. */
  reasons: readonly ShipReason[];
}

/**
 * May the change ship? Only when the data are sound, nothing is significantly worse, every guardrail
 * is shown to be non-inferior and at least one success metric is significantly better (decision rule
 * of Schultzberg et al. 2024).
 *
 * @throws RangeError for an alpha outside (0, 1) or a p-value outside 0 to 1.
 */
export function shipRule(input: ShipRuleInput): ShipRuleResult {
  const { success, guardrails, significantlyWorse, qualityPassed } = input;
  requireLevel('alpha', success.alpha);
  success.outcomes.forEach(({ metric, pValue }) => requireProbability(`p of ${metric}`, pValue));
  const tests = success.pValues === 'raw' ? success.outcomes.length : 1;
  const better = success.outcomes
    .filter(({ pValue, improved }) => improved && pValue * tests <= success.alpha)
    .map(({ metric }) => metric);
  const open = guardrails.filter(({ nonInferior }) => !nonInferior).map(({ metric }) => metric);
  const tried = success.outcomes.map(({ metric }) => metric);
  const found: Record<ShipBlocker, readonly string[] | null> = {
    'quality-failed': qualityPassed ? null : [],
    'significantly-worse': significantlyWorse.length > 0 ? significantlyWorse : null,
    'guardrail-not-non-inferior': open.length > 0 ? open : null,
    'no-success-shown': better.length > 0 ? null : tried,
  };
  const reasons = SHIP_BLOCKERS.flatMap((code) => {
    const metrics = found[code];
    return metrics === null ? [] : [{ code, metrics }];
  });
  return { ship: reasons.length === 0, better, reasons };
}

function requireWhole(name: string, value: number, min: number): void {
  if (!Number.isInteger(value) || value < min) {
    throw new RangeError(`${name} must be a whole number of at least ${min}, got ${value}`);
  }
}
