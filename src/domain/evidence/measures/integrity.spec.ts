import fc from 'fast-check';
import { INTEGRITY_CODES, type IntegrityFacts } from './integrity-facts.js';
import { inspectIntegrity } from './integrity.js';

const day = (days: number, hours = 0): Date => new Date(Date.UTC(2026, 4, 1 + days, hours));

const nothing: IntegrityFacts = {
  interviews: [],
  rationales: [],
  duplicatePairs: [],
  launches: [],
  policyChanges: [],
  gatePasses: [],
};

const findingsOf = (change: Partial<IntegrityFacts>) =>
  inspectIntegrity({ ...nothing, ...change }).findings;

const loosened = { changeId: 'c-1', changedBy: 'member-1', at: day(0), loosened: true };
const pass = (at: Date, passedBy = 'member-1') => ({ decisionId: 'd-1', passedBy, at });

describe('inspectIntegrity', () => {
  it('finds nothing where there is nothing, and says what could not be judged', () => {
    expect(inspectIntegrity(nothing)).toMatchObject({
      findings: [],
      newPeople: { share: null },
      peopleAtMinimum: { ok: false, reason: 'too-few' },
    });
  });

  it('names pairs that nobody decided', () => {
    const duplicatePairs = [
      { one: 'p-2', other: 'p-1', decided: false },
      { one: 'p-3', other: 'p-4', decided: true },
    ];
    expect(findingsOf({ duplicatePairs })).toEqual([
      {
        code: 'DUPLICATES_UNDECIDED',
        severity: 'look',
        subjects: ['p-1', 'p-2'],
        sentence: 'These two may be one person, and nobody has decided it.',
      },
    ]);
  });

  it('names launches that only the author acknowledged', () => {
    const launches = [
      { experimentId: 'e-1', acknowledgedAlone: true },
      { experimentId: 'e-2', acknowledgedAlone: false },
    ];
    expect(findingsOf({ launches })).toMatchObject([
      { code: 'ACKNOWLEDGED_ALONE', severity: 'note', subjects: ['e-1'] },
    ]);
  });

  it.each([
    ['at once by the same member', loosened, pass(day(0)), 'look'],
    ['on the seventh day', loosened, pass(day(7)), 'look'],
    ['after seven days', loosened, pass(day(7, 1)), null],
    ['before it', loosened, pass(day(-1)), null],
    ['by somebody else', loosened, pass(day(3), 'member-2'), 'note'],
    ['after it was made stricter', { ...loosened, loosened: false }, pass(day(1)), null],
  ])('reads a gate passed %s', (_name, change, gatePass, severity) => {
    const findings = findingsOf({ policyChanges: [change], gatePasses: [gatePass] });
    expect(findings.map((one) => one.severity)).toEqual(severity === null ? [] : [severity]);
    for (const one of findings) {
      expect(one).toMatchObject({ code: 'POLICY_LOOSENED_THEN_USED', subjects: ['c-1', 'd-1'] });
    }
  });

  it('has the same order whatever order the facts come in', () => {
    const interviews = Array.from({ length: 9 }, (_, at) => ({
      interviewId: `i-${at}`,
      authorId: 'member-1',
      heldBy: 'researcher',
      isLive: true,
      endedAt: day(0),
      ingestedAt: day(40),
      words: 4000,
      durationMs: 600_000,
      turnWordCounts: [1, 2, 3, 4, 5, 6, 7, 8],
      producedBy: 'ai' as const,
      hasRecording: false,
    }));
    const rationales = Array.from({ length: 9 }, (_, at) => ({
      rationaleId: `r-${at}`,
      authorId: 'member-1',
      readyAt: day(at),
      peopleMin: 3,
      peopleCounted: 3,
      people: ['ann', 'bob', 'eve'],
      quoteIds: ['q-1', 'q-2'],
      interviewerIds: ['member-1'],
      coderIds: ['member-1'],
      conflicted: ['ann'],
      recruitedByAuthor: ['bob'],
    }));
    const facts: IntegrityFacts = {
      interviews,
      rationales,
      duplicatePairs: [{ one: 'ann', other: 'bob', decided: false }],
      launches: [{ experimentId: 'e-1', acknowledgedAlone: true }],
      policyChanges: [loosened],
      gatePasses: [pass(day(1))],
    };
    const report = inspectIntegrity(facts);
    const codes = [...new Set(report.findings.map(({ code }) => code))];
    expect(codes).toEqual(INTEGRITY_CODES);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(interviews, { minLength: 9 }),
        fc.shuffledSubarray(rationales, { minLength: 9 }),
        (shuffled, mixed) => {
          expect(inspectIntegrity({ ...facts, interviews: shuffled, rationales: mixed })).toEqual(
            report,
          );
        },
      ),
    );
  });
});
