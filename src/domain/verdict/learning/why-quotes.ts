import { CITING_SCOPES, missingScopes } from '../../evidence/consent.js';
import type { Dossier } from '../../evidence/dossier.js';
import { BECAUSE_PARTS, type Rationale } from '../../experiments/definition.js';

/** Quotes beside the numbers: what may be said with them, and what they may not be taken for. */

export interface WhyQuote {
  id: string;
  /** A person's readable words, with consent, today. */
  inForce: boolean;
  /** Heard after the launch: an explanation of the result, never the reason for the test. */
  postHoc: boolean;
}

/** Quotes of a `why`, in the order they were named; a quote that does not exist is not in force. */
export function readWhyQuotes(
  quoteIds: readonly string[],
  dossier: Pick<Dossier, 'quotes' | 'interviews' | 'participants'>,
  { launchedAt, now }: { launchedAt: Date; now: Date },
): WhyQuote[] {
  return [...new Set(quoteIds)].map((id) => ({
    id,
    inForce: isInForce(id, dossier, now),
    postHoc: isHeardAfter(id, dossier, launchedAt),
  }));
}

/**
 * Quotes that the frozen reason names although their words reached the server after the launch.
 * The server's clock decides; what a chain's link is supported by may be an experiment instead.
 */
export function quotesAfterLaunch(
  rationale: Rationale | undefined,
  dossier: Pick<Dossier, 'quotes' | 'interviews'>,
  launchedAt: Date,
): string[] {
  return quotesOfReason(rationale).filter((id) => {
    const ingestedAt = interviewOf(id, dossier)?.ingestedAt ?? null;
    return ingestedAt !== null && ingestedAt > launchedAt;
  });
}

/** Every quote that the parts of the because and the links of the chain name, once. */
export function quotesOfReason(rationale: Rationale | undefined): string[] {
  const parts = BECAUSE_PARTS.flatMap((part) => rationale?.because?.[part]?.quoteIds ?? []);
  const links = (rationale?.chain ?? []).flatMap(({ support }) => support ?? []);
  return [...new Set([...parts, ...links])];
}

function isInForce(
  id: string,
  dossier: Pick<Dossier, 'quotes' | 'interviews' | 'participants'>,
  now: Date,
): boolean {
  const quote = dossier.quotes.find((candidate) => candidate.id === id);
  const person = dossier.participants.find((one) => one.id === quote?.participantId);
  if (quote === undefined || person === undefined || person.kind === 'synthetic') return false;
  const isReadable = quote.exact !== null && quote.turnText !== null;
  return isReadable && missingScopes(person, CITING_SCOPES, now).length === 0;
}

/** `endedAt` is a claim of whoever recorded the talk, so words that came later count as later too. */
function isHeardAfter(
  id: string,
  dossier: Pick<Dossier, 'quotes' | 'interviews'>,
  launchedAt: Date,
): boolean {
  const interview = interviewOf(id, dossier);
  if (interview === undefined) return false;
  const { endedAt, ingestedAt } = interview;
  return endedAt > launchedAt || ingestedAt === null || ingestedAt > launchedAt;
}

function interviewOf(id: string, dossier: Pick<Dossier, 'quotes' | 'interviews'>) {
  const quote = dossier.quotes.find((candidate) => candidate.id === id);
  return dossier.interviews.find((one) => one.id === quote?.interviewId);
}
