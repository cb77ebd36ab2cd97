import { logBetaPrefactor } from '../distributions/incomplete-beta.js';
import type { NotComputed } from '../outcome.js';
import { type PValue, pValueOfLog } from '../p-value.js';
import { problemWithArms, problemWithVariance, type TwoArms } from './rate-interval.js';

/** Tables whose probabilities differ by less than this share count as equally likely. */
const TIE = 1e-9;
/** A term below this share of the sum no longer changes it. */
const NEGLIGIBLE = 1e-17;

export interface FisherExact extends PValue {
  ok: true;
  /** Fisher's p minus half the probability of the observed table: less conservative. */
  midP: PValue;
}

/**
 * Fisher's exact test of two conversion rates, two-sided, and its mid-p variant.
 *
 * Given how many units converted in all, the conversions of the treatment are hypergeometric; p is the
 * probability of all tables that are at most as likely as the observed one (Fisher 1935; mid-p:
 * Lancaster 1961, JASA 56:223-234). Only the tails are summed, so arms of a million units cost little.
 */
export function fisherExact(input: TwoArms): FisherExact | NotComputed {
  const problem = problemWithArms(input) ?? problemWithVariance(input);
  if (problem !== null) return problem;
  const tables = tablesWithTheseMargins(input);
  const { observed, mode } = tables;
  const logObserved = logProbability(tables, observed);
  // In units of the observed table's probability, which itself may be too small for a double.
  const sum = observed === mode ? Infinity : sumOfTails(tables, logObserved);
  const lnP = Math.min(0, logObserved + Math.log(sum));
  // ln(P - P(observed)/2), from the shares themselves unless P is 1.
  const lnMidP =
    lnP === 0 ? Math.log1p(-Math.exp(logObserved) / 2) : logObserved + Math.log(sum - 0.5);
  return { ok: true, ...pValueOfLog(lnP), midP: pValueOfLog(lnMidP) };
}

interface Tables {
  treatmentN: number;
  controlN: number;
  /** Conversions of both arms together. */
  converted: number;
  /** Conversions of the treatment: as observed, most likely, fewest and most possible. */
  observed: number;
  mode: number;
  fewest: number;
  most: number;
}

function tablesWithTheseMargins({ treatment, control }: TwoArms): Tables {
  const converted = treatment.successes + control.successes;
  const total = treatment.n + control.n;
  return {
    treatmentN: treatment.n,
    controlN: control.n,
    converted,
    observed: treatment.successes,
    mode: Math.floor(((converted + 1) / (total + 2)) * (treatment.n + 1)),
    fewest: Math.max(0, converted - control.n),
    most: Math.min(treatment.n, converted),
  };
}

/** Probability of the observed tail and of the less likely tables of the other one. */
function sumOfTails(tables: Tables, logObserved: number): number {
  const { observed, mode, fewest, most } = tables;
  const outward = observed < mode ? -1 : 1;
  const own = sumOutward(tables, observed, outward);
  // On the other side probabilities fall from the mode outward: halve down to the first small one.
  let likelier = mode + outward;
  let beyond = (outward < 0 ? most : fewest) - outward;
  while (Math.abs(beyond - likelier) > 1) {
    const middle = Math.floor((likelier + beyond) / 2);
    if (logProbability(tables, middle) > logObserved + TIE) likelier = middle;
    else beyond = middle;
  }
  if (beyond < fewest || beyond > most) return own;
  const shareOfFirst = Math.exp(logProbability(tables, beyond) - logObserved);
  return own + shareOfFirst * sumOutward(tables, beyond, -outward);
}

/** Sum of the probabilities from a table outward, in units of that table's probability. */
function sumOutward(tables: Tables, start: number, step: number): number {
  const { treatmentN, controlN, converted, fewest, most } = tables;
  let sum = 1;
  let term = 1;
  for (let k = start; k + step >= fewest && k + step <= most; k += step) {
    const ratio =
      step > 0
        ? ((treatmentN - k) * (converted - k)) / ((k + 1) * (controlN - converted + k + 1))
        : (k * (controlN - converted + k)) / ((treatmentN - k + 1) * (converted - k + 1));
    term *= ratio;
    sum += term;
    if (term < NEGLIGIBLE * sum) break;
  }
  return sum;
}

/**
 * ln P(k conversions in treatment | the margins), as two binomials over a third with one common rate:
 * differences of lnΓ would lose eight digits at a million units.
 */
function logProbability(tables: Tables, k: number): number {
  const { treatmentN, controlN, converted } = tables;
  const total = treatmentN + controlN;
  const p = converted / total;
  const q = (total - converted) / total;
  return (
    logBinomial(k, treatmentN, p, q) +
    logBinomial(converted - k, controlN, p, q) -
    logBinomial(converted, total, p, q)
  );
}

/** ln of C(n, k)·p^k·q^(n-k), from the beta density with the same powers. */
function logBinomial(k: number, n: number, p: number, q: number): number {
  return logBetaPrefactor(p, q, k + 1, n - k + 1) - Math.log(p * q * (n + 1));
}
