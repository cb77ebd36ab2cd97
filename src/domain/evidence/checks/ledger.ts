import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { openLedgerCells } from '../open-ledger-cells.js';
import { completeLedger } from '../remedies.js';

/**
 * Whoever cites one interview of a study says what every other interview of it says: picking the ones
 * that agree becomes a missing row.
 */
export function ledgerIncomplete(gate: GateCase): Finding {
  const { fullLedger } = gate.policy;
  const { cells, open, unknownStudies, studyless } = openLedgerCells(gate);
  const missing = open.length + unknownStudies.length;
  const isMet = !fullLedger || missing === 0;
  const state = !isMet ? 'unmet' : fullLedger && studyless.length > 0 ? 'warning' : 'met';
  const studies = [...new Set(open.map(({ studyId }) => studyId))];
  return finding(state, {
    code: 'LEDGER_INCOMPLETE',
    pointer: gate.citations.insights[0]?.pointer ?? '/rationale/insightIds',
    expected: cells + unknownStudies.length,
    actual: cells - open.length,
    subjects:
      state === 'warning'
        ? studyless
        : [...open.map(({ interviewId }) => interviewId), ...unknownStudies],
    why: whyOf(state, missing, studyless.length, fullLedger),
    remedies: [...studies, ...unknownStudies].map((id) =>
      completeLedger(
        id,
        'a disposition for every interview and cited insight; excluded needs a reason of the list, and unread leaves it open',
      ),
    ),
  });
}

function whyOf(
  state: Finding['state'],
  missing: number,
  studyless: number,
  fullLedger: boolean,
): string {
  if (state === 'unmet') {
    return `The ledger of the cited studies has ${countOf(missing, 'open place')}: nobody can see whether only those who agree were picked.`;
  }
  if (state === 'warning') {
    return `${countOf(studyless, 'cited interview belongs', 'cited interviews belong')} to no study, so nobody can see who else was asked.`;
  }
  return fullLedger
    ? 'Every interview of the cited studies has its place in the ledger.'
    : 'This profile does not ask for the full ledger.';
}
