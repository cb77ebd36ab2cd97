import { isRetentionTooLong, personRetentionEnd, retentionEnd } from './retention.js';

const day = (date: string) => new Date(`${date}T00:00:00Z`);

function aConsent(changes: { given?: string; withdrawn?: string; until?: string } = {}) {
  return {
    givenAt: day(changes.given ?? '2026-01-01'),
    withdrawnAt: changes.withdrawn === undefined ? null : day(changes.withdrawn),
    retainUntil: changes.until === undefined ? null : day(changes.until),
  };
}

describe('the end of a consent’s retention', () => {
  it('is the date it names', () => {
    expect(retentionEnd(aConsent({ until: '2026-06-01' }), 730)).toEqual(day('2026-06-01'));
  });

  it('is the project’s number of days after it was given, where it names none', () => {
    expect(retentionEnd(aConsent(), 10)).toEqual(day('2026-01-11'));
  });
});

describe('when a person’s words must go', () => {
  it.each([
    ['nobody has said until when', [], null],
    [
      'one consent with a date',
      [aConsent({ until: '2026-03-01' })],
      { at: day('2026-03-01'), why: 'retention_ended' },
    ],
    ['one without', [aConsent()], { at: day('2026-04-11'), why: 'retention_ended' }],
    [
      'withdrawn: 30 days later',
      [aConsent({ withdrawn: '2026-02-01' })],
      { at: day('2026-03-03'), why: 'consent_withdrawn' },
    ],
    [
      'withdrawn just before its retention ends anyway',
      [aConsent({ withdrawn: '2026-02-20', until: '2026-03-01' })],
      { at: day('2026-03-01'), why: 'retention_ended' },
    ],
    [
      'the last of several counts',
      [aConsent({ until: '2026-02-01' }), aConsent({ until: '2026-05-01' })],
      { at: day('2026-05-01'), why: 'retention_ended' },
    ],
    [
      'one withdrawn, one that holds',
      [aConsent({ withdrawn: '2026-01-02' }), aConsent({ until: '2026-05-01' })],
      { at: day('2026-05-01'), why: 'retention_ended' },
    ],
    [
      'all withdrawn: after the last',
      [aConsent({ withdrawn: '2026-01-02' }), aConsent({ withdrawn: '2026-02-01' })],
      { at: day('2026-03-03'), why: 'consent_withdrawn' },
    ],
  ])('%s', (_, consents, expected) => {
    expect(personRetentionEnd(consents, 100)).toEqual(expected);
  });
});

describe('a retention of more than ten years', () => {
  it.each([
    ['2036-03-01', false],
    ['2036-03-02', true],
    ['2076-03-01', true],
  ])('until %s: %s', (until, expected) => {
    expect(isRetentionTooLong(day(until), day('2026-03-01'))).toBe(expected);
  });

  it('a leap day ends on the day after', () => {
    expect(isRetentionTooLong(day('2038-03-01'), day('2028-02-29'))).toBe(false);
    expect(isRetentionTooLong(day('2038-03-02'), day('2028-02-29'))).toBe(true);
  });
});
