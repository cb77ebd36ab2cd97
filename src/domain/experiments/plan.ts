import type { LayerShare, PlannedHoldout } from '../assignment/exclusion.js';
import { weightsInBasisPoints } from '../assignment/weights.js';
import { Invalid } from '../errors.js';
import { isRate, type Metric } from '../metrics/metric.js';
import type { CostDeclarations } from '../money/costs.js';
import { DECISION_RULE, type DecisionRule } from '../verdict/decision-rule.js';
import {
  controlOf,
  type Analysis,
  type Assignment,
  type Audience,
  type ChainLink,
  type ExperimentDefinition,
  type ExperimentKind,
  type FlagValue,
  type PolicyProfile,
  type Prediction,
  type Prior,
  type Schedule,
  type UnitKind,
} from './definition.js';

/** The analysis plan: all that decides a test, copied out at launch so that nothing can move it later. */

/** The shape of the plan itself; it is part of the digest. */
export const PLAN_SCHEMA_VERSION = 1;

export const PLANNED_ROLES = ['leading', 'deciding', 'guardrail', 'secondary'] as const;
export type PlannedRole = (typeof PLANNED_ROLES)[number];

/** `assumed`: the default, because nobody declared one and too few past experiments speak. */
export const PRIOR_SOURCES = ['declared', 'assumed'] as const;
export type PriorSource = (typeof PRIOR_SOURCES)[number];

export interface PlannedPrior {
  prior: Prior;
  source: PriorSource;
}

/**
 * Most true effects are small: a standard deviation of 5% on the relative lift is wider than public
 * collections of retail experiments show, and still keeps a lucky small sample in check.
 */
export const ASSUMED_PRIOR: Prior = { kind: 'normal_relative', mean: 0, sd: 0.05 };

/** A metric as it was defined at launch, with its part in this experiment. */
export interface PlannedMetric extends PlannedPrior {
  inExperiment: PlannedRole;
  definition: Metric;
  /** The plan version that brought it; later than 1 means it was chosen while data was coming in. */
  sinceVersion: number;
}

export interface PlannedVariant {
  key: string;
  /**
   * Basis points, which add up to 10,000; where another system assigns, the weight as it was
   * declared, because that system splits by it and knows no basis points.
   */
  weight: number;
  control: boolean;
  /** What clients receive: the declared value, or the key. */
  value: FlagValue;
  /** A killed arm gets the control; its data stays. */
  killed: boolean;
  /** When it was killed: from then on its share of new units is 0. */
  killedAt?: string;
}

/** Plain JSON throughout, so that its canonical form and digest are defined. */
export interface AnalysisPlan {
  schemaVersion: number;
  /** 1 at launch; each amendment adds one. */
  version: number;
  experimentKey: string;
  kind: ExperimentKind;
  /** Instants are RFC 3339 text in UTC. */
  launchedAt: string;
  endEnrolmentAt: string | null;
  unit: UnitKind;
  assignment: Assignment;
  hashVersion: 2;
  seed: string;
  variants: readonly PlannedVariant[];
  traffic: number;
  /** The part of its layer that is its own; absent without a layer. */
  layer?: LayerShare;
  /** The holdouts of its kind of unit at the launch; absent when there were none. */
  holdouts?: readonly PlannedHoldout[];
  audience: Audience;
  metrics: readonly PlannedMetric[];
  analysis: Analysis;
  schedule: Schedule | null;
  chain: readonly ChainLink[];
  prediction: Prediction | null;
  wrongIf: string | null;
  costs: CostDeclarations;
  currency: string;
  timezone: string;
  policy: { profile: PolicyProfile; version: number };
  decisionRule: DecisionRule;
}

export interface PlanInput {
  definition: ExperimentDefinition;
  /** The project's metrics; those the definition names are copied. */
  metrics: readonly Metric[];
  seed: string;
  launchedAt: Date;
  endEnrolmentAt?: Date;
  costs: CostDeclarations;
  /** The project's reporting currency and time zone. */
  currency: string;
  timezone: string;
  /** What it holds of its layer, and the holdouts of its kind of unit. */
  layer?: LayerShare;
  holdouts?: readonly PlannedHoldout[];
  /** The effective profile, and the policy's version now. */
  policy: { profile: PolicyProfile; version: number };
}

