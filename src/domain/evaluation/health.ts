import { covariateBalance } from '../../stats/covariate-balance.js';
import { holm } from '../../stats/multiplicity.js';
import { sampleRatio, type SampleRatioResult } from '../../stats/sample-ratio.js';
import { type AnalysisPlan, changesOfWeights } from '../experiments/plan.js';
import { minorUnits } from '../money/currencies.js';
import { CROSSOVER_SHARE_MAX } from '../verdict/verdict.js';
import { amountsLeftOut } from './composition.js';
import { noteOf } from './effects.js';
import { dataFaultOf } from './data-faults.js';
import type { PlanMoments } from './moments.js';
import type {
  BalanceReport,
  CovariateBalance,
  HealthReport,
  HealthWarning,
  SampleRatioReport,
} from './health-report.js';

/** A split this unlikely makes the result invalid, whatever it says. */
export const SRM_P_VALUE_MIN = 0.001;

/**
 * An arm that is off by less than this share of its units does no harm that could be told from
 * chance, however many units make the mismatch certain.
 */
export const SRM_DEVIATION_FLOOR = 0.001;

/** Arms this unlike before the exposure were not split by chance, or not recorded alike. */
export const BALANCE_P_VALUE_MIN = 0.001;

/**
 * A share of units unlike their assignment above which it was not chance or a late change of the
 * traffic: something else decides who sees what.
 */
export const UNASSIGNED_SHARE_MAX = 0.001;

