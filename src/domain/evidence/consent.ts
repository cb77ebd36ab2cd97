import type { ConsentScope, DossierConsent, DossierParticipant } from './dossier.js';

/** Without both, a person's words may not be the reason for a test or stand on its page. */
export const CITING_SCOPES: readonly ConsentScope[] = ['product_decisions', 'quote_internal'];

/** Given, not withdrawn, and inside its retention at `now`. */
function isConsentActive(consent: DossierConsent, now: Date): boolean {
  if (consent.withdrawnAt !== null || consent.givenAt > now) return false;
  return consent.retainUntil === null || now < consent.retainUntil;
}

/** Which of the scopes no active consent covers; several consents may cover them together. */
export function missingScopes(
  participant: Pick<DossierParticipant, 'consents' | 'erased'>,
  scopes: readonly ConsentScope[],
  now: Date,
): ConsentScope[] {
  if (participant.erased) return [...scopes];
  const active = participant.consents.filter((consent) => isConsentActive(consent, now));
  return scopes.filter((scope) => !active.some((consent) => consent.scopes.includes(scope)));
}
