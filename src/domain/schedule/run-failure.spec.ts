import { keptFacts, noticeOfFailure, sentenceOfFailure } from './run-failure.js';

const day = (n: number) => ({ currency: 'EUR', date: `2026-01-0${n}` });
const rates = (count: number) => ({
  base: 'USD',
  missing: Array.from({ length: count }, (_, n) => day(n + 1)),
});

describe('what a failed run says', () => {
  it.each([
    ['exchange-rate-missing', rates(1), 'There is no exchange rate to USD for EUR on 2026-01-01.'],
    [
      'exchange-rate-missing',
      rates(5),
      'There is no exchange rate to USD for EUR on 2026-01-01, EUR on 2026-01-02, EUR on 2026-01-03 and 2 more.',
    ],
    ['exchange-rate-missing', {}, 'An exchange rate is missing.'],
    ['look-taken', {}, 'Another evaluation had just taken the same planned look.'],
    ['not-found', {}, 'The experiment had been archived before its turn came.'],
    ['workers-died', {}, 'Every process that began it ended before it was done.'],
    ['internal', {}, 'Something went wrong on our side; the log of the service says what.'],
    [
      'numbers-too-large',
      {},
      'The values of a metric are too large to be summed: look for events with an absurd value.',
    ],
    ['of-tomorrow', {}, 'The data could not be evaluated: of-tomorrow.'],
  ])('%s', (code, facts, sentence) => {
    expect(sentenceOfFailure({ code, facts })).toBe(sentence);
  });

  it.each([
    ['dates and currencies', rates(2), rates(2)],
    ['a bounded number of them', rates(200), { base: 'USD', missing: rates(100).missing }],
    [
      'nothing else',
      { base: 'USD', missing: [{ currency: 'EUR', date: 1 }], who: 'Ada' },
      { base: 'USD', missing: [] },
    ],
    ['nothing of other errors', { metric: 'clicks' }, {}],
  ])('keeps of the facts of an error %s', (_, facts, kept) => {
    expect(keptFacts(facts)).toEqual(kept);
  });

  it('is an episode for each kind of failure', () => {
    const notice = noticeOfFailure({ code: 'internal', facts: {} }, new Date(0), 3);
    expect(notice).toMatchObject({
      kind: 'evaluation_failed',
      subject: 'internal',
      facts: { code: 'internal', slotAt: '1970-01-01T00:00:00.000Z', attempts: 3 },
    });
  });
});
