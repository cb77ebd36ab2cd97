import { CITING_SCOPES } from '../consent.js';
import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { recordConsent } from '../remedies.js';

/** Everybody cited allows their words to decide about the product and to be shown inside. */
export function consentMissing(gate: GateCase): Finding {
  const cited = new Set<string>();
  const missing = new Set<string>();
  const erased = new Set<string>();
  let pointer: string | undefined;
  for (const { participantId, participant, faults, pointer: at } of gate.testimonies) {
    if (participantId === null || participant?.kind === 'synthetic') continue;
    cited.add(participantId);
    if (!faults.has('CONSENT_MISSING')) continue;
    missing.add(participantId);
    if (participant?.erased === true) erased.add(participantId);
    pointer ??= at;
  }
  const isMet = missing.size === 0;
  const scopes = CITING_SCOPES.join(' and ');
  return finding(isMet ? 'met' : 'unmet', {
    code: 'CONSENT_MISSING',
    pointer: pointer ?? '/rationale',
    expected: cited.size,
    actual: cited.size - missing.size,
    subjects: [...missing],
    why: isMet
      ? 'Everybody cited has given consent that is in force.'
      : `${countOf(missing.size, 'cited person has', 'cited people have')} no consent in force for ${scopes}.${erasedNote(erased.size)}`,
    // Nothing can be asked of somebody who wanted to be forgotten.
    remedies: [...missing]
      .filter((id) => !erased.has(id))
      .map((id) => recordConsent(id, `scopes ${scopes}, givenAt, how, noticeVersion`)),
  });
}

function erasedNote(erased: number): string {
  if (erased === 0) return '';
  return ` ${countOf(erased, 'of them was', 'of them were')} erased: cite somebody else.`;
}
