import { countOf } from './count-of.js';
import type { IntegrityCode, IntegrityFinding, InterviewTrace } from './integrity-facts.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Nobody ends more conversations than this in an hour. */
export const BURST_MAX = 5;
/** Calendars are rounded and talks run over: so much of two may be at one time. */
export const OVERLAP_MINUTES_MAX = 5;
/** Far above the pace of a conversation: such a text was not spoken. */
export const WORDS_PER_MINUTE_MAX = 300;
/** A rate over a few seconds says nothing. */
const RATED_WORDS_MIN = 100;
/** After so long nobody can say what supports the stated date. */
export const INGESTION_GAP_DAYS_MAX = 30;
/** With this many turns of the same lengths two talks are not alike by chance. */
export const RHYTHM_TURNS_MIN = 8;

/** What looks odd in how interviews came in. Counts and times only: nobody's words are read. */
export function inspectInterviews(interviews: readonly InterviewTrace[]): IntegrityFinding[] {
  const live = interviews.filter(({ isLive }) => isLive);
  return [
    ...burstsOf(live, 'INTERVIEWS_IN_A_BURST', ({ endedAt }) => endedAt),
    ...overlapsOf(live),
    ...burstsOf(interviews, 'INGESTED_IN_A_BURST', ({ ingestedAt }) => ingestedAt),
    ...identicalRhythms(interviews),
    ...live.filter(isTooFast).map(tooFast),
    ...interviews.filter(isIngestedLate).map(ingestedLate),
    ...interviews.filter(isUnprovedTranscript).map(unprovedTranscript),
  ];
}

/** Stretches in which one author has more than `BURST_MAX` within an hour; overlapping ones are one. */
function burstsOf(
  interviews: readonly InterviewTrace[],
  code: 'INTERVIEWS_IN_A_BURST' | 'INGESTED_IN_A_BURST',
  instantOf: (interview: InterviewTrace) => Date | null,
): IntegrityFinding[] {
  const findings: IntegrityFinding[] = [];
  for (const own of groupsBy(interviews, ({ authorId }) => authorId)) {
    const timed = own
      .flatMap((interview) => {
        const instant = instantOf(interview);
        return instant === null ? [] : [{ id: interview.interviewId, at: instant.getTime() }];
      })
      .sort((a, b) => a.at - b.at || compareIds(a.id, b.id));
    for (const { first, last } of stretchesOf(timed.map(({ at }) => at))) {
      const subjects = timed.slice(first, last + 1).map(({ id }) => id);
      findings.push(burstFinding(code, subjects));
    }
  }
  return findings;
}

function burstFinding(
  code: 'INTERVIEWS_IN_A_BURST' | 'INGESTED_IN_A_BURST',
  subjects: readonly string[],
): IntegrityFinding {
  return code === 'INTERVIEWS_IN_A_BURST'
    ? {
        code,
        severity: 'look',
        subjects,
        sentence: `One member says that ${subjects.length} conversations ended within about an hour.`,
      }
    : {
        code,
        severity: 'note',
        subjects,
        sentence: `One member brought in ${subjects.length} interviews within about an hour.`,
      };
}

/** Positions, both included, in which any more than `BURST_MAX` lie within an hour; overlaps merged. */
function stretchesOf(times: readonly number[]): { first: number; last: number }[] {
  const stretches: { first: number; last: number }[] = [];
  for (const [last, time] of times.entries()) {
    const first = last - BURST_MAX;
    const began = times[first];
    if (began === undefined || time - began > HOUR_MS) continue;
    const current = stretches.at(-1);
    if (current !== undefined && first <= current.last) current.last = last;
    else stretches.push({ first, last });
  }
  return stretches;
}

