import type { HeldShare } from '../assignment/allocate-layer.js';
import { Conflict, Invalid } from '../errors.js';
import type { Metric } from '../metrics/metric.js';
import { layerShare } from './layer-share.js';
import type { ExperimentState } from './lifecycle.js';
import { jsonCopy, plannedMetric, type AnalysisPlan, type PlannedRole } from './plan.js';

/** What may still change after launch. All else is immutable: a rule changed in sight of data decides nothing. */

export const AMENDMENT_KINDS = [
  'traffic',
  'endEnrolmentAt',
  'addGuardrail',
  'addSecondaryMetric',
  'killVariant',
] as const;
export type AmendmentKind = (typeof AMENDMENT_KINDS)[number];

export type Amendment =
  | { kind: 'traffic'; traffic: number }
  | { kind: 'endEnrolmentAt'; at: Date }
  | { kind: 'addGuardrail'; metric: string }
  | { kind: 'addSecondaryMetric'; metric: string }
  | { kind: 'killVariant'; variant: string };

export interface AmendmentContext {
  state: ExperimentState;
  reason: string;
  now: Date;
  metrics: readonly Metric[];
  /** The largest traffic the plan's profile allows without asking the gate again; null is no limit. */
  trafficCap: number | null;
  /** What the other live experiments hold of its layer; empty without a layer. */
  layerHolders: readonly HeldShare[];
}

export interface AmendedPlan {
  /** The next version. */
  plan: AnalysisPlan;
  /** The create gate must pass for the new traffic before this plan may take effect. */
  gateMustRun: boolean;
}

/** Once enrolment has ended, who is in the cohort cannot change any more. */
const STATES: Readonly<Record<AmendmentKind, readonly ExperimentState[]>> = {
  traffic: ['running', 'paused'],
  endEnrolmentAt: ['running', 'paused'],
  addGuardrail: ['running', 'paused', 'maturing'],
  addSecondaryMetric: ['running', 'paused', 'maturing'],
  killVariant: ['running', 'paused', 'maturing'],
};

/**
 * The plan with one amendment, as its next version; the given plan stays as it was.
 *
 * @throws Invalid `reason-missing`, `unknown-metric`, `unknown-variant`, `guardrail-without-margin`.
 * @throws Conflict `invalid-state-transition` in a state without that amendment,
 *   `amendment-not-allowed` where it would change who or what is compared, `layer-full` where its layer
 *   has no more room.
 */
export function amendPlan(
  plan: AnalysisPlan,
  amendment: Amendment,
  context: AmendmentContext,
): AmendedPlan {
  if (context.reason.trim() === '') {
    throw new Invalid('reason-missing', 'An amendment needs a reason.', [
      { pointer: '/reason', code: 'reason-missing' },
    ]);
  }
  const states = STATES[amendment.kind];
  if (!states.includes(context.state)) {
    throw new Conflict(
      'invalid-state-transition',
      `An experiment that is ${context.state} does not take the amendment ${amendment.kind}.`,
      { state: context.state, action: amendment.kind, allowed: states },
    );
  }
  const change = changeOf(plan, amendment, context);
  const gateMustRun =
    amendment.kind === 'traffic' &&
    context.trafficCap !== null &&
    amendment.traffic > context.trafficCap;
  return { plan: jsonCopy({ ...plan, ...change, version: plan.version + 1 }), gateMustRun };
}

function changeOf(
  plan: AnalysisPlan,
  amendment: Amendment,
  context: AmendmentContext,
): Partial<AnalysisPlan> {
  switch (amendment.kind) {
    case 'traffic':
      return grownTraffic(plan, amendment.traffic, context.layerHolders);
    case 'endEnrolmentAt':
      return { endEnrolmentAt: futureEnd(amendment.at, context.now) };
    case 'addGuardrail':
      return { metrics: withMetric(plan, amendment.metric, 'guardrail', context.metrics) };
    case 'addSecondaryMetric':
      return { metrics: withMetric(plan, amendment.metric, 'secondary', context.metrics) };
    case 'killVariant':
      return { variants: withoutVariant(plan, amendment.variant, context.now) };
  }
}

function notAllowed(why: string, facts: Readonly<Record<string, unknown>>): Conflict {
  return new Conflict('amendment-not-allowed', why, facts);
}

/** Less traffic would take the change away from people who have met it, and leave them in the cohort. */
function grownTraffic(
  plan: AnalysisPlan,
  traffic: number,
  others: readonly HeldShare[],
): Pick<AnalysisPlan, 'traffic' | 'layer'> {
  if (traffic > plan.traffic && traffic <= 1) {
    const { layer } = plan;
    if (layer === undefined) return { traffic };
    return { traffic, layer: layerShare({ layer: layer.key, traffic, own: layer.ranges, others }) };
  }
  throw notAllowed('Traffic can only grow, up to 1. To show the variants to nobody, pause.', {
    current: plan.traffic,
    asked: traffic,
  });
}

function futureEnd(at: Date, now: Date): string {
  if (at > now) return at.toISOString();
  throw notAllowed('The end of enrolment lies in the future. To end it now, end enrolment.', {
    asked: Number.isNaN(at.getTime()) ? null : at.toISOString(),
    now: now.toISOString(),
  });
}

function withMetric(
  plan: AnalysisPlan,
  key: string,
  role: PlannedRole,
  known: readonly Metric[],
): AnalysisPlan['metrics'] {
  const present = plan.metrics.find(({ definition }) => definition.key === key);
  if (present !== undefined) {
    throw notAllowed(`The metric ${key} is in the plan already; its role does not change.`, {
      metric: key,
      role: present.inExperiment,
    });
  }
  const metric = known.find((candidate) => candidate.key === key);
  if (metric === undefined)
    throw invalidMetric('unknown-metric', `The project has no metric ${key}.`);
  if (role === 'guardrail' && !((metric.margin?.value ?? 0) > 0)) {
    throw invalidMetric(
      'guardrail-without-margin',
      'A guardrail says how much worse is still tolerable.',
    );
  }
  const version = plan.version + 1;
  return [...plan.metrics, plannedMetric(metric, role, { version, prior: plan.analysis.prior })];
}

function invalidMetric(code: string, message: string): Invalid {
  return new Invalid(code, message, [{ pointer: '/metric', code }]);
}

function withoutVariant(plan: AnalysisPlan, key: string, now: Date): AnalysisPlan['variants'] {
  const variant = plan.variants.find((candidate) => candidate.key === key);
  if (variant === undefined) {
    throw new Invalid('unknown-variant', `The experiment has no variant ${key}.`, [
      { pointer: '/variant', code: 'unknown-variant' },
    ]);
  }
  if (variant.control) throw notAllowed('The control cannot be killed.', { variant: key });
  if (variant.killed) throw notAllowed('The variant is killed already.', { variant: key });
  const left = plan.variants.filter(({ control, killed }) => !control && !killed).length;
  if (left === 1) {
    throw notAllowed('This is the last variant beside the control: stop the experiment instead.', {
      variant: key,
    });
  }
  return plan.variants.map((other) =>
    other === variant ? { ...other, killed: true, killedAt: now.toISOString() } : other,
  );
}
