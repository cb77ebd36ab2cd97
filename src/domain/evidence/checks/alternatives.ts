import { finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { completeBody } from '../remedies.js';

/** Another change was considered; where costs are cut, one that would serve people better. */
export function noAlternative({ rationale, definition }: GateCase): Finding {
  const considered = (rationale.otherChanges ?? []).filter(
    ({ change, whyNot }) => change.trim() !== '' && whyNot.trim() !== '',
  );
  const cutsCost = definition.touches.includes('cost_cut');
  const fitting = cutsCost
    ? considered.filter(({ improvesExperience }) => improvesExperience === true)
    : considered;
  const isMet = fitting.length > 0;
  return finding(isMet ? 'met' : 'unmet', {
    code: 'NO_ALTERNATIVE',
    pointer: '/rationale/otherChanges',
    expected: 1,
    actual: fitting.length,
    why: isMet ? 'Another change was considered.' : whyOf(cutsCost),
    remedies: [
      completeBody(
        cutsCost
          ? 'rationale.otherChanges: a change with improvesExperience: true, and whyNot'
          : 'rationale.otherChanges: a change and whyNot',
      ),
    ],
  });
}

function whyOf(cutsCost: boolean): string {
  return cutsCost
    ? 'A cost is cut and no way was considered that saves by serving people better: costs saved here may return elsewhere.'
    : 'No other change was considered, so this one may only be the first that came to mind.';
}
