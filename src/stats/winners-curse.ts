import { requireFinite } from './argument-checks.js';
import { normal } from './distributions.js';
import { type EstimatedEffect, problemWithEffects } from './estimated-effect.js';
import { notComputed, type NotComputed } from './outcome.js';

export interface WinnersCurseInput {
  /** All experiments, the winners and the others, with more being better. */
  experiments: readonly EstimatedEffect[];
  /** An experiment wins when its estimate is more than this many standard errors above 0. */
  selectionZ: number;
}

export interface WinnersCurseResult {
  ok: true;
  /** Which experiments won, in the order given. */
  selected: readonly boolean[];
  /** Sum of the estimates of the winners. */
  naiveTotal: number;
  /** How much of it is luck, on average. */
  bias: number;
  correctedTotal: number;
}

/**
 * What did the winners earn together? Winners were chosen for being large, so their estimates are
 * too large; the expected excess Σ se·φ((z·se - a)/se) runs over all experiments, because any of
 * them could have won, with each estimate in place of its true effect a (Lee and Shen 2018, Winner's
 * curse: bias estimation for total effects of features in online controlled experiments).
 *
 * The total is corrected, not the single winner. For a metric where less is better turn the signs of
 * the estimates.
 *
 * @throws RangeError for a selectionZ that is not finite.
 */
export function winnersCurse(input: WinnersCurseInput): WinnersCurseResult | NotComputed {
  const { experiments, selectionZ } = input;
  requireFinite('selectionZ', selectionZ);
  const problem = problemWithEffects(experiments);
  if (problem !== null) return problem;
  if (experiments.length === 0) return notComputed('too-few', 'no experiments');
  const selected = experiments.map(({ estimate, se }) => estimate / se > selectionZ);
  let naiveTotal = 0;
  let bias = 0;
  experiments.forEach(({ estimate, se }, i) => {
    if (selected[i] === true) naiveTotal += estimate;
    bias += se * normal.pdf(selectionZ - estimate / se);
  });
  return { ok: true, selected, naiveTotal, bias, correctedTotal: naiveTotal - bias };
}
