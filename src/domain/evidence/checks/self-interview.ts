import { finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { recordInterview } from '../remedies.js';

/** More than one pair of eyes was on the evidence: whoever does all of it finds what they look for. */
export function selfInterviewOnly({ citations, dossier, interviews }: GateCase): Finding {
  const cited = new Set(citations.quotes.map(({ quoteId }) => quoteId));
  const quotes = dossier.quotes.filter(({ id }) => cited.has(id));
  const entries = citations.insights.flatMap(({ insight }) => insight.entries);
  const members = new Set([
    ...interviews.map(({ recordedBy }) => recordedBy),
    ...quotes.map(({ markedBy }) => markedBy),
    ...entries.map(({ readerId }) => readerId),
    ...citations.insights.flatMap(({ insight }) =>
      insight.readings.map(({ readerId }) => readerId),
    ),
  ]);
  const isMet = members.size !== 1;
  return finding(isMet ? 'met' : 'warning', {
    code: 'SELF_INTERVIEW_ONLY',
    pointer: '/rationale/insightIds',
    expected: 2,
    actual: members.size,
    subjects: isMet ? [] : [...members],
    why: isMet
      ? 'More than one member worked on the evidence.'
      : 'One member recorded every interview, marked every quote and gave every reading: nobody else looked.',
    remedies: [recordInterview('an interview that another member holds and records')],
  });
}
