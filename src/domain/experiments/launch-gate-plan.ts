import { completeDraft } from '../evidence/remedies.js';
import { DIRECTIONS } from '../metrics/metric.js';
import { longestLagDays } from './chain-lag.js';
import {
  launchFinding,
  namedMetrics,
  type LaunchCase,
  type LaunchFinding,
} from './launch-gate-case.js';

const HOURS_PER_DAY = 24;

export function createGateLapsed({ createReport }: LaunchCase): LaunchFinding {
  const isMet = createReport.outcome === 'pass';
  return launchFinding(isMet ? 'met' : 'unmet', {
    code: 'CREATE_GATE_LAPSED',
    pointer: '/rationale',
    expected: 'pass',
    actual: createReport.outcome,
    why: isMet
      ? 'The create gate still passes today.'
      : 'The create gate passed when the experiment was created and does not pass today.',
    remedies: createReport.nextBest?.remedy ? [createReport.nextBest.remedy] : [],
  });
}

/** Everything that decides is written down before the first unit comes in. */
export function notFrozen(gate: LaunchCase): LaunchFinding {
  const missing = unfrozenParts(gate);
  const isMet = missing.length === 0;
  return launchFinding(isMet ? 'met' : 'unmet', {
    code: 'NOT_FROZEN',
    pointer: missing[0]?.pointer ?? '',
    expected: 0,
    actual: missing.length,
    subjects: missing.map(({ pointer }) => pointer),
    why: isMet
      ? 'What decides is complete and can be frozen.'
      : `What will be frozen is not complete: ${missing.map(({ what }) => what).join('; ')}. What is decided after the numbers fits them.`,
    remedies: [
      completeDraft(gate.definition.key, missing.map(({ pointer }) => pointer).join(', ')),
    ],
  });
}

function unfrozenParts({ definition, rationale, metrics }: LaunchCase) {
  const { prediction } = rationale;
  const { analysis, audience } = definition;
  const named = new Set(namedMetrics(definition).map(({ key }) => key));
  const parts: [pointer: string, what: string, isThere: boolean][] = [
    [
      '/rationale/prediction',
      'no metric of the experiment is predicted to move in a direction',
      prediction !== undefined &&
        named.has(prediction.metric) &&
        DIRECTIONS.includes(prediction.direction),
    ],
    [
      '/metrics/leading',
      'the leading metric does not exist',
      metrics.some(({ key }) => key === definition.metrics.leading),
    ],
    [
      '/metrics/guardrails',
      'no guardrails are listed',
      Array.isArray(definition.metrics.guardrails),
    ],
    ['/audience/populations', 'nobody is named as audience', audience.populations.length > 0],
    ['/rationale/chain', 'there is no chain', (rationale.chain ?? []).length > 0],
    [
      '/analysis',
      'no end is planned, and the test is not one that is valid at any time',
      analysis.test === 'always_valid' ||
        analysis.plannedDays !== undefined ||
        analysis.plannedUnits !== undefined,
    ],
  ];
  return parts.filter(([, , isThere]) => !isThere).map(([pointer, what]) => ({ pointer, what }));
}

/** A reason that cannot fail teaches nothing; one that nobody will look at cannot fail. */
export function noFalsifier({ rationale, definition }: LaunchCase): LaunchFinding {
  const isWritten = (rationale.wrongIf ?? '').trim() !== '';
  const isBound = rationale.prediction !== undefined || hasFollowUp(rationale);
  const isMet = isWritten && isBound;
  return launchFinding(isMet ? 'met' : 'unmet', {
    code: 'NO_FALSIFIER',
    pointer: '/rationale/wrongIf',
    expected: true,
    actual: isMet,
    why: isMet
      ? 'It is written down what would show that the reason is wrong, and where it will be seen.'
      : isWritten
        ? 'It is written down what would show that the reason is wrong, but neither a predicted metric nor a question to people will show it.'
        : 'Write down what would show that the reason is wrong: a reason that cannot fail teaches nothing.',
    remedies: [
      completeDraft(
        definition.key,
        'rationale.wrongIf, with rationale.prediction or rationale.followUps to see it by',
      ),
    ],
  });
}

/** Whether people are better off is measured, or they are asked. */
export function noExperiencePrediction(gate: LaunchCase): LaunchFinding {
  const { definition, rationale, metrics } = gate;
  const { leading, guardrails, secondary } = definition.metrics;
  const looked = [leading, ...guardrails, ...secondary].filter((key) =>
    metrics.some(
      (metric) =>
        metric.key === key && (metric.class === 'experience' || metric.class === 'quality'),
    ),
  );
  const isMet = looked.length > 0 || hasFollowUp(rationale);
  return launchFinding(isMet ? 'met' : 'unmet', {
    code: 'NO_EXPERIENCE_PREDICTION',
    pointer: '/rationale/followUps',
    expected: 1,
    actual: looked.length + (rationale.followUps ?? []).length,
    subjects: [],
    why: isMet
      ? 'What people experience is measured or asked.'
      : 'Nothing will show what people experience: no metric of class experience or quality, and no question to those who met the change.',
    remedies: [
      completeDraft(
        definition.key,
        'rationale.followUps: question, afterDays, people; or a guardrail of class experience or quality',
      ),
    ],
  });
}

function hasFollowUp({ followUps }: LaunchCase['rationale']): boolean {
  return (followUps ?? []).some(({ question }) => question.trim() !== '');
}

/** Where the money comes later than the test ends, a later reading is promised. */
export function noDownstreamReadout({ definition, rationale, metrics }: LaunchCase): LaunchFinding {
  const lagDays = longestLagDays(rationale.chain ?? []);
  const deciding = metrics.find(({ key }) => key === definition.metrics.deciding);
  const windowDays = (deciding?.windowDays ?? 0) + (deciding?.delayHours ?? 0) / HOURS_PER_DAY;
  // A test without planned days promises none.
  const runDays = (definition.analysis.plannedDays ?? 0) + windowDays;
  const covered = Math.max(runDays, definition.horizonDays ?? 0);
  const isMet = lagDays <= covered;
  return launchFinding(isMet ? 'met' : 'unmet', {
    code: 'NO_DOWNSTREAM_READOUT',
    pointer: '/horizonDays',
    expected: lagDays,
    actual: covered,
    why: isMet
      ? 'The money of the chain comes within the test, or is read again later.'
      : `By the chain the money comes ${lagDays} days after the change, and nothing is read after day ${covered}.`,
    remedies: [completeDraft(definition.key, `horizonDays of ${lagDays} or more`)],
  });
}
