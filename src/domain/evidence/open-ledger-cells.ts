import type { DossierEntry, DossierInsight } from './dossier.js';
import type { GateCase } from './gate-case.js';
import { proposeLedger } from './measures/ledger.js';

export interface LedgerState {
  /** Places of the matrix: interviews of the cited studies by cited insights. */
  cells: number;
  /** Those that are unread, missing, or left out without a reason. */
  open: readonly { studyId: string; interviewId: string; insightId: string }[];
  /** Studies of cited interviews whose sessions are not known: their ledger cannot be read. */
  unknownStudies: readonly string[];
  /** Cited interviews that belong to no study and so to no ledger. */
  studyless: readonly string[];
}

/** Where the ledger of the cited studies is still open. What was only proposed is not yet read. */
export function openLedgerCells(
  gate: Pick<GateCase, 'citations' | 'dossier' | 'interviews'>,
): LedgerState {
  const { citations, dossier, interviews } = gate;
  const cited = new Set(interviews.flatMap(({ studyId }) => (studyId === null ? [] : [studyId])));
  const studies = dossier.studies.filter(({ id }) => cited.has(id));
  const known = new Set(studies.map(({ id }) => id));
  const interviewOf = new Map(dossier.quotes.map((quote) => [quote.id, quote.interviewId]));
  const insights = citations.insights.map(({ insight }) => insight);
  const ledgers = studies.map(({ id, sessions }) => ({
    id,
    ledger: proposeLedger({
      interviews: sessions,
      insights: insights.map((insight) => wordsOn(insight, interviewOf)),
      entries: insights.flatMap(({ entries }) => entries.flatMap(recordedEntry)),
    }),
  }));
  return {
    cells: ledgers.reduce((sum, { ledger }) => sum + ledger.cells.length, 0),
    open: ledgers.flatMap(({ id, ledger }) =>
      ledger.openCells.map(({ interviewId, insightId }) => ({
        studyId: id,
        interviewId,
        insightId,
      })),
    ),
    unknownStudies: [...cited].filter((id) => !known.has(id)),
    studyless: interviews.filter(({ studyId }) => studyId === null).map(({ id }) => id),
  };
}

function wordsOn(insight: DossierInsight, interviewOf: ReadonlyMap<string, string>) {
  const quotes = insight.entries.flatMap(({ quoteId, disposition }) => {
    const interviewId = quoteId === null ? undefined : interviewOf.get(quoteId);
    return interviewId === undefined ? [] : [{ interviewId, disposition }];
  });
  return { insightId: insight.id, quotes, askedIn: new Set<string>() };
}

function recordedEntry({ quoteId, interviewId, insightId, disposition, reason }: DossierEntry) {
  if (quoteId !== null || interviewId === null) return [];
  return [{ interviewId, insightId, disposition, exclusionReason: reason }];
}
