import type { Decision } from '../experiments/decision.js';
import type { FlagValue, UnitKind } from '../experiments/definition.js';
import { type ExperimentState, whatIsServed } from '../experiments/lifecycle.js';
import type { AnalysisPlan, PlannedVariant } from '../experiments/plan.js';
import { createMatcher } from '../metrics/filter.js';
import { createArmFinder, createHoldBack } from './assign-variant.js';
import type { Condition } from './conditions.js';
import { isHeldOut, isInLayer } from './exclusion.js';
import { BUCKETS, createBucketFinder } from './hash.js';

/** Why a unit gets its value, in the words of OpenFeature. */
export const SERVING_REASONS = ['SPLIT', 'STATIC', 'DISABLED', 'TARGETING_MATCH'] as const;
export type ServingReason = (typeof SERVING_REASONS)[number];

/** What serving depends on besides the unit. */
export interface ServableExperiment {
  status: ExperimentState;
  plan: Pick<
    AnalysisPlan,
    'seed' | 'variants' | 'traffic' | 'assignment' | 'unit' | 'layer' | 'holdouts'
  > & { audience: Pick<AnalysisPlan['audience'], 'conditions'> };
  decision: Decision | null;
  /** Units that get a variant by hand, for looking at it: id of the unit to key of the variant. */
  forced?: ReadonlyMap<string, string>;
  /** Keys of holdouts that have ended: what was shipped reaches their units too. */
  endedHoldouts?: ReadonlySet<string>;
}

/** One of the few answers an experiment has; a unit's bucket apart, all units get one of them. */
export interface ServedOutcome {
  /** The variant whose value this is. */
  variationId: string;
  value: FlagValue;
  /**
   * The unit is in the test and really gets the variant it was assigned to. Only then is seeing the
   * value an exposure: anything else would put a unit into an arm that it does not belong to.
   */
  inExperiment: boolean;
  reason: ServingReason;
}

export interface ServedFlag {
  /** One of the flag's `outcomes`, the very same object each time. */
  outcome: ServedOutcome;
  /** 0 to 9,999. */
  bucket: number;
}

/** What a client says about the unit besides its id. */
export type Attributes = Readonly<Record<string, unknown>>;

/** An experiment prepared for many units. */
export interface CompiledFlag {
  readonly unit: UnitKind;
  /** Everything `serve` may answer. */
  readonly outcomes: readonly ServedOutcome[];
  readonly serve: (unitId: string, attributes: Attributes) => ServedFlag;
}

/**
 * What units are served, or null when clients do not know the experiment: it is a draft, archived, or
 * its units are assigned elsewhere. Pure, so every replica and every retry answers the same. The
 * first that applies:
 *
 * - The unit is forced, and the test is running, paused or maturing: that variant, `TARGETING_MATCH`.
 * - Paused, stopped, rolled back: the control, `DISABLED`.
 * - The audience's conditions do not hold: the control, `STATIC`.
 * - Shipped: the winner, `STATIC`; with a hold-back or a holdout `SPLIT`, and the control for those
 *   kept back.
 * - Outside the traffic or the layer, or held out: the control, `SPLIT`.
 * - In a killed arm: the control, `DISABLED`.
 * - In the test: the variant of the unit, `SPLIT`.
 */
export function compileFlag(experiment: ServableExperiment): CompiledFlag | null {
  const { status, plan, decision } = experiment;
  const serving = whatIsServed(status, decision);
  if (plan.assignment === 'external' || serving.serve === 'unknown') return null;
  const control = plan.variants.find((variant) => variant.control);
  if (control === undefined) throw new RangeError('a plan has a control');
  const answers = new Answers(control);
  const chosen =
    serving.serve === 'control'
      ? always(answers.control('DISABLED'))
      : targeted(
          plan.audience.conditions ?? [],
          answers.control('STATIC'),
          serving.serve === 'winner'
            ? shipped(experiment, serving, answers)
            : split(experiment, answers),
        );
  const choose = forcedFirst(experiment, chosen, answers);
  const { seed, unit } = plan;
  const bucketOf = createBucketFinder(seed);
  return {
    unit,
    outcomes: answers.all,
    serve: (unitId, attributes) => {
      const bucket = bucketOf(unitId);
      return { outcome: choose(unitId, attributes, bucket), bucket };
    },
  };
}

