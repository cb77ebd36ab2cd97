import { requireProbability } from './argument-checks.js';

/**
 * Adjusted p-values: each may be compared with the level of the whole family. All of these take
 * p-values in any order and answer in the same order; equal p-values get equal answers, none is
 * below the p-value it came from, and none is above 1. The caller fixes the family beforehand.
 */

/**
 * Bonferroni: m·p. Keeps the chance of any false positive at the level under any dependence. For
 * intervals; for tests Holm's rejects at least as much at the same price.
 *
 * @throws RangeError for a p-value that is NaN or outside 0 to 1.
 */
export function bonferroni(pValues: readonly number[]): number[] {
  check(pValues);
  return pValues.map((p) => Math.min(1, p * pValues.length));
}

/**
 * Holm's step-down (1979, Scandinavian Journal of Statistics 6:65-70): the largest of (m-j+1)·p(j)
 * up to the own rank. Keeps the chance of any false positive at the level under any dependence.
 *
 * @example
 * holm([0.012, 0.001, 0.03]); // [0.024, 0.003, 0.03]
 *
 * @throws RangeError for a p-value that is NaN or outside 0 to 1.
 */
export function holm(pValues: readonly number[]): number[] {
  return adjustSorted(pValues, (sorted) => {
    const m = sorted.length;
    let largest = 0;
    return sorted.map((p, i) => {
      largest = Math.max(largest, p * (m - i));
      return largest;
    });
  });
}

/**
 * Hommel (1988, Biometrika 75:383-386): the closed test with Simes' test for every intersection.
 * Never larger than Holm's; keeps the chance of any false positive at the level when the tests are
 * independent or positively dependent.
 *
 * A p-value's worst family of size k joins it with the k - 1 largest others, because Simes' p grows
 * with each member; so m families a p-value decide instead of 2^(m-1).
 *
 * @throws RangeError for a p-value that is NaN or outside 0 to 1.
 */
export function hommel(pValues: readonly number[]): number[] {
  return adjustSorted(pValues, (sorted) => {
    const m = sorted.length;
    const adjusted = [...sorted];
    for (let k = 2; k <= m; k += 1) {
      const first = m - k;
      // Simes' p of the k - 1 largest, as ranks 2 to k of a family of k.
      let others = Infinity;
      for (let j = 2; j <= k; j += 1) {
        others = Math.min(others, (sorted[first + j - 1] ?? 1) * (k / j));
      }
      for (let i = 0; i < m; i += 1) {
        const smallest = sorted[Math.min(i, first)] ?? 1;
        adjusted[i] = Math.max(adjusted[i] ?? 0, Math.min(smallest * k, others));
      }
    }
    return adjusted;
  });
}

/**
 * Benjamini-Hochberg (1995, Journal of the Royal Statistical Society B 57:289-300): the smallest of
 * m·p(j)/j from the own rank on. Keeps the expected share of false positives among the positives at
 * the level when the tests are independent or positively dependent. For exploration.
 *
 * @throws RangeError for a p-value that is NaN or outside 0 to 1.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  return stepUp(pValues, 1);
}

/**
 * Benjamini-Yekutieli (2001, Annals of Statistics 29:1165-1188): Benjamini-Hochberg times the sum of
 * 1/k for k up to m, which holds under any dependence.
 *
 * @throws RangeError for a p-value that is NaN or outside 0 to 1.
 */
export function benjaminiYekutieli(pValues: readonly number[]): number[] {
  let harmonic = 0;
  for (let k = 1; k <= pValues.length; k += 1) harmonic += 1 / k;
  return stepUp(pValues, harmonic);
}

function stepUp(pValues: readonly number[], factor: number): number[] {
  return adjustSorted(pValues, (sorted) => {
    const m = sorted.length;
    let smallest = 1;
    return sorted
      .map((p, i) => p * (m / (i + 1)) * factor)
      .toReversed()
      .map((p) => {
        smallest = Math.min(smallest, p);
        return smallest;
      })
      .toReversed();
  });
}

/** Sorts, adjusts in rising order, caps at 1 and puts the answers back where they came from. */
function adjustSorted(
  pValues: readonly number[],
  adjust: (sorted: readonly number[]) => readonly number[],
): number[] {
  check(pValues);
  const order = pValues.map((_p, index) => index);
  order.sort((i, j) => (pValues[i] ?? 0) - (pValues[j] ?? 0));
  const adjusted = adjust(order.map((index) => pValues[index] ?? 0));
  const result = pValues.map(() => 1);
  order.forEach((index, rank) => {
    result[index] = Math.min(1, adjusted[rank] ?? 1);
  });
  return result;
}

function check(pValues: readonly number[]): void {
  pValues.forEach((p, index) => requireProbability(`p-value ${index}`, p));
}
