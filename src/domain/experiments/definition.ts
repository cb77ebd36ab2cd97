import type { Condition } from '../assignment/conditions.js';
import type { Direction, Scale, Sized } from '../metrics/metric.js';

/** An experiment as its author writes it: the body of `POST /v1/experiments`. */

export const EXPERIMENT_KINDS = ['ab', 'aa'] as const;
export type ExperimentKind = (typeof EXPERIMENT_KINDS)[number];

export const UNIT_KINDS = ['visitor', 'user', 'account'] as const;
export type UnitKind = (typeof UNIT_KINDS)[number];

export const ASSIGNMENTS = ['internal', 'external'] as const;
export type Assignment = (typeof ASSIGNMENTS)[number];

export const TOUCHES = ['pricing', 'cancellation', 'cost_cut'] as const;
export type Touch = (typeof TOUCHES)[number];

export const POLICY_PROFILES = ['explore', 'standard', 'rigorous'] as const;
export type PolicyProfile = (typeof POLICY_PROFILES)[number];

/**
 * When the numbers may be read. `fixed_horizon`: once, when the whole cohort has matured.
 * `group_sequential`: at planned looks that share alpha. `always_valid`: no planned end, at any time.
 */
export const TESTS = ['fixed_horizon', 'group_sequential', 'always_valid'] as const;
export type TestKind = (typeof TESTS)[number];

/** How planned looks share alpha: little at first, or nearly evenly (Lan and DeMets 1983). */
export const SPENDINGS = ['obrien_fleming', 'pocock'] as const;
export type SpendingKind = (typeof SPENDINGS)[number];

/**
 * How the days before the exposure are taken out: one slope for all units (CUPED), or one in each
 * variant, which is never less exact with many units and unequal variants (Lin 2013).
 */
export const CUPED_ESTIMATORS = ['pooled', 'interacted'] as const;
export type CupedEstimator = (typeof CUPED_ESTIMATORS)[number];

/** False positives of one in twenty, where nobody says otherwise. */
export const ALPHA_DEFAULT = 0.05;

/** Beyond this many looks nothing is gained over the always-valid interval. */
export const PLANNED_LOOKS_MAX = 60;
const PLANNED_LOOKS_DEFAULT = 5;

/** Each attribute asks every metric again for each of its values; more of them is fishing. */
export const DIMENSIONS_MAX = 5;

/** How several arms against one control are corrected. */
export const ADJUSTMENTS = ['dunnett', 'none'] as const;
export type Adjustment = (typeof ADJUSTMENTS)[number];

/** Critical value of the relative interval: that of the absolute test, or the normal quantile. */
export const RELATIVE_QUANTILES = ['test', 'normal'] as const;
export type RelativeQuantile = (typeof RELATIVE_QUANTILES)[number];

export const LINK_BASES = [
  'interview',
  'experiment',
  'correlation',
  'identity',
  'assumption',
] as const;
export type LinkBasis = (typeof LINK_BASES)[number];

export const SIGNS = ['+', '-'] as const;
export type Sign = (typeof SIGNS)[number];

export type FlagValue = string | number | boolean | Record<string, unknown>;

export interface Variant {
  key: string;
  name: string;
  /** Share of the traffic, relative to the other weights. */
  weight: number;
  value?: FlagValue;
  control?: boolean;
}

export interface Audience {
  populations: readonly string[];
  stages?: readonly string[];
  /** What clients must say of a unit for it to enter; all must hold. */
  conditions?: readonly Condition[];
}

export interface ChosenMetrics {
  leading: string;
  deciding: string;
  guardrails: readonly string[];
  secondary: readonly string[];
}

/** Prior on the effect: normal on the relative lift, or a Beta on each arm's rate for proportions. */
export type Prior =
  | { kind: 'normal_relative'; mean: number; sd: number }
  | { kind: 'beta'; alpha: number; beta: number };

export interface Amount {
  amountMinor: number;
  currency: string;
}

export interface Analysis {
  alpha: number;
  test: TestKind;
  adjustment: Adjustment;
  relativeQuantile: RelativeQuantile;
  /** Days of enrolment. */
  plannedDays?: number;
  /** For `group_sequential`: how often the numbers are read, the end included. */
  plannedLooks?: number;
  /** Units of all arms at the end: what information is measured against. */
  plannedUnits?: number;
  spending?: SpendingKind;
  /** Early looks also say when the test is unlikely to end with a win. They never end it. */
  futility?: boolean;
  /** Takes out what the days before the exposure explain (Deng et al. 2013). */
  cuped?: { days: number; estimator?: CupedEstimator };
  /**
   * Attribute of the exposures by which units are put into strata; a difference between the arms in
   * who came then counts for nothing (Miratrix, Sekhon and Yu 2013).
   */
  stratifyBy?: string;
  /** Attributes of the exposures by whose values results are broken down, for exploring. */
  dimensions?: readonly string[];
  prior?: Prior;
  smallestEffectThatMatters?: Sized;
  provisionalLossCap?: Amount;
}

