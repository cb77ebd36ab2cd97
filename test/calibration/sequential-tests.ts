import {
  BURN_IN_NON_ZERO,
  confidenceSequenceMultiplier,
} from '../../src/stats/confidence-sequence.js';
import { normal, studentT } from '../../src/stats/distributions.js';
import { relativeLift } from '../../src/stats/fieller.js';
import { efficacyBounds } from '../../src/stats/group-sequential/bounds.js';
import { contains, type ArmSummary } from '../../src/stats/outcome.js';
import { type Contrast, contrastOfMeans } from '../../src/stats/welch.js';
import { type Measured, rateOf } from './proof.js';

const { abs, sqrt } = Math;

export const ALPHA = 0.05;
/** Bounds further out spend nothing that counts. */
export const BOUND_MAX = 30;
type TestName = 'naive' | "O'Brien-Fleming" | 'Pocock' | 'sequence, raw' | 'sequence';

/** What a test holds |z| against at each look. */
export interface SequentialTest {
  name: TestName;
  criticalZ: readonly number[];
  /** Bounds of the normal distribution go over to the t distribution at equal tail probability. */
  usesT: boolean;
  /** No verdict before this many non-zero outcomes in each arm. */
  burnIn: number;
}

/** Shares of the planned information at equally spaced looks. */
export function equalLooks(looks: number): number[] {
  return Array.from({ length: looks }, (_value, k) => (k + 1) / looks);
}

/** Half-widths of the confidence sequence in standard errors, tuned to the end or to `nStar` units. */
export function sequenceMultipliers(
  fractions: readonly number[],
  unitsAtEnd: number,
  nStar: number = unitsAtEnd,
): number[] {
  return fractions.map((t) =>
    confidenceSequenceMultiplier({ n: t * unitsAtEnd, nStar, alpha: ALPHA }),
  );
}

/** The tests that evaluations use at equally spaced looks, after the one that nobody should use. */
export function sequentialTests(design: { looks: number; unitsAtEnd: number }): SequentialTest[] {
  const { looks, unitsAtEnd } = design;
  const fractions = equalLooks(looks);
  const bounds = (kind: 'obrien_fleming' | 'pocock'): readonly number[] =>
    efficacyBounds({ spending: { kind }, alphaOneSided: ALPHA / 2, fractions }).criticalZ;
  const multipliers = sequenceMultipliers(fractions, unitsAtEnd);
  const z = -normal.quantile(ALPHA / 2);
  return [
    { name: 'naive', criticalZ: fractions.map(() => z), usesT: true, burnIn: 0 },
    { name: "O'Brien-Fleming", criticalZ: bounds('obrien_fleming'), usesT: true, burnIn: 0 },
    { name: 'Pocock', criticalZ: bounds('pocock'), usesT: true, burnIn: 0 },
    { name: 'sequence, raw', criticalZ: multipliers, usesT: false, burnIn: 0 },
    { name: 'sequence', criticalZ: multipliers, usesT: false, burnIn: BURN_IN_NON_ZERO },
  ];
}

/** Per test, whether it calls the true lift wrong. */
export interface Alarms {
  absolute: boolean[];
  relative: boolean[];
}

export function noAlarms(tests: readonly SequentialTest[]): Alarms {
  return { absolute: tests.map(() => false), relative: tests.map(() => false) };
}

interface ArmsAtLook {
  treatment: ArmSummary;
  control: ArmSummary;
  /** The lift that is true. */
  lift: number;
  /** The smaller arm's units whose outcome is not 0. */
  nonZero: number;
}

/**
 * Which tests call the true lift wrong at one look: by the absolute difference (where the lift is 0), and
 * by the relative interval with the same critical value.
 */
export function readMeans(
  tests: readonly SequentialTest[],
  look: number,
  arms: ArmsAtLook,
  alarms: Alarms,
): void {
  const difference = contrastOfMeans(arms.treatment, arms.control);
  if (!difference.ok) return;
  for (let i = 0; i < tests.length; i += 1) {
    const test = tests[i];
    const bound = test?.criticalZ[look] ?? Infinity;
    // Evaluations take no look whose bound lies beyond all z.
    if (test === undefined || bound > BOUND_MAX || arms.nonZero < test.burnIn) continue;
    // A t quantile is above its normal one: what the latter does not exclude, the former does not.
    if (!isExcluded(difference, arms, bound, seen)) continue;
    if (test.usesT) {
      isExcluded(difference, arms, -studentT.quantile(normal.survival(bound), difference.df), seen);
    }
    if (seen.absolute) alarms.absolute[i] = true;
    if (seen.relative) alarms.relative[i] = true;
  }
}

/** One object for all looks: the loops that come here must not allocate more than the methods do. */
const seen = { absolute: false, relative: false };

function isExcluded(
  { estimate, se, varianceOfMean }: Contrast,
  { treatment, control, lift }: ArmsAtLook,
  criticalValue: number,
  answer: typeof seen,
): boolean {
  answer.absolute = lift === 0 && abs(estimate) > criticalValue * se;
  const relative = relativeLift({
    treatment: { mean: treatment.mean, varianceOfMean: varianceOfMean.treatment },
    control: { mean: control.mean, varianceOfMean: varianceOfMean.control },
    criticalValue,
    canBeNegative: false,
  });
  answer.relative = relative.ok && !contains(relative.interval, lift);
  return answer.absolute || answer.relative;
}

/** Whether a delta-method lift would be called significant: the test that nobody should use. */
export function deltaLiftExcludesZero(
  criticalValue: number,
  treatment: ArmSummary,
  control: ArmSummary,
): boolean {
  if (control.mean <= 0) return false;
  const v1 = (treatment.variance ?? 0) / treatment.n;
  const v0 = (control.variance ?? 0) / control.n;
  const ratio = treatment.mean / control.mean;
  const se = sqrt(v1 + ratio * ratio * v0) / control.mean;
  return se > 0 && abs(ratio - 1) > criticalValue * se;
}

/** Counts the experiments that a test has called wrong at any of their looks. */
export class AlarmCounter {
  /** Of the experiment under way. */
  readonly now: Alarms;
  private readonly absolute: number[];
  private readonly relative: number[];
  private runs = 0;

  constructor(private readonly tests: readonly SequentialTest[]) {
    this.now = noAlarms(tests);
    this.absolute = tests.map(() => 0);
    this.relative = tests.map(() => 0);
  }

  endRun(): void {
    this.runs += 1;
    for (let i = 0; i < this.tests.length; i += 1) {
      if (this.now.absolute[i] === true) this.absolute[i] = (this.absolute[i] ?? 0) + 1;
      if (this.now.relative[i] === true) this.relative[i] = (this.relative[i] ?? 0) + 1;
      this.now.absolute[i] = false;
      this.now.relative[i] = false;
    }
  }

  rate(name: TestName, scale: keyof Alarms): Measured {
    const i = this.tests.findIndex((test) => test.name === name);
    if (i < 0) throw new RangeError(`no test is called ${name}`);
    return rateOf(this[scale][i] ?? 0, this.runs);
  }
}
