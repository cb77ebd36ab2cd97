import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { decidePair } from '../remedies.js';

/** Nobody is left to be one person under two names; until a member decides, two such count as one. */
export function duplicateUndecided({ dossier }: GateCase): Finding {
  const pairs = dossier.undecidedPairs;
  const isMet = pairs.length === 0;
  return finding(isMet ? 'met' : 'warning', {
    code: 'DUPLICATE_UNDECIDED',
    pointer: '/rationale/insightIds',
    expected: 0,
    actual: pairs.length,
    subjects: pairs.flatMap(({ participantIds }) => participantIds),
    why: isMet
      ? 'No two of the people may be one.'
      : `${countOf(pairs.length, 'pair', 'pairs')} of participants may be one person under two names; each pair counts as one person until a member decides.`,
    remedies: pairs.map(({ id }) => decidePair(id)),
  });
}
