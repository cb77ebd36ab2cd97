import { normal, studentT } from '../../stats/distributions.js';
import { dunnettAdjustedP, dunnettCriticalZ } from '../../stats/dunnett.js';
import { stageWise, type StageWiseResult } from '../../stats/group-sequential/stage-wise.js';
import type { NotComputed } from '../../stats/outcome.js';
import {
  compareProportions,
  type ProportionComparison,
} from '../../stats/proportions/compare-proportions.js';
import { equivalentZ } from '../../stats/proportions/equivalent-z.js';
import { P_VALUE_FLOOR, type PValue } from '../../stats/p-value.js';
import { type Contrast, testOfContrast } from '../../stats/welch.js';
import { looksOf } from '../experiments/definition.js';
import {
  absoluteOf,
  type ArmPair,
  boundsOf,
  comparisonsOf,
  liftOf,
  type ReadLook,
  relativeFrom,
  shownP,
} from './effects.js';
import { futilityBound } from './futility.js';
import type { Effect } from './measure-effect.js';
import type { LookNow } from './planned-looks.js';
import type { AlwaysValid, FrequentistReport, SequentialLook, TestName } from './result.js';

/** Conversions or others below which an arm is too far from normal for a test of means. */
export const FEW_CONVERSIONS = 25;

const NOT_CROSSED =
  'An early look that has not crossed its bound has no p-value: alpha is kept for the looks to come.';

/** What was measured of a pair, before anything is read from it. */
export interface Measured {
  effect: Effect;
  contrast: Contrast;
  alwaysValid: AlwaysValid;
}

interface Planned extends Measured {
  look: Extract<LookNow, { is: 'planned' }>;
}

/** A test statistic put on the scale of the bounds, whatever test it came from. */
interface Tested {
  test: Extract<TestName, 'welch' | 'score' | 'exact'>;
  p: PValue;
  statistic: number;
  degreesOfFreedom?: number;
  exact?: NonNullable<FrequentistReport['exact']>;
}

/** What may be read at a planned look: the test, its interval, and a p-value where there is one. */
export function plannedLook(pair: ArmPair, planned: Planned): ReadLook {
  const bound = boundOf(pair, planned);
  const few = fewConversions(pair, planned.effect, bound);
  const { tested, intervals, critical } =
    few === null ? byMeans(pair, planned, bound) : byCounts(planned, few);
  const comparisons = comparisonsOf(pair);
  const sequential =
    looksOf(pair.analysis) > 1 ? sequentialOf(pair, { ...planned, bound }, tested) : null;
  const report: FrequentistReport = {
    test: sequential === null ? tested.test : 'group_sequential',
    statistic: tested.statistic,
    criticalValue: critical,
    valid: true,
    alwaysValid: planned.alwaysValid,
  };
  const { degreesOfFreedom, exact } = tested;
  if (degreesOfFreedom !== undefined) report.degreesOfFreedom = degreesOfFreedom;
  if (exact !== undefined) report.exact = exact;
  if (comparisons > 1) {
    const method = isReadOnce(planned.look) ? 'dunnett' : 'bonferroni';
    report.adjustment = { method, comparisons };
  }
  if (sequential === null) Object.assign(report, shownP(adjusted(pair, tested.p)));
  else Object.assign(report, sequential.reading, { sequential: sequential.look });
  return { absolute: intervals.absolute, relative: intervals.relative, report };
}

/**
 * Several arms that are read once share alpha by Dunnett's bound, which knows that they share a
 * control; once alpha has been spent at earlier looks they share it evenly.
 */
function boundOf(pair: ArmPair, { look }: Planned): number {
  return isReadOnce(look) && comparisonsOf(pair) > 1
    ? dunnettCriticalZ(pair.sizes, pair.analysis.alpha)
    : look.taken.criticalZ;
}

/** The end, and no alpha was spent on the way. */
function isReadOnce({ final, past }: Planned['look']): boolean {
  return final && past.length === 0;
}

/**
 * Welch's test. A bound of the normal distribution is carried over to the t distribution at equal
 * tail probability, so that interval and p agree.
 */
function byMeans(pair: ArmPair, { effect, contrast }: Planned, bound: number) {
  const { statistic, pValue, pValueIsBound, log10p } = testOfContrast(contrast);
  const degreesOfFreedom = contrast.df;
  const critical = -studentT.quantile(normal.survival(bound), degreesOfFreedom);
  const ofLift = pair.analysis.relativeQuantile === 'normal' ? bound : critical;
  const tested: Tested = {
    test: 'welch',
    statistic,
    degreesOfFreedom,
    p: { pValue, pValueIsBound, log10p },
  };
  const intervals = {
    absolute: absoluteOf(contrast, critical),
    relative: liftOf(pair, effect, ofLift),
  };
  return { tested, intervals, critical };
}

