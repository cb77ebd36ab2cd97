import { completeDraft } from '../evidence/remedies.js';
import type { MetricClass } from '../metrics/metric.js';
import type { Rationale } from './definition.js';
import {
  launchFinding,
  type LaunchCase,
  type LaunchFinding,
  type LaunchMetric,
} from './launch-gate-case.js';

/** Names of the ledger by which money goes back to customers. */
const MONEY_BACK = ['refund', 'chargeback'];
/** A day of the calendar, as ISO 8601 writes it: the same in every language. */
const CALENDAR_DAY = /\b\d{4}-\d{2}-\d{2}\b/gu;

/** A number on the other side of the one that is meant to rise. */
interface Pair {
  name: string;
  isMeant: (metric: Pick<LaunchMetric, 'class' | 'moneyNames'>) => boolean;
}

const ofClass = (...classes: MetricClass[]): Pair => ({
  name: classes.join(' or '),
  isMeant: (metric) => classes.includes(metric.class),
});

const RETENTION_OR_REFUNDS: Pair = {
  name: 'stage_quality or quality (retention), or refunds',
  isMeant: ({ class: kind, moneyNames }) =>
    kind === 'stage_quality' ||
    kind === 'quality' ||
    kind === 'expense' ||
    (moneyNames ?? []).some((name) => MONEY_BACK.includes(name)),
};

/** What rises at the cost of what, by the class of the leading metric. */
const PAIRS: Partial<Record<MetricClass, readonly Pair[]>> = {
  stage_conversion: [ofClass('stage_quality'), ofClass('load')],
  revenue: [RETENTION_OR_REFUNDS, ofClass('load')],
  expense: [ofClass('experience'), ofClass('load')],
  attention: [ofClass('engagement')],
};

/** What the leading number may rise at the cost of is watched, or somebody observes it by a date. */
export function guardrailUnpaired(gate: LaunchCase): LaunchFinding {
  const { needed, missing, plans } = pairing(gate);
  const open = missing.slice(plans.length);
  const isMet = open.length === 0;
  return launchFinding(isMet ? 'met' : 'unmet', {
    code: 'GUARDRAIL_UNPAIRED',
    pointer: '/metrics/guardrails',
    expected: needed.length,
    actual: needed.length - open.length,
    subjects: open.map(({ name }) => name),
    why: isMet
      ? 'What the leading metric may rise at the cost of is watched.'
      : `Nothing watches what the leading metric may rise at the cost of: a guardrail of class ${open.map(({ name }) => name).join('; and one of ')}.`,
    remedies: [
      completeDraft(
        gate.definition.key,
        'metrics.guardrails with such a metric; where its data cannot be connected yet, an observationPlan with its date (YYYY-MM-DD) in rationale.impacts',
      ),
    ],
  });
}

/** A plan to observe stands in for a number and is not one. */
export function guardrailObservedByHand(gate: LaunchCase): LaunchFinding {
  const { missing, plans } = pairing(gate);
  const standIns = plans.slice(0, missing.length);
  const isMet = standIns.length === 0;
  return launchFinding(isMet ? 'met' : 'warning', {
    code: 'GUARDRAIL_OBSERVED_BY_HAND',
    pointer: standIns[0]?.pointer ?? '/rationale/impacts',
    expected: 0,
    actual: standIns.length,
    subjects: standIns.map(({ department }) => department),
    why: isMet
      ? 'No plan to observe stands in for a guardrail.'
      : 'A dated plan to observe stands in for a guardrail that is not connected: until then nobody sees what it may cost.',
    remedies: [
      completeDraft(gate.definition.key, 'metrics.guardrails, once the data is connected'),
    ],
  });
}

/** A department that observes by a date what no number watches. */
export interface StandIn {
  department: string;
  plan: string;
  /** The last day that the plan names. */
  dueOn: string;
}

/**
 * The dated plans that stand in for guardrails, as of the launch; guardrails that were added since
 * have taken their place.
 *
 * @param metrics those that the test leads with or watches
 */
export function standInsOf(test: {
  metrics: readonly (Pick<LaunchMetric, 'class' | 'moneyNames'> & {
    inExperiment: 'leading' | 'guardrail';
  })[];
  rationale: Pick<Rationale, 'impacts'>;
  launchedAt: Date;
}): StandIn[] {
  const leading = test.metrics.find(({ inExperiment }) => inExperiment === 'leading');
  const watched = test.metrics.filter(({ inExperiment }) => inExperiment === 'guardrail');
  const missing = unwatched(leading, watched);
  return datedPlans(test.rationale, test.launchedAt)
    .slice(0, missing.length)
    .map(({ department, plan, dueOn }) => ({ department, plan, dueOn }));
}

function pairing({ definition, rationale, metrics, now }: LaunchCase) {
  const leading = metrics.find(({ key }) => key === definition.metrics.leading);
  const watched = metrics.filter(({ key }) => definition.metrics.guardrails.includes(key));
  return {
    needed: neededBeside(leading),
    missing: unwatched(leading, watched),
    plans: datedPlans(rationale, now),
  };
}

function neededBeside(leading: Pick<LaunchMetric, 'class'> | undefined): readonly Pair[] {
  return leading === undefined ? [] : (PAIRS[leading.class] ?? []);
}

function unwatched(
  leading: Pick<LaunchMetric, 'class'> | undefined,
  watched: readonly Pick<LaunchMetric, 'class' | 'moneyNames'>[],
): Pair[] {
  return neededBeside(leading).filter(({ isMeant }) => !watched.some(isMeant));
}

function datedPlans(
  { impacts }: Pick<Rationale, 'impacts'>,
  now: Date,
): (StandIn & { pointer: string })[] {
  return (impacts ?? []).flatMap(({ department, observationPlan = '' }, index) => {
    const dueOn = lastDayIn(observationPlan, now);
    const pointer = `/rationale/impacts/${index}/observationPlan`;
    return dueOn === null ? [] : [{ department, plan: observationPlan, dueOn, pointer }];
  });
}

/** The last day the plan names that exists and is not over; null where it names none. */
function lastDayIn(plan: string, now: Date): string | null {
  const today = now.toISOString().slice(0, 'YYYY-MM-DD'.length);
  const days = [...plan.matchAll(CALENDAR_DAY)].flatMap(([day]) => {
    const at = new Date(`${day}T00:00:00Z`);
    const exists = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
    return exists && day >= today ? [day] : [];
  });
  return days.toSorted().at(-1) ?? null;
}
