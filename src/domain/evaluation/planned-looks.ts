import { nextCriticalZ } from '../../stats/group-sequential/bounds.js';
import { spentAlpha } from '../../stats/group-sequential/spending.js';
import { type Analysis, looksOf } from '../experiments/definition.js';

/** A planned look of one metric that was taken; what it used can never be used again. */
export interface TakenLook {
  /** Number of the look, 1 to the planned number. */
  look: number;
  /** Matured units of all arms. */
  units: number;
  /** Of the planned units; above 1 when more came than was planned. */
  fraction: number;
  /** Alpha used up to and including this look, both sides, for one comparison. */
  alphaSpent: number;
  /** The bound on the normal scale. */
  criticalZ: number;
}

/** Whether a metric may be read now, and by which bound. */
export type LookNow =
  | { is: 'open' }
  | {
      is: 'planned';
      taken: TakenLook;
      past: readonly TakenLook[];
      /** The whole cohort has matured: nothing more will come. */
      final: boolean;
    };

export interface LookCase {
  analysis: Analysis;
  /** Variants that are compared with the control: with several, they share alpha evenly. */
  comparisons: number;
  maturedUnits: number;
  /** Enrolment has ended and every unit has matured. */
  wholeCohort: boolean;
  /** Only scheduled evaluations take a look before the end: whoever looks by hand looks when it suits. */
  scheduled: boolean;
  /** Looks that earlier evaluations took, in order. */
  past: readonly TakenLook[];
}

/**
 * The planned look of a metric at this moment. Looks before the end come when the metric's matured
 * units reach their share of the planned ones, so they depend on how many came and never on what
 * they did; alpha is spent at the share that was really observed, so looks may come late, early or
 * not at all, and the last one has what is left (Lan and DeMets 1983).
 */
export function lookNow(situation: LookCase): LookNow {
  const { analysis, maturedUnits, wholeCohort, scheduled, past } = situation;
  // Units can leave (they met a second variant, or asked for erasure); a look that had as many as
  // now keeps its alpha and says nothing more about this one.
  const before = past.filter(({ units }) => units < maturedUnits);
  const looks = looksOf(analysis);
  const last = past.at(-1);
  if (looks === 0 || maturedUnits === 0) return { is: 'open' };
  if (wholeCohort) {
    // Read again after the end: the same look with the same bound.
    if (last?.look === looks) {
      const earlier = before.filter(({ look }) => look < looks);
      return { is: 'planned', taken: last, past: earlier, final: true };
    }
    return { is: 'planned', taken: takeLook(situation, looks, before), past: before, final: true };
  }
  const fraction = maturedUnits / (analysis.plannedUnits ?? Infinity);
  const look = Math.floor(looks * fraction);
  const isDue = scheduled && look > (last?.look ?? 0) && look < looks;
  // More matured than at the last look, or the bound could not be told from it.
  if (!isDue || maturedUnits <= (last?.units ?? 0)) return { is: 'open' };
  const taken = takeLook(situation, look, before);
  return Number.isFinite(taken.criticalZ)
    ? { is: 'planned', taken, past: before, final: false }
    : { is: 'open' };
}

function takeLook(
  { analysis, comparisons, maturedUnits, past }: LookCase,
  look: number,
  before: readonly TakenLook[],
): TakenLook {
  const isLast = look === looksOf(analysis);
  const planned = analysis.plannedUnits ?? maturedUnits;
  const fraction = maturedUnits / planned;
  const alpha = analysis.alpha / comparisons;
  const spent = past.at(-1)?.alphaSpent ?? 0;
  const spending = { kind: analysis.spending ?? 'obrien_fleming' } as const;
  const alphaSpent = isLast ? alpha : 2 * spentAlpha(spending, alpha / 2, fraction);
  return {
    look,
    units: maturedUnits,
    fraction,
    alphaSpent,
    criticalZ: nextCriticalZ({
      past: before.map(({ units, criticalZ }) => ({ information: units, criticalZ })),
      information: maturedUnits,
      alphaToSpend: (alphaSpent - spent) / 2,
    }),
  };
}
