import type { RationaleTrace } from './integrity-facts.js';
import { inspectRationales } from './rationale-integrity.js';

let number = 0;
/** A rationale nobody would wonder about: its own people and quotes, one above the minimum. */
function trace(change: Partial<RationaleTrace> = {}): RationaleTrace {
  number += 1;
  const own = (what: string, count: number): string[] =>
    Array.from({ length: count }, (_, at) => `${what}-${number}-${at}`);
  return {
    rationaleId: `r-${String(number).padStart(2, '0')}`,
    authorId: 'member-1',
    readyAt: new Date(Date.UTC(2026, 0, number)),
    peopleMin: 3,
    peopleCounted: 4,
    people: own('person', 4),
    quoteIds: own('quote', 4),
    interviewerIds: ['member-1', 'member-2'],
    coderIds: ['member-1'],
    conflicted: [],
    recruitedByAuthor: [],
    ...change,
  };
}

const times = (count: number, change: Partial<RationaleTrace> = {}): RationaleTrace[] =>
  Array.from({ length: count }, () => trace(change));

beforeEach(() => {
  number = 0;
});

describe('inspectRationales', () => {
  it('finds nothing in ordinary ones, nor in none', () => {
    const report = inspectRationales(times(12));
    expect(report.findings).toEqual([]);
    expect(report.newPeople).toEqual({ counted: 48, fresh: 48, share: 1 });
    expect(report.peopleAtMinimum).toMatchObject({ ok: true, isSpike: false });
    expect(inspectRationales([])).toMatchObject({
      findings: [],
      newPeople: { counted: 0, fresh: 0, share: null },
      peopleAtMinimum: { ok: false, reason: 'too-few' },
    });
  });

  it('sees that all stop at the minimum, whoever else is cited and does not count', () => {
    const hugging = times(8, { peopleCounted: 3 });
    const [finding] = inspectRationales(hugging).findings;
    expect(finding).toMatchObject({ code: 'PEOPLE_AT_THE_MINIMUM', severity: 'look' });
    expect(finding?.subjects).toHaveLength(8);
  });

  it.each([
    [3, []],
    [4, ['note']],
    [5, ['note']],
    [6, ['look']],
  ])('one quote in %i rationales: %j', (count, severities) => {
    const { findings } = inspectRationales([...times(count, { quoteIds: ['q', 'q'] }), trace()]);
    expect(findings.map(({ severity }) => severity)).toEqual(severities);
    for (const { code, subjects } of findings) {
      expect(code).toBe('QUOTES_REUSED');
      expect(subjects).toHaveLength(count + 1);
      expect(subjects[0]).toBe('q');
    }
  });

  it('counts people that an earlier rationale had, by time and not by order', () => {
    const first = trace({ people: ['ann', 'bob', 'eve', 'joe'] });
    const half = trace({ people: ['ann', 'bob', 'kim', 'lea'] });
    const few = trace({ people: ['ann', 'bob', 'eve', 'max'] });
    const { findings, newPeople } = inspectRationales([few, half, first]);
    expect(newPeople).toEqual({ counted: 12, fresh: 7, share: 7 / 12 });
    expect(findings).toEqual([
      {
        code: 'FEW_NEW_PEOPLE',
        severity: 'note',
        subjects: [few.rationaleId],
        sentence: 'Of the 4 people it cites, 1 had not been cited before.',
      },
    ]);
  });

  it('does not depend on the order of rationales of the same instant', () => {
    const same = { readyAt: new Date(Date.UTC(2026, 0, 1)), people: ['ann', 'bob', 'eve', 'joe'] };
    const both = times(2, same);
    expect(inspectRationales(both.toReversed())).toEqual(inspectRationales(both));
    expect(inspectRationales(both).findings.flatMap(({ subjects }) => subjects)).toEqual(['r-02']);
  });

  it.each([
    ['the author did all of it', ['member-1'], ['member-1'], ['SELF_INTERVIEW_ONLY']],
    ['somebody else held one', ['member-1', 'member-2'], ['member-1'], []],
    ['somebody else coded', ['member-1'], ['member-2'], []],
    ['one other did all but citing', ['member-2'], ['member-2'], []],
    ['it is not known who held them', [], ['member-1'], []],
    ['nobody coded', ['member-1'], [], []],
  ])('where %s', (_name, interviewerIds, coderIds, expected) => {
    const { findings } = inspectRationales([trace({ interviewerIds, coderIds })]);
    expect(findings.map(({ code }) => code)).toEqual(expected);
  });

  it('names conflicts and who was recruited by the author', () => {
    const { findings } = inspectRationales([
      trace({ conflicted: ['ann'], recruitedByAuthor: ['bob', 'eve'] }),
    ]);
    expect(findings).toEqual([
      {
        code: 'CONFLICTED_PEOPLE',
        severity: 'look',
        subjects: ['r-01', 'ann'],
        sentence: '1 person with a conflict of interest is cited for it.',
      },
      {
        code: 'RECRUITED_BY_AUTHOR',
        severity: 'note',
        subjects: ['r-01', 'bob', 'eve'],
        sentence: 'Its author recruited 2 people of those it cites.',
      },
    ]);
  });
});
