import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { attachEvidence, completeLedger, recordInterview } from '../remedies.js';

/** Enough people were asked, whatever they said: the denominator of everything that is claimed. */
export function tooFewAsked({ ledger, policy, citations, dossier }: GateCase): Finding {
  const asked = ledger.asked.size;
  const isMet = asked >= policy.asked;
  const people = countOf(asked, 'person was', 'people were');
  const insightId = citations.insights[0]?.insight.id;
  return finding(isMet ? 'met' : 'unmet', {
    code: 'TOO_FEW_ASKED',
    pointer: '/rationale/insightIds',
    expected: policy.asked,
    actual: asked,
    subjects: [],
    why: isMet
      ? `${people} asked, and ${policy.asked} must be.`
      : `The ledger shows that ${people} asked of the ${policy.asked} this profile asks for. Who was not asked about it does not count.`,
    remedies: [
      ...dossier.studies.map(({ id }) =>
        completeLedger(id, 'what each interview says about the insight, silence included'),
      ),
      recordInterview('another person of the audience, asked the same question'),
      attachEvidence(insightId, 'interviewId, disposition: asked_not_mentioned (or a quoteId)'),
    ],
  });
}
