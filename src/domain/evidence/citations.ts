import { BECAUSE_PARTS, type Rationale } from '../experiments/definition.js';
import type { Dossier, DossierEntry, DossierInsight } from './dossier.js';

/** A quote the rationale rests on, with the first place of the body that leads to it. */
export interface CitedQuote {
  quoteId: string;
  pointer: string;
  /** Attached to a cited insight as support; only such quotes speak for people. */
  supports: boolean;
}

/** Something watched that supports a cited insight. */
export interface CitedObservation {
  interviewId: string;
  participantId: string;
  pointer: string;
}

export interface CitedInsight {
  insight: DossierInsight;
  pointer: string;
}

export interface Citations {
  insights: readonly CitedInsight[];
  /** Ids in the rationale that no insight has, with their pointers. */
  unknownInsights: readonly { id: string; pointer: string }[];
  quotes: readonly CitedQuote[];
  observations: readonly CitedObservation[];
}

/**
 * Everything a rationale cites: the supports of its insights, the quotes its because names, and the
 * supports of its chain. What supports a link that rests on something else than interviews may be
 * an experiment, so there an id counts as a quote only when one has it.
 */
export function citationsOf(rationale: Rationale, dossier: Dossier): Citations {
  const insights: CitedInsight[] = [];
  const unknownInsights: { id: string; pointer: string }[] = [];
  for (const [index, id] of (rationale.insightIds ?? []).entries()) {
    const pointer = `/rationale/insightIds/${index}`;
    const insight = dossier.insights.find((candidate) => candidate.id === id);
    if (insight === undefined) unknownInsights.push({ id, pointer });
    else if (!insights.some((cited) => cited.insight.id === id))
      insights.push({ insight, pointer });
  }
  const supports = insights.flatMap(({ insight, pointer }) =>
    insight.entries
      .filter((entry) => entry.disposition === 'supports')
      .map((entry) => ({ entry, pointer })),
  );
  return {
    insights,
    unknownInsights,
    quotes: citedQuotes(rationale, dossier, supports),
    observations: citedObservations(dossier, supports),
  };
}

type Support = { entry: DossierEntry; pointer: string };

function citedQuotes(
  rationale: Rationale,
  dossier: Dossier,
  supports: readonly Support[],
): CitedQuote[] {
  const quotes = new Map<string, CitedQuote>();
  for (const { entry, pointer } of supports) {
    if (entry.quoteId === null || quotes.has(entry.quoteId)) continue;
    quotes.set(entry.quoteId, { quoteId: entry.quoteId, pointer, supports: true });
  }
  for (const { quoteId, pointer } of quotesNamedIn(rationale, dossier)) {
    // The place where the author named the quote is easier to find than the insight it hangs on.
    const known = quotes.get(quoteId);
    if (known === undefined) quotes.set(quoteId, { quoteId, pointer, supports: false });
    else if (known.pointer.startsWith('/rationale/insightIds/')) known.pointer = pointer;
  }
  return [...quotes.values()];
}

function quotesNamedIn(
  rationale: Rationale,
  dossier: Dossier,
): { quoteId: string; pointer: string }[] {
  const named: { quoteId: string; pointer: string }[] = [];
  for (const part of BECAUSE_PARTS) {
    for (const [index, quoteId] of (rationale.because?.[part]?.quoteIds ?? []).entries()) {
      named.push({ quoteId, pointer: `/rationale/because/${part}/quoteIds/${index}` });
    }
  }
  for (const [linkIndex, link] of (rationale.chain ?? []).entries()) {
    for (const [index, quoteId] of (link.support ?? []).entries()) {
      const exists = dossier.quotes.some((quote) => quote.id === quoteId);
      if (!exists && link.basis !== 'interview') continue;
      named.push({ quoteId, pointer: `/rationale/chain/${linkIndex}/support/${index}` });
    }
  }
  return named;
}

function citedObservations(dossier: Dossier, supports: readonly Support[]): CitedObservation[] {
  const cited = new Map<string, CitedObservation>();
  for (const { entry, pointer } of supports) {
    if (entry.interviewId === null || entry.quoteId !== null) continue;
    for (const seen of dossier.observations) {
      if (seen.interviewId !== entry.interviewId) continue;
      const { interviewId, participantId } = seen;
      cited.set(JSON.stringify([interviewId, participantId]), {
        interviewId,
        participantId,
        pointer,
      });
    }
  }
  return [...cited.values()];
}