/**
 * The plan of a launch, version 1. Shares nothing with its input. The digest over its canonical
 * form is the caller's to take.
 *
 * @throws Invalid `unknown-metric` when the definition names a metric that is not given.
 */
export function freezePlan(input: PlanInput): AnalysisPlan {
  const { definition, launchedAt, endEnrolmentAt, layer, holdouts = [] } = input;
  const { rationale } = definition;
  return jsonCopy({
    schemaVersion: PLAN_SCHEMA_VERSION,
    version: 1,
    experimentKey: definition.key,
    kind: definition.kind,
    launchedAt: launchedAt.toISOString(),
    endEnrolmentAt: endEnrolmentAt?.toISOString() ?? null,
    unit: definition.unit,
    assignment: definition.assignment,
    hashVersion: 2,
    seed: input.seed,
    variants: plannedVariants(definition),
    traffic: definition.traffic,
    ...(layer === undefined ? {} : { layer }),
    ...(holdouts.length === 0 ? {} : { holdouts }),
    audience: definition.audience,
    metrics: plannedMetrics(definition, input.metrics),
    analysis: definition.analysis,
    schedule: definition.schedule ?? null,
    chain: rationale?.chain ?? [],
    prediction: rationale?.prediction ?? null,
    wrongIf: rationale?.wrongIf ?? null,
    costs: input.costs,
    currency: input.currency,
    timezone: input.timezone,
    policy: input.policy,
    decisionRule: DECISION_RULE,
  });
}

/** A metric as the plan holds it. A declared Beta prior fits rates only; other metrics get the default. */
export function plannedMetric(
  definition: Metric,
  inExperiment: PlannedRole,
  plan: { version: number; prior: Prior | undefined },
): PlannedMetric {
  const declared = plan.prior?.kind === 'beta' && !isRate(definition.kind) ? undefined : plan.prior;
  return {
    inExperiment,
    definition,
    prior: declared ?? ASSUMED_PRIOR,
    source: declared === undefined ? 'assumed' : 'declared',
    sinceVersion: plan.version,
  };
}

/** The planned metrics with a role, in the order they were declared. */
export function metricsInRole(plan: AnalysisPlan, role: PlannedRole): PlannedMetric[] {
  return plan.metrics.filter(({ inExperiment }) => inExperiment === role);
}

/** The instants at which the shares of the variants changed, in order. */
export function changesOfWeights({ variants }: AnalysisPlan): string[] {
  const at = variants.flatMap(({ killedAt }) => (killedAt === undefined ? [] : [killedAt]));
  return [...new Set(at)].sort();
}

/** A deep copy that is plain JSON: class instances become objects, undefined members disappear. */
export function jsonCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function plannedVariants({ variants, assignment }: ExperimentDefinition): PlannedVariant[] {
  const control = controlOf(variants);
  const declared = variants.map(({ weight }) => weight);
  const weights = assignment === 'external' ? declared : weightsInBasisPoints(declared);
  return variants.map((variant, index) => ({
    key: variant.key,
    weight: weights[index] ?? 0,
    control: variant === control,
    value: variant.value ?? variant.key,
    killed: false,
  }));
}

function plannedMetrics(
  { metrics, analysis }: ExperimentDefinition,
  known: readonly Metric[],
): PlannedMetric[] {
  const uses: [PlannedRole, string][] = [
    ['leading', metrics.leading],
    ['deciding', metrics.deciding],
    ...metrics.guardrails.map((key): [PlannedRole, string] => ['guardrail', key]),
    ...metrics.secondary.map((key): [PlannedRole, string] => ['secondary', key]),
  ];
  return uses.map(([role, key]) => {
    const metric = known.find((candidate) => candidate.key === key);
    if (metric === undefined) {
      throw new Invalid('unknown-metric', `The project has no metric ${key}.`, [], { metric: key });
    }
    return plannedMetric(metric, role, { version: 1, prior: analysis.prior });
  });
}
