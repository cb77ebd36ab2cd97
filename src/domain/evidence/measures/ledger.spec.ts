import fc from 'fast-check';
import { DISPOSITIONS, type Disposition } from '../dossier.js';
import {
  EXCLUSION_REASONS,
  isExclusionReason,
  type LedgerEntry,
  type LedgerInsight,
  proposeLedger,
} from './ledger.js';

const interviews = [
  { interviewId: 'i-1', participantIds: ['ann'] },
  { interviewId: 'i-2', participantIds: ['bob', 'eve'] },
];

function cellOf(
  insight: Partial<LedgerInsight>,
  entries: readonly Omit<LedgerEntry, 'interviewId' | 'insightId'>[] = [],
) {
  const ledger = proposeLedger({
    interviews: interviews.slice(0, 1),
    insights: [{ insightId: 'claim', quotes: [], askedIn: new Set(), ...insight }],
    entries: entries.map((entry) => ({ interviewId: 'i-1', insightId: 'claim', ...entry })),
  });
  expect(ledger.cells).toHaveLength(1);
  return ledger.cells[0];
}

const quotes = (...dispositions: Disposition[]) =>
  dispositions.map((disposition) => ({ interviewId: 'i-1', disposition }));

describe('proposeLedger without an entry', () => {
  it.each([
    [['supports'], 'supports'],
    [['supports', 'qualifies'], 'qualifies'],
    [['supports', 'contradicts', 'qualifies'], 'contradicts'],
    [['supports', 'supports'], 'supports'],
  ] as [Disposition[], Disposition][])('reads quotes that %j as %s', (said, disposition) => {
    const expected = { disposition, source: 'quotes', open: null };
    expect(cellOf({ quotes: quotes(...said) })).toMatchObject(expected);
    expect(cellOf({ quotes: quotes(...said.toReversed()) })).toMatchObject(expected);
  });

  it('proposes not_asked where no question concerned the claim, and wants it confirmed', () => {
    expect(cellOf({})).toEqual({
      interviewId: 'i-1',
      participantIds: ['ann'],
      insightId: 'claim',
      disposition: 'not_asked',
      source: 'questions',
      quotesSay: null,
      open: 'unconfirmed',
    });
  });

  it('leaves an interview that was asked unread', () => {
    expect(cellOf({ askedIn: new Set(['i-1']) })).toMatchObject({
      disposition: 'unread',
      source: 'questions',
      open: 'unread',
    });
  });

  it('does not read a stance off a quote that carries none', () => {
    const said = quotes('not_asked', 'unread', 'excluded', 'asked_not_mentioned');
    expect(cellOf({ quotes: said })).toMatchObject({ disposition: 'not_asked' });
  });

  it("does not read another interview's quotes", () => {
    const others = [{ interviewId: 'i-2', disposition: 'supports' as const }];
    expect(cellOf({ quotes: others })).toMatchObject({ disposition: 'not_asked' });
  });
});

describe('proposeLedger with an entry', () => {
  it.each([
    ['supports', undefined, null],
    ['contradicts', undefined, null],
    ['qualifies', undefined, null],
    ['asked_not_mentioned', undefined, null],
    ['not_asked', undefined, null],
    ['unread', undefined, 'unread'],
    ['excluded', 'duplicate_person', null],
    ['excluded', undefined, 'no_exclusion_reason'],
    ['excluded', null, 'no_exclusion_reason'],
    ['excluded', 'they were wrong', 'no_exclusion_reason'],
  ] as const)('%s with the reason %p is open: %p', (disposition, exclusionReason, open) => {
    const entry = {
      disposition,
      ...(exclusionReason === undefined ? {} : { exclusionReason }),
    };
    expect(cellOf({}, [entry])).toMatchObject({ disposition, source: 'recorded', open });
  });

  it('lets what a person recorded stand against the quotes, and shows them', () => {
    const entry = { disposition: 'supports' as const };
    expect(cellOf({ quotes: quotes('contradicts') }, [entry])).toMatchObject({
      disposition: 'supports',
      source: 'recorded',
      quotesSay: 'contradicts',
    });
  });

  it('takes the last of several', () => {
    const entries = [{ disposition: 'supports' as const }, { disposition: 'qualifies' as const }];
    expect(cellOf({}, entries)).toMatchObject({ disposition: 'qualifies' });
  });
});

describe('the ledger of several claims', () => {
  const insights: LedgerInsight[] = [
    { insightId: 'a', quotes: quotes('supports'), askedIn: new Set(['i-1', 'i-2']) },
    { insightId: 'b', quotes: [], askedIn: new Set() },
  ];

  it('has every interview by every claim and lists what is open', () => {
    const ledger = proposeLedger({ interviews, insights, entries: [] });
    expect(ledger.cells.map((one) => [one.interviewId, one.insightId, one.disposition])).toEqual([
      ['i-1', 'a', 'supports'],
      ['i-1', 'b', 'not_asked'],
      ['i-2', 'a', 'unread'],
      ['i-2', 'b', 'not_asked'],
    ]);
    expect(ledger.openCells.map(({ open }) => open)).toEqual([
      'unconfirmed',
      'unread',
      'unconfirmed',
    ]);
    expect(ledger.isComplete).toBe(false);
  });

  it('is complete once a person has looked at each open cell', () => {
    const { openCells } = proposeLedger({ interviews, insights, entries: [] });
    const entries = openCells.map(({ interviewId, insightId }) => ({
      interviewId,
      insightId,
      disposition: 'not_asked' as const,
    }));
    expect(proposeLedger({ interviews, insights, entries }).isComplete).toBe(true);
  });

  it('is complete where nothing is cited', () => {
    expect(proposeLedger({ interviews, insights: [], entries: [] })).toEqual({
      cells: [],
      openCells: [],
      isComplete: true,
    });
  });

  it('never closes a cell that nobody read, whatever is recorded', () => {
    const entry = fc.record({
      interviewId: fc.constantFrom('i-1', 'i-2'),
      insightId: fc.constantFrom('a', 'b'),
      disposition: fc.constantFrom(...DISPOSITIONS),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
        const ledger = proposeLedger({ interviews, insights, entries });
        expect(ledger.cells).toHaveLength(4);
        for (const cell of ledger.cells) {
          if (cell.disposition === 'unread') expect(cell.open).toBe('unread');
          if (cell.disposition === 'excluded') expect(cell.open).toBe('no_exclusion_reason');
        }
      }),
    );
  });
});

describe('isExclusionReason', () => {
  it('is a closed list of six', () => {
    expect(EXCLUSION_REASONS).toHaveLength(6);
    expect(EXCLUSION_REASONS.every(isExclusionReason)).toBe(true);
    expect(['', null, undefined, 'inconvenient'].some(isExclusionReason)).toBe(false);
  });
});