/** Whether the data of an experiment can be trusted at all. */
export function healthOf(
  plan: AnalysisPlan,
  moments: PlanMoments,
  { smallestP, isNamed }: { smallestP: number | null; isNamed: boolean },
): HealthReport {
  const cohort = sumOf(moments.units) + moments.crossovers;
  const { unassigned, overRefunded, dataFaults = [] } = moments;
  const warnings = [...warningsOf(moments, cohort, isNamed), ...costWarnings(plan, moments)];
  return {
    srm: sampleRatioOf(plan, moments, smallestP),
    ...(plan.analysis.cuped === undefined ? {} : { balance: balanceOf(plan, moments) }),
    crossovers: moments.crossovers,
    ...(cohort === 0 ? {} : { crossoverShare: moments.crossovers / cohort }),
    lateEvents: moments.lateEvents,
    outsideCohort: moments.outsideCohort,
    ...(unassigned === undefined ? {} : { unassigned }),
    ...(unassigned === undefined || cohort === 0 ? {} : { unassignedShare: unassigned / cohort }),
    ...(overRefunded === undefined ? {} : { overRefunded }),
    ...(dataFaults.length === 0 ? {} : { dataFaults: dataFaults.map(dataFaultOf) }),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

function warningsOf(
  { crossovers, unassigned = 0, overRefunded = 0 }: PlanMoments,
  cohort: number,
  isNamed: boolean,
): HealthWarning[] {
  const warnings: HealthWarning[] = [];
  if (isNamed && crossovers > CROSSOVER_SHARE_MAX * cohort) {
    const detail =
      'More than 1% of the units met more than one variant. They are left out of every arm, and ' +
      'what is left may differ by more than the change.';
    warnings.push({ code: 'crossovers', detail });
  }
  if (unassigned > UNASSIGNED_SHARE_MAX * cohort) {
    const detail =
      'More than 0.1% of the units met another variant than the assignment gives them: something ' +
      'else decides who sees what.';
    warnings.push({ code: 'assignment-mismatch', detail });
  }
  if (overRefunded > 0) {
    const detail =
      'The refunds of some sales are larger than the sale. They count as they were sent; look for ' +
      'refunds that were recorded twice.';
    warnings.push({ code: 'over-refunded', detail });
  }
  return warnings;
}

/** A cost that is declared counts as declared; entries of its kind would count it twice. */
function costWarnings(
  { currency }: Pick<AnalysisPlan, 'currency'>,
  { compositions = [] }: PlanMoments,
): HealthWarning[] {
  return amountsLeftOut(compositions, currency).map(({ name, amount }) => {
    const detail =
      `The plan declares what ${name} costs, so ledger entries of that name do not count: ` +
      `${amount.toFixed(minorUnits(currency))} ${currency} were left out of the cohort's money.`;
    return { code: 'cost-counted-by-declaration', detail };
  });
}

/**
 * While units come in, the sequential test decides, because it is asked at every evaluation; once
 * enrolment has ended the split is final and the ordinary chi-square may be read too.
 */
function sampleRatioOf(
  plan: AnalysisPlan,
  { units, unitsByPeriod, enrolmentEndedAt }: PlanMoments,
  smallestP: number | null,
): SampleRatioReport {
  const observed = [...units];
  const ratio = sampleRatio({
    periods: periodsOf(plan, unitsByPeriod),
    alpha: SRM_P_VALUE_MIN,
    deviationFloor: SRM_DEVIATION_FLOOR,
  });
  if (!ratio.ok) {
    return { status: 'not_computed', observed, notComputed: noteOf(ratio) };
  }
  const failed = ratio.alarm || (enrolmentEndedAt !== null && failsAtTheEnd(ratio));
  return {
    status: failed ? 'failed' : 'ok',
    observed,
    expected: [...ratio.expected],
    chiSquare: ratio.chiSquare,
    degreesOfFreedom: ratio.df,
    pValue: ratio.pValue,
    sequentialPValue: ratio.sequentialP,
    smallestSequentialPValue: Math.min(ratio.sequentialP, smallestP ?? 1),
    largestDeviation: ratio.largestDeviation,
  };
}

function failsAtTheEnd({ pValue, largestDeviation }: SampleRatioResult): boolean {
  return pValue < SRM_P_VALUE_MIN && largestDeviation >= SRM_DEVIATION_FLOOR;
}

/** A killed arm gets no new units, so from that instant it has no weight, and what comes late does not count. */
function periodsOf(plan: AnalysisPlan, unitsByPeriod: PlanMoments['unitsByPeriod']) {
  const changes = changesOfWeights(plan);
  return unitsByPeriod.map((units, period) => {
    const from = period === 0 ? null : (changes[period - 1] ?? null);
    const isOn = plan.variants.map(
      ({ killedAt }) => killedAt === undefined || from === null || killedAt > from,
    );
    return {
      counts: units.map((n, arm) => (isOn[arm] === true ? n : 0)),
      weights: plan.variants.map(({ weight }, arm) => (isOn[arm] === true ? weight : 0)),
    };
  });
}

function balanceOf(plan: AnalysisPlan, { metrics }: PlanMoments): BalanceReport {
  const controlAt = plan.variants.findIndex(({ control }) => control);
  const found: Omit<CovariateBalance, 'adjustedPValue'>[] = [];
  const pValues: number[] = [];
  for (const { key, columns, running } of metrics) {
    const control = running[controlAt];
    const before = columns.flatMap((part, index) => (part.endsWith('_before') ? [index] : []));
    for (const [arm, { key: variant }] of plan.variants.entries()) {
      const treatment = running[arm];
      if (arm === controlAt || treatment === undefined || control === undefined) continue;
      for (const answer of covariateBalance({ treatment, control, columns: before })) {
        const covariate = columns[answer.column];
        if (!answer.ok || covariate === undefined) continue;
        const { standardisedDifference, pValue } = answer;
        found.push({ metric: key, variant, covariate, standardisedDifference });
        pValues.push(pValue);
      }
    }
  }
  if (found.length === 0) return { status: 'not_computed', covariates: [] };
  const adjusted = holm(pValues);
  const covariates = found.map((one, index) => ({ ...one, adjustedPValue: adjusted[index] ?? 1 }));
  const failed = covariates.some(({ adjustedPValue }) => adjustedPValue < BALANCE_P_VALUE_MIN);
  return { status: failed ? 'failed' : 'ok', covariates };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
