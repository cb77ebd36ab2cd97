import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { addQuote } from '../remedies.js';

/** A whole sentence that two people say word for word, apart from each other, is one person's at most. */
export function quoteForeign({ testimonies }: GateCase): Finding {
  const quotes = testimonies.filter(({ isQuote }) => isQuote);
  const foreign = quotes.filter(({ faults }) => faults.has('QUOTE_FOREIGN'));
  const isMet = foreign.length === 0;
  const interviews = new Set(foreign.map(({ interview }) => interview?.id));
  return finding(isMet ? 'met' : 'unmet', {
    code: 'QUOTE_FOREIGN',
    pointer: foreign[0]?.pointer ?? '/rationale',
    expected: quotes.length,
    actual: quotes.length - foreign.length,
    subjects: foreign.map(({ id }) => id),
    why: isMet
      ? 'No cited quote stands word for word in the words of somebody else.'
      : `${countOf(foreign.length, 'cited quote stands', 'cited quotes stand')} word for word in the words of another person too: it is not known whose it is.`,
    remedies: [...interviews].map((id) =>
      addQuote(id, 'turn, start, end (or text) of words that only this person said'),
    ),
  });
}
