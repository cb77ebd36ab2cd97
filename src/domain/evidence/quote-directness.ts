import type { Audience } from '../experiments/definition.js';
import { directnessOf } from './directness.js';
import type { Directness, Dossier } from './dossier.js';
import type { EvidencePolicy } from './policies.js';

/**
 * How near each quote of a dossier is to what the audience lives through, by quote id: a page that
 * shows voices must not show a sales rep's report like a buyer's own words. Quotes whose interview
 * or speaker is missing are left out.
 */
export function quoteDirectness(
  dossier: Dossier,
  audience: Audience,
  policy: Pick<EvidencePolicy, 'eventLagDays'>,
): ReadonlyMap<string, Directness> {
  const found = new Map<string, Directness>();
  for (const quote of dossier.quotes) {
    const interview = dossier.interviews.find(({ id }) => id === quote.interviewId);
    const participant = dossier.participants.find(({ id }) => id === quote.participantId);
    if (interview === undefined || participant === undefined) continue;
    const { observations } = dossier;
    found.set(quote.id, directnessOf({ participant, interview, audience, policy, observations }));
  }
  return found;
}
