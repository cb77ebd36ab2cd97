import type { Notice } from '../notices/notice.js';

/** Why a scheduled evaluation did not come about. */
export interface RunFailure {
  /** Code of the problem; `internal` where it is our fault. */
  code: string;
  facts: RunFailureFacts;
}

/** Dates and currencies only: what a failure says is kept, and shown to everybody. */
export interface RunFailureFacts {
  base?: string;
  missing?: readonly { currency: string; date: string }[];
}

/** Workers that died of the same slot: it is given up. */
export const WORKERS_DIED = 'workers-died';
/** More missing rates than these are counted. */
const RATES_NAMED_MAX = 3;
const RATES_KEPT_MAX = 100;

const SENTENCES: Readonly<Record<string, (facts: RunFailureFacts) => string>> = {
  'exchange-rate-missing': missingRates,
  'look-taken': () => 'Another evaluation had just taken the same planned look.',
  'not-found': () => 'The experiment had been archived before its turn came.',
  'numbers-too-large': () =>
    'The values of a metric are too large to be summed: look for events with an absurd value.',
  [WORKERS_DIED]: () => 'Every process that began it ended before it was done.',
  internal: () => 'Something went wrong on our side; the log of the service says what.',
};

/** What a failure says to people: one sentence, with what would help where somebody can help. */
export function sentenceOfFailure({ code, facts }: RunFailure): string {
  return SENTENCES[code]?.(facts) ?? `The data could not be evaluated: ${code}.`;
}

/** What may be kept of the facts of an error. */
export function keptFacts(facts: Readonly<Record<string, unknown>>): RunFailureFacts {
  const { base, missing } = facts;
  if (typeof base !== 'string' || !Array.isArray(missing)) return {};
  const named = (missing as unknown[]).flatMap((one) => {
    const { currency, date } = one as Record<string, unknown>;
    return typeof currency === 'string' && typeof date === 'string' ? [{ currency, date }] : [];
  });
  return { base, missing: named.slice(0, RATES_KEPT_MAX) };
}

/** The notice of a slot that was given up; one episode for each kind of failure. */
export function noticeOfFailure(failure: RunFailure, slotAt: Date, attempts: number): Notice {
  return {
    kind: 'evaluation_failed',
    subject: failure.code,
    severity: 'warning',
    sentence: `A scheduled evaluation failed. ${sentenceOfFailure(failure)}`,
    facts: { code: failure.code, slotAt: slotAt.toISOString(), attempts },
  };
}

function missingRates({ base, missing = [] }: RunFailureFacts): string {
  const named = missing
    .slice(0, RATES_NAMED_MAX)
    .map(({ currency, date }) => `${currency} on ${date}`)
    .join(', ');
  const more = missing.length - RATES_NAMED_MAX;
  if (base === undefined || named === '') return 'An exchange rate is missing.';
  return `There is no exchange rate to ${base} for ${named}${more > 0 ? ` and ${more} more` : ''}.`;
}
