import { BECAUSE_PARTS } from '../../experiments/definition.js';
import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { completeBody } from '../remedies.js';

/** A number that moved is what has to be explained; it cannot be the explanation. */
export function symptomAsCause({ rationale, dossier }: GateCase): Finding {
  const signals = new Set(dossier.signals.map(({ questionId }) => questionId));
  const cited = BECAUSE_PARTS.flatMap((part) =>
    (rationale.because?.[part]?.quoteIds ?? []).map((id, index) => ({
      id,
      pointer: `/rationale/because/${part}/quoteIds/${index}`,
    })),
  ).filter(({ id }) => signals.has(id));
  const isMet = cited.length === 0;
  return finding(isMet ? 'met' : 'unmet', {
    code: 'SYMPTOM_AS_CAUSE',
    pointer: cited[0]?.pointer ?? '/rationale/because',
    expected: 0,
    actual: cited.length,
    subjects: cited.map(({ id }) => id),
    why: isMet
      ? 'No part of the because rests on a number that moved.'
      : `${countOf(cited.length, 'citation')} in the because ${cited.length === 1 ? 'is' : 'are'} of a signal: a number shows that something happens, people say why.`,
    remedies: [completeBody('rationale.because: quoteIds of what people said about it')],
  });
}
