import type { Cap } from '../../stats/rows/winsorise.js';
import type { TakenLook } from './planned-looks.js';
import type { EvaluationResult } from './result.js';

/**
 * What earlier evaluations of an experiment leave behind for the next one. It is stored with each
 * evaluation, because the result follows from it as much as from the data.
 */
export interface EvaluationHistory {
  /** Planned looks that were taken, by metric. */
  looks: Readonly<Record<string, readonly TakenLook[]>>;
  /** The smallest sequential p-value of the sample ratio so far; null before the first. */
  srmSequentialP: number | null;
  /** The smallest always-valid p-value so far, by metric and variant. */
  alwaysValidP: Readonly<Record<string, number>>;
  /** Frozen limits of winsorised metrics, by metric. */
  caps: FrozenCaps;
}

export type FrozenCaps = Readonly<Record<string, Cap>>;

/**
 * Matured units of all arms at which the limits of a winsorised metric are frozen. Fewer leave one
 * unit in a thousand, the usual cut, to chance; later, a limit that moves with the data would be one
 * more choice made after seeing them.
 */
export const CAP_FREEZE_UNITS = 1_000;

export const NO_HISTORY: EvaluationHistory = {
  looks: {},
  srmSequentialP: null,
  alwaysValidP: {},
  caps: {},
};

/** A p-value that holds at every look at once may be kept: the smallest so far is valid too. */
export type RunningMinima = Omit<EvaluationHistory, 'looks' | 'caps'>;

/** What the next evaluation starts from, after one with this history and result. */
export function minimaAfter(
  { srmSequentialP, alwaysValidP }: RunningMinima,
  { health, metrics }: Pick<EvaluationResult, 'health' | 'metrics'>,
): RunningMinima {
  const smallest: Record<string, number> = { ...alwaysValidP };
  for (const { key, comparisons } of metrics) {
    for (const { variant, frequentist } of comparisons) {
      if (frequentist === undefined) continue;
      smallest[comparisonName(key, variant)] = frequentist.alwaysValid.runningPValue;
    }
  }
  return {
    srmSequentialP: health.srm.smallestSequentialPValue ?? srmSequentialP,
    alwaysValidP: smallest,
  };
}

/** The limits the next evaluation must use, after one with this history and result. */
export function capsAfter(
  { caps }: Pick<EvaluationHistory, 'caps'>,
  { metrics }: Pick<EvaluationResult, 'metrics'>,
): FrozenCaps {
  const frozen: Record<string, Cap> = { ...caps };
  for (const { key, cap } of metrics) {
    // What a metric declares needs no remembering.
    if (cap?.frozen === true && cap.declared !== true)
      frozen[key] = { low: cap.low ?? null, high: cap.high };
  }
  return frozen;
}

export function comparisonName(metric: string, variant: string): string {
  return `${metric}/${variant}`;
}
