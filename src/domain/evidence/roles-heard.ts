import type { BuyingRole } from './dossier.js';

/** Parts of a purchase by several people; each is somebody else's experience of the same change. */
const BUYING_PARTS = ['starts', 'uses', 'decides'] as const;
export type BuyingPart = (typeof BUYING_PARTS)[number];

/**
 * Roles that can speak for a part. Whoever recommends or guards the door has seen it and lives no part
 * of it; somebody who buys alone lives all of it.
 */
const SPEAKERS: Readonly<Record<BuyingPart, readonly BuyingRole[]>> = {
  starts: ['initiator', 'single_buyer'],
  uses: ['user', 'single_buyer'],
  decides: ['decider', 'approver', 'buyer', 'single_buyer'],
};

/** The parts of a purchase for which nobody who was asked can speak. */
export function unheardParts(heard: ReadonlySet<BuyingRole>): BuyingPart[] {
  return BUYING_PARTS.filter((part) => !SPEAKERS[part].some((role) => heard.has(role)));
}
