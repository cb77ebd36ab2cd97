import { finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { answerQuestion, recordInterview } from '../remedies.js';
import { unexplainedShifts } from '../unexplained-shifts.js';

/** What the numbers of the chain count has not become another thing since people were heard. */
export function regimeChanged(gate: GateCase): Finding {
  const shifts = unexplainedShifts(gate);
  const isMet = shifts.length === 0;
  const metrics = [...new Set(shifts.map(({ metricKey }) => metricKey))];
  const chain = gate.rationale.chain ?? [];
  const at = chain.findIndex(({ to }) => metrics.some((key) => to === `metric:${key}`));
  return finding(isMet ? 'met' : 'warning', {
    code: 'REGIME_CHANGED',
    pointer: at === -1 ? '/rationale/chain' : `/rationale/chain/${at}`,
    expected: 0,
    actual: shifts.length,
    subjects: shifts.map(({ questionId }) => questionId),
    why: isMet
      ? 'No number of the chain shifted after the newest cited interview without an explanation.'
      : `Since the newest cited interview ${metrics.join(', ')} shifted and nobody knows why: what people said may describe how it was before.`,
    remedies: [
      ...shifts.map(({ questionId }) => answerQuestion(questionId)),
      recordInterview('a person of the audience, asked after the shift'),
    ],
  });
}
