import { finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { evidenceTestOf } from '../measures/evidence-test.js';
import { completeBody } from '../remedies.js';

const POINTER = '/rationale/otherExplanations';

/** Something else that would explain the same words was thought of. */
export function noRival({ rationale }: GateCase): Finding {
  const named = rivalsOf(rationale);
  const isMet = named.length > 0;
  return finding(isMet ? 'met' : 'unmet', {
    code: 'NO_RIVAL',
    pointer: POINTER,
    expected: 1,
    actual: named.length,
    why: isMet
      ? 'Another explanation of the same words is named.'
      : 'No other explanation of the same words is named, so nothing could have shown that this one is wrong.',
    remedies: [completeBody('rationale.otherExplanations: what else could explain the same words')],
  });
}

/** Something was looked for that tells the claim from another explanation. */
export function nonDiagnostic({ rationale }: GateCase): Finding {
  const tests = rivalsOf(rationale).flatMap((rival) => rival.tests ?? []);
  const telling = tests.filter((test) => evidenceTestOf(test) !== 'straw');
  const isMet = telling.length > 0;
  return finding(isMet ? 'met' : 'warning', {
    code: 'NON_DIAGNOSTIC',
    pointer: POINTER,
    expected: 1,
    actual: telling.length,
    why: isMet
      ? 'Something was looked for that tells the claim from another explanation.'
      : 'Nothing was looked for that tells the claim from another explanation: all of it would be seen either way.',
    remedies: [
      completeBody(
        'rationale.otherExplanations.tests: a sign that must be seen if the claim is true, or that could not be seen if it is false',
      ),
    ],
  });
}

function rivalsOf(rationale: GateCase['rationale']) {
  return (rationale.otherExplanations ?? []).filter(({ explanation }) => explanation.trim() !== '');
}
