import type { GateItem, GateReport } from '../evidence/gate-report.js';
import type { ExperimentDefinition } from './definition.js';

/** The gate before launch: what passed at creation must hold now, and the test must be able to fail. */

export const LAUNCH_GATE_CODES = ['CREATE_GATE_LAPSED', 'NO_FALSIFIER'] as const;
type LaunchGateCode = (typeof LAUNCH_GATE_CODES)[number];

/**
 * @param createReport the create gate's answer for the same experiment, asked again now: evidence
 *   grows old and consents are withdrawn between creation and launch
 */
export function evaluateLaunchGate(
  definition: Pick<ExperimentDefinition, 'key' | 'kind' | 'rationale'>,
  createReport: GateReport,
): GateReport {
  const own = definition.kind === 'aa' ? [] : [lapsed(createReport), falsifier(definition)];
  const unmet = [...own.filter(({ met }) => !met).map(({ item }) => item), ...createReport.unmet];
  const first = createReport.nextBest ?? nextBestOf(unmet[0]);
  return {
    ...createReport,
    gate: 'launch',
    outcome: unmet.length === 0 ? 'pass' : 'refused',
    unmet,
    met: [...own.filter(({ met }) => met).map(({ item }) => item), ...createReport.met],
    nextBest: unmet.length === 0 ? null : first,
  };
}

interface Check {
  met: boolean;
  item: GateItem;
}

function lapsed(createReport: GateReport): Check {
  const met = createReport.outcome === 'pass';
  return check('CREATE_GATE_LAPSED', met, '/rationale', {
    expected: 'pass',
    actual: createReport.outcome,
    why: met
      ? 'The create gate still passes today.'
      : 'The create gate passed when the experiment was created and does not pass today.',
  });
}

function falsifier(definition: Pick<ExperimentDefinition, 'rationale'>): Check {
  const met = (definition.rationale?.wrongIf ?? '').trim() !== '';
  return check('NO_FALSIFIER', met, '/rationale/wrongIf', {
    expected: true,
    actual: met,
    why: met
      ? 'It is written down what would show that the reason is wrong.'
      : 'Write down what would show that the reason is wrong: a reason that cannot fail teaches nothing.',
  });
}

function check(
  code: LaunchGateCode,
  met: boolean,
  pointer: string,
  facts: Pick<GateItem, 'expected' | 'actual' | 'why'>,
): Check {
  const remedies = met
    ? []
    : [
        {
          action: 'Complete the draft, then launch again',
          method: 'PUT' as const,
          path: '/v1/experiments/{key}',
          needs: pointer,
        },
      ];
  return { met, item: { code, severity: 'blocks', pointer, subjects: [], remedies, ...facts } };
}

function nextBestOf(item: GateItem | undefined): GateReport['nextBest'] {
  return item === undefined
    ? null
    : { code: item.code, why: item.why, remedy: item.remedies[0] ?? null };
}
