import type { BuyingRole } from '../dossier.js';
import { finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { recordInterview } from '../remedies.js';
import { type BuyingPart, unheardParts } from '../roles-heard.js';

/** Where several people buy, those who use it and those who decide were both asked. */
export function roleGap(gate: GateCase): Finding {
  const unheard = unheardIn(gate, ['uses', 'decides']);
  const isMet = unheard.length === 0;
  return finding(isMet ? 'met' : 'warning', {
    code: 'ROLE_GAP',
    pointer: '/rationale/insightIds',
    expected: 'somebody who uses it and somebody who decides',
    actual: rolesHeard(gate),
    why: isMet
      ? metWhy(gate, 'Those who use it and those who decide were both asked.')
      : `Nobody was asked who ${unheard.join(', and nobody who ')}: in a purchase by several people each sees another part.`,
    remedies: [recordInterview('a person whose buyingRoles are missing so far')],
  });
}

/** Whoever starts the search decides what is looked for. */
export function initiatorUnheard(gate: GateCase): Finding {
  const isMet = unheardIn(gate, ['starts']).length === 0;
  return finding(isMet ? 'met' : 'warning', {
    code: 'INITIATOR_UNHEARD',
    pointer: '/rationale/insightIds',
    expected: 'initiator' satisfies BuyingRole,
    actual: rolesHeard(gate),
    why: isMet
      ? metWhy(gate, 'Somebody who starts such a purchase was asked.')
      : 'Nobody was asked who starts such a purchase: often a junior whom sales and support never meet.',
    remedies: [recordInterview('a person with buyingRoles: initiator')],
  });
}

function unheardIn({ project, ledger }: GateCase, parts: readonly BuyingPart[]): BuyingPart[] {
  if (project.market !== 'b2b') return [];
  return unheardParts(ledger.roles).filter((part) => parts.includes(part));
}

function metWhy({ project }: GateCase, sentence: string): string {
  return project.market === 'b2b' ? sentence : 'People buy for themselves here.';
}

function rolesHeard({ ledger }: GateCase): string {
  return [...ledger.roles].toSorted().join(', ') || 'none';
}
