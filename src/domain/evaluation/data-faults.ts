import type { DataFault } from './health-report.js';

/** What a store may find wrong with its own sums; any of it makes the verdict `invalid`. */
const SENTENCES: Readonly<Record<string, string>> = {
  'state-differs-from-log':
    'The running sums differ from the log they were made of, so the numbers cannot be trusted: rebuild them.',
};

/** The fault in words; one that is not known here is a fault all the same. */
export function dataFaultOf(code: string): DataFault {
  const sentence = SENTENCES[code] ?? `The store of the sums reports a fault: ${code}.`;
  return { code, sentence };
}
