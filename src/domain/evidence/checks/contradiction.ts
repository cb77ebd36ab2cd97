import type { CitedInsight } from '../citations.js';
import type { DossierHit, DossierInsight, DossierSearch } from '../dossier.js';
import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import type { Remedy } from '../gate-report.js';
import { attachEvidence, judgeHits, searchForContradiction } from '../remedies.js';

/**
 * What speaks against each insight was looked for and answered: by contradicting evidence with a
 * written response, or by a server-run search of which a person judged every hit. A contradiction
 * without an answer blocks whatever else was done.
 */
export function noNegativeSearch(gate: GateCase): Finding {
  const { insights } = gate.citations;
  const open = insights.filter(({ insight }) => !isChallenged(insight));
  const isMet = insights.length > 0 && open.length === 0;
  return finding(isMet ? 'met' : 'unmet', {
    code: 'NO_NEGATIVE_SEARCH',
    pointer: open[0]?.pointer ?? '/rationale/insightIds',
    expected: Math.max(1, insights.length),
    actual: insights.length - open.length,
    subjects: open.map(({ insight }) => insight.id),
    why: whyOf(insights, open),
    remedies:
      insights.length === 0
        ? [searchForContradiction(undefined)]
        : open.flatMap(({ insight }) => remediesFor(insight)),
  });
}

function whyOf(cited: readonly CitedInsight[], open: readonly CitedInsight[]): string {
  if (cited.length === 0)
    return 'No insight is cited, so nobody looked for what speaks against it.';
  if (open.length === 0)
    return 'What speaks against each cited insight was looked for and answered.';
  const unanswered = open.filter(({ insight }) => hasUnanswered(insight)).length;
  const insights = countOf(open.length, 'cited insight', 'cited insights');
  return unanswered > 0
    ? `For ${insights} the other side is open: ${unanswered} with a contradiction that nobody answered in writing.`
    : `For ${insights} nobody finished looking for people who say otherwise.`;
}

function isChallenged(insight: DossierInsight): boolean {
  if (hasUnanswered(insight)) return false;
  const contradicted = insight.entries.some(({ disposition }) => disposition === 'contradicts');
  return contradicted || insight.searches.some(isJudged);
}

function hasUnanswered(insight: DossierInsight): boolean {
  const said = [...insight.entries, ...insight.searches.flatMap(({ hits }) => hits)];
  return said.some(
    ({ disposition, response }) => disposition === 'contradicts' && !isWritten(response),
  );
}

function isJudged(search: DossierSearch): boolean {
  return search.hits.every(isRead);
}

/** `unread` is an honest state, and an open one. */
function isRead({ disposition }: DossierHit): boolean {
  return disposition !== null && disposition !== 'unread';
}

function isWritten(response: string | null): boolean {
  return response !== null && response.trim() !== '';
}

function remediesFor(insight: DossierInsight): Remedy[] {
  const remedies: Remedy[] = [];
  const isOpen = (one: { disposition: string | null; response: string | null }) =>
    one.disposition === 'contradicts' && !isWritten(one.response);
  if (insight.entries.some(isOpen)) {
    remedies.push(attachEvidence(insight.id, 'the contradicting quoteId with a response'));
  }
  for (const search of insight.searches) {
    if (search.hits.some((hit) => !isRead(hit) || isOpen(hit))) {
      remedies.push(judgeHits(insight.id, search.id));
    }
  }
  if (remedies.length === 0) remedies.push(searchForContradiction(insight.id));
  return remedies;
}
