import { inspectInterviews } from './interview-integrity.js';
import type { InterviewTrace } from './integrity-facts.js';

const at = (minutes: number): Date => new Date(Date.UTC(2026, 2, 2, 9, minutes));

let number = 0;
/** An interview nobody would wonder about, unlike any other in its lengths. */
function trace(change: Partial<InterviewTrace> = {}): InterviewTrace {
  number += 1;
  return {
    interviewId: `i-${String(number).padStart(3, '0')}`,
    authorId: 'member-1',
    heldBy: `researcher ${number}`,
    isLive: true,
    endedAt: at(number * 600),
    ingestedAt: at(number * 600 + 90),
    words: 5000,
    durationMs: 45 * 60_000 + number,
    turnWordCounts: Array.from({ length: 20 }, (_, turn) => ((turn * 37 + number * 101) % 97) + 1),
    producedBy: 'human',
    hasRecording: true,
    ...change,
  };
}

beforeEach(() => {
  number = 0;
});

/** Interviews of one author that ended at these minutes. */
const endedAt = (minutes: readonly number[], change: Partial<InterviewTrace> = {}) =>
  minutes.map((minute) => trace({ endedAt: at(minute), ...change }));

const codes = (interviews: readonly InterviewTrace[]): string[] =>
  inspectInterviews(interviews).map(({ code }) => code);