/** The score test of few conversions, whose intervals are its own inversions. */
function byCounts({ contrast }: Planned, few: ProportionComparison) {
  const { interval, ratio, estimate, statistic, exact, criticalValue } = few;
  const tested: Tested = {
    test: few.method,
    statistic,
    p: { pValue: few.pValue, pValueIsBound: few.pValueIsBound, log10p: few.log10p },
    ...(exact === undefined ? {} : { exact }),
  };
  const intervals = {
    absolute: { estimate, ...boundsOf(interval), standardError: contrast.se },
    relative: relativeFrom(ratio.estimate, ratio.interval),
  };
  return { tested, intervals, critical: criticalValue };
}

/**
 * null where the test of means is as good, or where an adjustment has made the values no counts. In
 * variants of unequal size the skewness of rare conversions does not cancel, however many there are.
 */
function fewConversions(
  { isRate, treatment, control }: ArmPair,
  { cuped, stratified, warnings }: Effect,
  bound: number,
): ProportionComparison | null {
  if (!isRate || cuped !== undefined || stratified !== undefined) return null;
  const arms = [treatment, control];
  const enough = arms.every(({ n, nonZero }) => Math.min(nonZero, n - nonZero) >= FEW_CONVERSIONS);
  if (enough && !warnings.some(({ code }) => code === 'skewed')) return null;
  const answer: ProportionComparison | NotComputed = compareProportions({
    treatment: { successes: treatment.nonZero, n: treatment.n },
    control: { successes: control.nonZero, n: control.n },
    criticalZ: bound,
  });
  return answer.ok ? answer : null;
}

function adjusted(pair: ArmPair, p: PValue) {
  if (comparisonsOf(pair) === 1) return p;
  const pValue = dunnettAdjustedP(equivalentZ(p), pair.sizes);
  return pValue < P_VALUE_FLOOR
    ? { pValue: P_VALUE_FLOOR, pValueIsBound: true }
    : { pValue, pValueIsBound: false };
}

function sequentialOf(
  pair: ArmPair,
  { contrast, look, bound }: Planned & { bound: number },
  { p }: Tested,
) {
  const { taken, past, final } = look;
  const comparisons = comparisonsOf(pair);
  const z = contrast.estimate < 0 ? -equivalentZ(p) : equivalentZ(p);
  const crossed = Math.abs(z) > bound;
  const fullInformation = pair.analysis.plannedUnits ?? taken.units;
  const readOnce = isReadOnce(look);
  const stopped =
    !readOnce && (crossed || final)
      ? stageWise({
          past: past.map(({ units, criticalZ }) => ({ information: units, criticalZ })),
          information: taken.units,
          z,
          fullInformation,
          level: 1 - pair.analysis.alpha / comparisons,
        })
      : null;
  const reading = readOnce
    ? { ...shownP(adjusted(pair, p)), valid: true }
    : stopped?.ok === true
      ? { ...shownP(shared(stopped, comparisons)), valid: true }
      : { valid: false, why: NOT_CROSSED };
  const found: SequentialLook = {
    look: taken.look,
    looks: looksOf(pair.analysis),
    fraction: taken.fraction,
    alphaSpent: taken.alphaSpent,
    bound,
    crossed,
    ...(stopped?.ok === true
      ? { afterStopping: afterStopping(stopped, contrast, taken.fraction) }
      : {}),
    ...futilityOf(pair, look, z),
  };
  return { look: found, reading };
}

function futilityOf(
  pair: ArmPair,
  { taken, final }: Planned['look'],
  z: number,
): Pick<SequentialLook, 'futility'> {
  if (final) return {};
  const bound = futilityBound(pair.analysis, taken.look, comparisonsOf(pair));
  if (bound === null) return {};
  return { futility: { bound, crossed: (pair.direction === 'increase' ? z : -z) <= bound } };
}

function shared(stopped: StageWiseResult, comparisons: number) {
  const { pValue, pValueIsBound } = stopped;
  return { pValue: Math.min(1, pValue * comparisons), pValueIsBound };
}

/** Drift times the standard error at full information is the effect. */
function afterStopping(
  { medianUnbiasedDrift, driftLow, driftHigh }: StageWiseResult,
  { se }: Contrast,
  fraction: number,
): NonNullable<SequentialLook['afterStopping']> {
  const perDrift = se * Math.sqrt(fraction);
  return {
    estimate: medianUnbiasedDrift * perDrift,
    lower: driftLow * perDrift,
    upper: driftHigh * perDrift,
  };
}