export interface Schedule {
  /** Five-field cron expression. */
  cron: string;
  /** IANA zone; the project's when absent. */
  timezone?: string;
  /** Keys of the feeds whose data must be complete up to a slot before it is evaluated. */
  waitFor?: readonly string[];
}

export const BECAUSE_PARTS = [
  'context',
  'who',
  'struggle',
  'change',
  'force',
  'expectedExperience',
] as const;
export type BecausePart = (typeof BECAUSE_PARTS)[number];

export interface BecauseClause {
  text: string;
  quoteIds?: readonly string[];
  assumption?: boolean;
}

export interface ChainLink {
  /** `change`, `experience:NAME` or `metric:KEY`. */
  from: string;
  to: string;
  sign: Sign;
  lagDays: number;
  basis: LinkBasis;
  support?: readonly string[];
}

export interface Prediction {
  metric: string;
  direction: Direction;
  low?: number;
  high?: number;
  scale: Scale;
}

export interface Impact {
  department: string;
  expectedEffect: string;
  reason: string;
  guardrail?: string;
  observationPlan?: string;
}

/** Why this change should work. Every part may be missing in a draft; the gate says what is. */
export interface Rationale {
  insightIds?: readonly string[];
  because?: Partial<Record<BecausePart, BecauseClause>>;
  experience?: { betterOff?: string; worseOff?: string };
  chain?: readonly ChainLink[];
  prediction?: Prediction;
  wrongIf?: string;
  otherExplanations?: readonly OtherExplanation[];
  otherChanges?: readonly OtherChange[];
  impacts?: readonly Impact[];
  /** What people who met the change will be asked, and when. */
  followUps?: readonly FollowUp[];
  /** Whose pay or praise moves with the leading metric, or why nobody's does. */
  incentive?: string;
  /** Key of the experiment that this one repeats on purpose; its reason may then be the same. */
  replicationOf?: string;
  /** Keys of running experiments that meet the same people at the same place, and why that is fine. */
  overlaps?: readonly { experiment: string; whyFine: string }[];
}

/** Another reason that could explain the same words, and what was looked for to tell them apart. */
export interface OtherExplanation {
  explanation: string;
  tests?: readonly {
    /** What was looked for. */
    sign: string;
    mustSeeIfTrue: boolean;
    couldSeeIfFalse: boolean;
    seen: boolean;
    quoteIds?: readonly string[];
  }[];
}

/** Another change that was considered. */
export interface OtherChange {
  change: string;
  whyNot: string;
  /** It would have served people better; where costs are cut, one such change must be considered. */
  improvesExperience?: boolean;
}

/** A question to people who met the variant, asked when they can know. */
export interface FollowUp {
  question: string;
  afterDays: number;
  people: number;
}

export interface ExperimentDefinition {
  key: string;
  name: string;
  kind: ExperimentKind;
  owner?: string;
  iterationOf?: string;
  /** The profile the team asks for; the minimum follows from `touches` and `traffic`. */
  policy?: PolicyProfile;
  touches: readonly Touch[];
  unit: UnitKind;
  assignment: Assignment;
  variants: readonly Variant[];
  audience: Audience;
  /** Share of eligible units that enter the test, 0 < traffic <= 1. */
  traffic: number;
  /** Experiments of one layer never meet the same unit. */
  layer?: string;
  metrics: ChosenMetrics;
  analysis: Analysis;
  schedule?: Schedule;
  /** Until when the money is read again after the decision, in days from the launch. */
  horizonDays?: number;
  rationale?: Rationale;
}

export interface AskedAnalysis {
  test?: TestKind | undefined;
  plannedDays?: number | undefined;
  plannedUnits?: number | undefined;
  plannedLooks?: number | undefined;
}

/**
 * The test of a plan that names none: an end is planned, so the looks share alpha; several looks make
 * it group-sequential, one look is the fixed horizon. Without an end every look must be valid.
 */
export function testFor({
  test,
  plannedDays,
  plannedUnits,
  plannedLooks,
}: AskedAnalysis): TestKind {
  if (test !== undefined) return test;
  if ((plannedLooks ?? 1) > 1) return 'group_sequential';
  return plannedDays !== undefined || plannedUnits !== undefined ? 'fixed_horizon' : 'always_valid';
}

/** How often a plan reads its numbers; 0 where any number of looks is as good. */
export function looksOf({ test, plannedLooks }: Pick<Analysis, 'test' | 'plannedLooks'>): number {
  if (test === 'always_valid') return 0;
  return test === 'fixed_horizon' ? 1 : (plannedLooks ?? PLANNED_LOOKS_DEFAULT);
}

/** The arm everything is compared with: the one marked, else the first. */
export function controlOf(variants: readonly Variant[]): Variant {
  const control = variants.find((variant) => variant.control === true) ?? variants[0];
  if (control === undefined) throw new RangeError('an experiment has at least one variant');
  return control;
}