/** Conversations of one interviewer at one time: nobody holds two. */
function overlapsOf(interviews: readonly InterviewTrace[]): IntegrityFinding[] {
  return groupsBy(interviews, ({ heldBy }) => heldBy).flatMap((own) => {
    const timed = own
      .flatMap(({ interviewId: id, endedAt, durationMs }) => {
        const end = endedAt.getTime();
        return durationMs === null ? [] : [{ id, start: end - durationMs, end }];
      })
      .sort((a, b) => a.start - b.start || compareIds(a.id, b.id));
    const stretches: { ids: string[]; end: number }[] = [];
    for (const { id, start, end } of timed) {
      const current = stretches.at(-1);
      if (current !== undefined && current.end - start > OVERLAP_MINUTES_MAX * MINUTE_MS) {
        current.ids.push(id);
        current.end = Math.max(current.end, end);
      } else stretches.push({ ids: [id], end });
    }
    return stretches.filter(({ ids }) => ids.length > 1).map(({ ids }) => overlapping(ids));
  });
}

function overlapping(subjects: readonly string[]): IntegrityFinding {
  const sentence = `One interviewer is said to have held ${subjects.length} conversations at overlapping times.`;
  return { code: 'INTERVIEWS_OVERLAP', severity: 'look', subjects, sentence };
}

/** The same lengths turn by turn, or the same words, turns and milliseconds in all. */
function identicalRhythms(interviews: readonly InterviewTrace[]): IntegrityFinding[] {
  const long = interviews.filter(({ turnWordCounts }) => turnWordCounts.length >= RHYTHM_TURNS_MIN);
  const groups = [
    ...groupsBy(long, ({ turnWordCounts }) => turnWordCounts.join(' ')),
    ...groupsBy(
      long.filter(({ durationMs }) => durationMs !== null),
      ({ words, durationMs, turnWordCounts }) => `${words} ${durationMs} ${turnWordCounts.length}`,
    ),
  ].filter((group) => group.length > 1);
  const found = new Map<string, IntegrityFinding>();
  for (const group of groups) {
    const subjects = group.map(({ interviewId }) => interviewId).sort(compareIds);
    found.set(JSON.stringify(subjects), {
      code: 'IDENTICAL_RHYTHM',
      severity: 'look',
      subjects,
      sentence: `${subjects.length} interviews have the same lengths, turn by turn or in all.`,
    });
  }
  return [...found.values()];
}

function isTooFast({ words, durationMs }: InterviewTrace): boolean {
  if (durationMs === null || words < RATED_WORDS_MIN) return false;
  return words * 60_000 > WORDS_PER_MINUTE_MAX * durationMs;
}

function tooFast({ interviewId }: InterviewTrace): IntegrityFinding {
  const sentence = `It has more than ${WORDS_PER_MINUTE_MAX} words for each minute it lasted.`;
  return single('TOO_FAST_TO_SPEAK', 'look', interviewId, sentence);
}

function isIngestedLate({ endedAt, ingestedAt }: InterviewTrace): boolean {
  if (ingestedAt === null) return false;
  return ingestedAt.getTime() - endedAt.getTime() > INGESTION_GAP_DAYS_MAX * DAY_MS;
}

function ingestedLate({ interviewId, endedAt, ingestedAt }: InterviewTrace): IntegrityFinding {
  const gapMs = (ingestedAt?.getTime() ?? 0) - endedAt.getTime();
  const days = countOf(Math.floor(gapMs / DAY_MS), 'day');
  const sentence = `Its words came in ${days} after it is said to have ended.`;
  return single('INGESTED_LATE', 'note', interviewId, sentence);
}

function isUnprovedTranscript({ producedBy, hasRecording }: InterviewTrace): boolean {
  return producedBy === 'ai' && !hasRecording;
}

function unprovedTranscript({ interviewId }: InterviewTrace): IntegrityFinding {
  const sentence = 'A model wrote its transcript and there is no recording to check it against.';
  return single('AI_TRANSCRIPT_WITHOUT_RECORDING', 'look', interviewId, sentence);
}

function single(
  code: IntegrityCode,
  severity: IntegrityFinding['severity'],
  subject: string,
  sentence: string,
): IntegrityFinding {
  return { code, severity, subjects: [subject], sentence };
}

function groupsBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

function compareIds(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
