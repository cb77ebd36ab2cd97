import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { recordInterview } from '../remedies.js';
import { stageNearness } from '../stage-nearness.js';

/** One person at the right place may be an exception. */
const AT_STAGE_MIN = 2;

/** People speak for the very stage at which the experiment meets its audience. */
export function stageMismatch(gate: GateCase): Finding {
  const stages = gate.definition.audience.stages ?? [];
  const needed = stages.length === 0 ? 0 : Math.min(AT_STAGE_MIN, gate.policy.people);
  const { exact, adjacentStages } = stageNearness(gate);
  const isMet = exact.size >= needed;
  const near = [...adjacentStages].toSorted();
  const neighbours =
    near.length === 0
      ? ''
      : ` Heard beside it: ${near.join(', ')}, which is near and does not count.`;
  const met =
    stages.length === 0
      ? 'The audience names no stage.'
      : `${countOf(exact.size, 'person', 'people')} who count speak for ${stages.join(' or ')}.`;
  return finding(isMet ? 'met' : 'unmet', {
    code: 'STAGE_MISMATCH',
    pointer: '/audience/stages',
    expected: needed,
    actual: stages.length === 0 ? 0 : exact.size,
    subjects: isMet ? [] : stages,
    why: isMet
      ? met
      : `${countOf(exact.size, 'person', 'people')} of the ${needed} needed speak for ${stages.join(' or ')}.${neighbours}`,
    remedies: [
      recordInterview(
        `a person whose participants[].speaksFor names the stage ${stages.join(' or ')}`,
      ),
    ],
  });
}
