import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { recordInterview } from '../remedies.js';

/** Employees, relatives and friends are kind: they never count, and never stand alone. */
export function conflictedSource({ testimonies, personOf }: GateCase): Finding {
  const supporting = testimonies.filter(({ supports }) => supports);
  const conflicted = supporting.filter(({ faults }) => faults.has('CONFLICTED_SOURCE'));
  const people = new Set(conflicted.map(({ participantId }) => personOf(participantId ?? '')));
  const alone = conflicted.length > 0 && conflicted.length === supporting.length;
  const state = alone ? 'unmet' : conflicted.length > 0 ? 'warning' : 'met';
  const who = countOf(people.size, 'person', 'people');
  const sentences = {
    unmet: `All support comes from ${who} with a stake in the answer: employees, relatives, friends or paid panellists.`,
    warning: `${who} with a stake in the answer (employee, relative, friend or paid panel) ${people.size === 1 ? 'is' : 'are'} cited and not counted.`,
    met: 'Nobody cited in support has a stake in the answer.',
  };
  return finding(state, {
    code: 'CONFLICTED_SOURCE',
    pointer: conflicted[0]?.pointer ?? '/rationale/insightIds',
    expected: supporting.length,
    actual: supporting.length - conflicted.length,
    subjects: conflicted.map(({ id }) => id),
    why: sentences[state],
    remedies: [recordInterview('a person of the audience with conflict: none')],
  });
}