describe('inspectInterviews', () => {
  it('finds nothing in ordinary ones, nor in none', () => {
    expect(inspectInterviews(Array.from({ length: 30 }, () => trace()))).toEqual([]);
    expect(inspectInterviews([])).toEqual([]);
  });

  it.each([
    ['six within an hour', [0, 10, 20, 30, 40, 60], [6]],
    ['five within an hour', [0, 10, 20, 30, 40], []],
    ['six in a minute over an hour', [0, 10, 20, 30, 40, 61], []],
    ['overlapping stretches as one', [0, 10, 20, 30, 40, 50, 65, 75], [8]],
    ['stretches that share one as one', [0, 1, 2, 3, 4, 60, 116, 117, 118, 119, 120], [11]],
    ['two stretches apart', [0, 1, 2, 3, 4, 5, 300, 301, 302, 303, 304, 305, 306], [6, 7]],
  ])('reads %s', (_name, minutes, sizes) => {
    const bursts = inspectInterviews(endedAt(minutes.toReversed()));
    expect(bursts.map(({ subjects }) => subjects.length)).toEqual(sizes);
    for (const one of bursts) {
      expect(one).toMatchObject({ code: 'INTERVIEWS_IN_A_BURST', severity: 'look' });
    }
  });

  it('lets several members be busy in the same hour', () => {
    const both = ['member-1', 'member-2'].flatMap((authorId) =>
      endedAt([0, 10, 20, 30, 40], { authorId }),
    );
    expect(codes(both)).toEqual([]);
  });

  it('takes a pile of written answers for a note, not for talks that cannot have been', () => {
    const survey = endedAt([0, 1, 2, 3, 4, 5], { isLive: false, ingestedAt: at(10) });
    expect(inspectInterviews(survey)).toEqual([
      {
        code: 'INGESTED_IN_A_BURST',
        severity: 'note',
        subjects: survey.map(({ interviewId }) => interviewId),
        sentence: 'One member brought in 6 interviews within about an hour.',
      },
    ]);
  });

  it.each([
    [
      'one after the other',
      [
        [0, 30],
        [30, 60],
        [60, 90],
      ],
      [],
    ],
    [
      'what calendars round',
      [
        [0, 30],
        [25, 55],
      ],
      [],
    ],
    [
      'two at once',
      [
        [0, 30],
        [24, 54],
      ],
      [2],
    ],
    [
      'a short one within another',
      [
        [0, 60],
        [10, 12],
      ],
      [2],
    ],
    [
      'a chain of them as one',
      [
        [0, 30],
        [20, 50],
        [40, 70],
        [200, 230],
      ],
      [3],
    ],
    [
      'one that outlasts the next',
      [
        [0, 90],
        [10, 20],
        [60, 95],
      ],
      [3],
    ],
    [
      'two stretches apart',
      [
        [0, 30],
        [10, 40],
        [100, 130],
        [110, 140],
      ],
      [2, 2],
    ],
  ] as [string, [number, number][], number[]][])('reads the times: %s', (_name, spans, sizes) => {
    const held = spans.map(([from, to], index) =>
      trace({
        heldBy: 'researcher',
        endedAt: at(to),
        durationMs: (to - from) * 60_000,
        words: 50 + index,
      }),
    );
    const overlaps = inspectInterviews(held.toReversed());
    expect(overlaps.map(({ code, severity }) => [code, severity])).toEqual(
      sizes.map(() => ['INTERVIEWS_OVERLAP', 'look']),
    );
    expect(overlaps.map(({ subjects }) => subjects.length)).toEqual(sizes);
  });

  it.each([
    ['two interviewers', { heldBy: 'another' }],
    ['written answers', { isLive: false }],
    ['unknown lengths', { durationMs: null }],
  ])('lets %s be at one time', (_name, change) => {
    const one = { heldBy: 'researcher', endedAt: at(0) };
    expect(codes([trace(one), trace({ ...one, ...change })])).toEqual([]);
  });

  const rhythm = [3, 120, 9, 240, 4, 88, 12, 301];

  it.each([
    ['the same lengths turn by turn', { turnWordCounts: rhythm }, ['IDENTICAL_RHYTHM']],
    ['too few turns to tell', { turnWordCounts: rhythm.slice(0, 7) }, []],
    ['the same words, turns and milliseconds', { durationMs: 2_000_000 }, ['IDENTICAL_RHYTHM']],
    ['the same words without a duration', { durationMs: null }, []],
  ])('compares %s', (_name, change, expected) => {
    const alike = [trace(change), trace(), trace(change)];
    expect(codes(alike)).toEqual(expected);
    const subjects = inspectInterviews(alike).flatMap((one) => one.subjects);
    expect(subjects).toEqual(expected.length === 0 ? [] : ['i-001', 'i-003']);
  });

  it('names a group once that is alike in both ways', () => {
    const change = { turnWordCounts: rhythm, durationMs: 2_000_000 };
    expect(codes([trace(change), trace(change)])).toEqual(['IDENTICAL_RHYTHM']);
  });

  it.each([
    ['300 words a minute', { words: 3000, durationMs: 600_000 }, []],
    ['over 300', { words: 3001, durationMs: 600_000 }, ['TOO_FAST_TO_SPEAK']],
    ['no time at all', { durationMs: 0 }, ['TOO_FAST_TO_SPEAK']],
    ['an unknown duration', { durationMs: null }, []],
    ['a few words in a second', { words: 99, durationMs: 1000 }, []],
    ['enough words in a second', { words: 100, durationMs: 1000 }, ['TOO_FAST_TO_SPEAK']],
    ['written words', { words: 3001, durationMs: 1000, isLive: false }, []],
    ['30 days before it came in', { endedAt: at(0), ingestedAt: at(30 * 1440) }, []],
    ['over 30 days', { endedAt: at(0), ingestedAt: at(30 * 1440 + 1) }, ['INGESTED_LATE']],
    ['no words yet', { endedAt: at(0), ingestedAt: null }, []],
    ['a recording behind what a model wrote', { producedBy: 'ai' }, []],
    [
      'no recording behind it',
      { producedBy: 'ai', hasRecording: false },
      ['AI_TRANSCRIPT_WITHOUT_RECORDING'],
    ],
    ['no recording behind what a person wrote', { hasRecording: false }, []],
  ] as [string, Partial<InterviewTrace>, string[]][])('judges %s', (_name, change, expected) => {
    expect(codes([trace(change)])).toEqual(expected);
  });

  it('says how late', () => {
    const [finding] = inspectInterviews([trace({ endedAt: at(0), ingestedAt: at(45 * 1440) })]);
    expect(finding?.sentence).toBe('Its words came in 45 days after it is said to have ended.');
  });
});
