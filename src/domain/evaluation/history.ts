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
}

export const NO_HISTORY: EvaluationHistory = { looks: {}, srmSequentialP: null, alwaysValidP: {} };

/** A p-value that holds at every look at once may be kept: the smallest so far is valid too. */
export type RunningMinima = Omit<EvaluationHistory, 'looks'>;

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

export function comparisonName(metric: string, variant: string): string {
  return `${metric}/${variant}`;
}
