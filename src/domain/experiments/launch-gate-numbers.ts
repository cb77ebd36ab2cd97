import type { MetricClass } from '../metrics/metric.js';
import { answerQuestion, completeDraft, declareMetric } from '../evidence/remedies.js';
import type { Audience } from './definition.js';
import {
  launchFinding,
  namedMetrics,
  type LaunchCase,
  type LaunchFinding,
  type RunningTest,
} from './launch-gate-case.js';
import { chainNodesOf } from './rationale-references.js';

/** A number that may be counted wrong cannot decide anything. */
export function specialCause(gate: LaunchCase): LaunchFinding {
  const { leading, deciding, guardrails } = gate.definition.metrics;
  const used = new Set([leading, deciding, ...guardrails]);
  const doubted = gate.dossier.signals.filter(
    ({ reading, explained, metricKey }) =>
      reading === 'collection_error' && !explained && used.has(metricKey),
  );
  const metrics = [...new Set(doubted.map(({ metricKey }) => metricKey))];
  const isMet = metrics.length === 0;
  const place = namedMetrics(gate.definition).find(({ key }) => metrics.includes(key));
  return launchFinding(isMet ? 'met' : 'unmet', {
    code: 'SPECIAL_CAUSE',
    pointer: place?.pointer ?? '/metrics',
    expected: 0,
    actual: metrics.length,
    subjects: doubted.map(({ questionId }) => questionId),
    why: isMet
      ? 'No number that decides is suspected to be counted wrong.'
      : `${metrics.join(', ')} may be counted wrong, and nobody has explained it yet: a test would measure the mistake.`,
    remedies: doubted.map(({ questionId }) => answerQuestion(questionId)),
  });
}

/** Classes that programs raise by visiting. */
const RAISED_BY_BOTS: readonly MetricClass[] = ['attention', 'engagement'];

/** Where visits and clicks are counted, it says how those of programs are kept out. */
export function botFilterUndeclared({ definition, metrics }: LaunchCase): LaunchFinding {
  const bare = namedMetrics(definition).filter(({ key }) =>
    metrics.some(
      (metric) =>
        metric.key === key &&
        RAISED_BY_BOTS.includes(metric.class) &&
        (metric.botFilter ?? '').trim() === '',
    ),
  );
  const isMet = bare.length === 0;
  const keys = [...new Set(bare.map(({ key }) => key))];
  return launchFinding(isMet ? 'met' : 'warning', {
    code: 'BOT_FILTER_UNDECLARED',
    pointer: bare[0]?.pointer ?? '/metrics',
    expected: 0,
    actual: keys.length,
    subjects: keys,
    why: isMet
      ? 'Where visits or clicks are counted, it says how programs are kept out.'
      : `${keys.join(', ')} counts visits or clicks and does not say how those of programs are kept out.`,
    remedies: [declareMetric('a metric with botFilter: how visits of programs are kept out')],
  });
}

/** Two tests that meet the same people at the same place change each other, unless that was thought of; tests of one layer have no people in common. */
export function ecologyCollision(gate: LaunchCase): LaunchFinding {
  const { definition, rationale, running, metrics } = gate;
  const allowed = new Set(
    (rationale.overlaps ?? [])
      .filter(({ whyFine }) => whyFine.trim() !== '')
      .map(({ experiment }) => experiment),
  );
  // Every chain ends in money, so a shared end says nothing.
  const money = new Set(
    metrics.filter(({ kind }) => kind === 'money').map(({ key }) => `metric:${key}`),
  );
  const places = new Set(chainNodesOf(rationale).filter((node) => !money.has(node)));
  const meets = ({ key, audience, chainNodes, layer }: RunningTest) =>
    key !== definition.key &&
    (layer === undefined || layer !== definition.layer) &&
    !allowed.has(key) &&
    doMeet(audience, definition.audience) &&
    chainNodes.some((node) => places.has(node));
  const colliding = running.filter(meets);
  const isMet = colliding.length === 0;
  return launchFinding(isMet ? 'met' : 'warning', {
    code: 'ECOLOGY_COLLISION',
    pointer: '/rationale/overlaps',
    expected: 0,
    actual: colliding.length,
    subjects: colliding.map(({ key }) => key),
    why: isMet
      ? 'No running test meets the same people at the same place without a word about it.'
      : `${colliding.map(({ key }) => key).join(', ')} meets the same people at the same place: each changes what the other measures.`,
    remedies: [
      completeDraft(
        definition.key,
        'rationale.overlaps: experiment and whyFine; or the same layer for both',
      ),
    ],
  });
}

/** The same people, at the same stage where both name any. */
function doMeet(one: Audience, other: Audience): boolean {
  const share = (a: readonly string[], b: readonly string[]) => a.some((item) => b.includes(item));
  const [stages, otherStages] = [one.stages ?? [], other.stages ?? []];
  return (
    share(one.populations, other.populations) &&
    (stages.length === 0 || otherStages.length === 0 || share(stages, otherStages))
  );
}