/** Whose turn it is to say what a unit gets. */
type Choice = (unitId: string, attributes: Attributes, bucket: number) => ServedOutcome;

/** The answers of one flag, made once. */
class Answers {
  readonly all: ServedOutcome[] = [];

  constructor(private readonly controlVariant: PlannedVariant) {}

  control(reason: ServingReason): ServedOutcome {
    return this.of(this.controlVariant, reason);
  }

  of(variant: PlannedVariant, reason: ServingReason, inExperiment = false): ServedOutcome {
    const answer = { variationId: variant.key, value: variant.value, inExperiment, reason };
    this.all.push(answer);
    return answer;
  }
}

function always(outcome: ServedOutcome): Choice {
  return () => outcome;
}

function targeted(
  conditions: readonly Condition[],
  outside: ServedOutcome,
  inside: Choice,
): Choice {
  if (conditions.length === 0) return inside;
  const isInAudience = createMatcher(conditions);
  return (unitId, attributes, bucket) =>
    isInAudience(attributes) ? inside(unitId, attributes, bucket) : outside;
}

/** The test itself: an answer for each bucket, looked up; layer and holdouts have buckets of their own. */
function split({ plan }: ServableExperiment, answers: Answers): Choice {
  const outside = answers.control('SPLIT');
  const arms = plan.variants.map((variant) =>
    variant.killed ? answers.control('DISABLED') : answers.of(variant, 'SPLIT', true),
  );
  const armOf = createArmFinder(plan);
  // A byte a bucket: of fifty flags they still fit into the processor's cache.
  const armByBucket = Int8Array.from({ length: BUCKETS }, (_, bucket) => armOf(bucket));
  const inTest: Choice = (_unitId, _attributes, bucket) =>
    arms[armByBucket[bucket] ?? -1] ?? outside;
  const { layer, holdouts = [] } = plan;
  if (layer === undefined && holdouts.length === 0) return inTest;
  return (unitId, attributes, bucket) =>
    isInLayer(layer, unitId) && !isHeldOut(holdouts, unitId)
      ? inTest(unitId, attributes, bucket)
      : outside;
}

function shipped(
  { plan, endedHoldouts }: ServableExperiment,
  { variant, holdBack }: { variant: string; holdBack: number },
  answers: Answers,
): Choice {
  const winner = plan.variants.find(({ key }) => key === variant);
  if (winner === undefined) return always(answers.control('STATIC'));
  const holdouts = (plan.holdouts ?? []).filter(({ key }) => endedHoldouts?.has(key) !== true);
  if (holdBack === 0 && holdouts.length === 0) return always(answers.of(winner, 'STATIC'));
  const keptBack = answers.control('SPLIT');
  const shippedTo = answers.of(winner, 'SPLIT');
  const { seed, variants } = plan;
  const isKeptBack = createHoldBack({
    seed,
    variants,
    controlKey: keptBack.variationId,
    holdBack,
  });
  return (unitId) => (isKeptBack(unitId) || isHeldOut(holdouts, unitId) ? keptBack : shippedTo);
}

/** Where a variant that is forced by hand is served. */
export const FORCING_STATES: readonly ExperimentState[] = ['running', 'paused', 'maturing'];

function forcedFirst(
  { status, plan, forced }: ServableExperiment,
  otherwise: Choice,
  answers: Answers,
): Choice {
  if (forced === undefined || forced.size === 0 || !FORCING_STATES.includes(status)) {
    return otherwise;
  }
  const byVariant = new Map(
    plan.variants.map((variant) => [variant.key, answers.of(variant, 'TARGETING_MATCH')]),
  );
  return (unitId, attributes, bucket) => {
    const outcome = byVariant.get(forced.get(unitId) ?? '');
    return outcome ?? otherwise(unitId, attributes, bucket);
  };
}
