import type { Dossier } from './dossier.js';
import type { EvidencePolicy } from './policies.js';
import type { Testimony } from './testimony.js';

/** One story may be an accident; a second shows that it happens. */
const STORIES_MIN = 2;

/** How many items that count must tell what happened: no more than the people a policy asks for. */
export function storiesNeeded({ people }: Pick<EvidencePolicy, 'people'>): number {
  return Math.min(STORIES_MIN, people);
}

/** What counts and tells of something that happened, or was watched happening. */
export function storiesAmong(
  counted: readonly Testimony[],
  dossier: Pick<Dossier, 'quotes'>,
): Testimony[] {
  const specific = new Set(
    dossier.quotes.filter(({ temporality }) => temporality === 'past_specific').map(({ id }) => id),
  );
  return counted.filter(
    ({ id, isQuote, directness }) => directness === 'observed' || (isQuote && specific.has(id)),
  );
}
