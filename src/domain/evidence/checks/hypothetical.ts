import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { addQuote } from '../remedies.js';
import { storiesAmong, storiesNeeded } from '../stories-told.js';

/** Some of what counts tells of something that happened: what people would do, they seldom do. */
export function hypotheticalOnly(gate: GateCase): Finding {
  const counted = gate.people.testimonies;
  const needed = storiesNeeded(gate.policy);
  const told = storiesAmong(counted, gate.dossier);
  const isMet = told.length >= needed;
  const vague = counted.filter((testimony) => !told.includes(testimony));
  return finding(isMet ? 'met' : 'unmet', {
    code: 'HYPOTHETICAL_ONLY',
    pointer: vague[0]?.pointer ?? '/rationale/insightIds',
    expected: needed,
    actual: told.length,
    subjects: isMet ? [] : vague.map(({ id }) => id),
    why: isMet
      ? `${countOf(told.length, 'item')} that count tell of something that happened or was watched.`
      : `${countOf(told.length, 'item')} of the ${needed} needed tell of something that happened or was watched; the rest are habits, opinions or of no stated kind.`,
    remedies: [
      addQuote(
        vague[0]?.interview?.id,
        'a span in which the person tells what happened, with temporality: past_specific',
      ),
    ],
  });
}
