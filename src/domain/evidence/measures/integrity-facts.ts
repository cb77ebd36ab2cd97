import type { PRODUCERS } from '../dossier.js';

/** What the integrity report reads of an interview: counts and times, no word of anybody. */
export interface InterviewTrace {
  interviewId: string;
  /** Member who brought it in. */
  authorId: string;
  /** Who held it, as its author names them; compared, never shown. */
  heldBy: string;
  /** Somebody talked or watched; false for what was only written. */
  isLive: boolean;
  /** As claimed by the author; the server's clock has no part in it. */
  endedAt: Date;
  /** By the server's clock; null while there are no words. */
  ingestedAt: Date | null;
  /** Words of all turns. */
  words: number;
  durationMs: number | null;
  turnWordCounts: readonly number[];
  producedBy: (typeof PRODUCERS)[number] | null;
  hasRecording: boolean;
}

/** A rationale that passed the create gate. */
export interface RationaleTrace {
  rationaleId: string;
  authorId: string;
  readyAt: Date;
  /** People its policy asks for, and how many its gate counted when it passed. */
  peopleMin: number;
  peopleCounted: number;
  /** Everybody whose words support it, whether they count or not. */
  people: readonly string[];
  quoteIds: readonly string[];
  /** Members who held, and who coded, the cited interviews. */
  interviewerIds: readonly string[];
  coderIds: readonly string[];
  /** Of them, those with a declared conflict of interest, and those whom the author recruited. */
  conflicted: readonly string[];
  recruitedByAuthor: readonly string[];
}

export interface IntegrityFacts {
  interviews: readonly InterviewTrace[];
  rationales: readonly RationaleTrace[];
  /** Pairs that may be one person. */
  duplicatePairs: readonly { one: string; other: string; decided: boolean }[];
  launches: readonly {
    experimentId: string;
    /** The author alone acknowledged what the change does to departments. */
    acknowledgedAlone: boolean;
  }[];
  policyChanges: readonly { changeId: string; changedBy: string; at: Date; loosened: boolean }[];
  gatePasses: readonly { decisionId: string; passedBy: string; at: Date }[];
}

/** In the order of the report. */
export const INTEGRITY_CODES = [
  'INTERVIEWS_IN_A_BURST',
  'INTERVIEWS_OVERLAP',
  'INGESTED_IN_A_BURST',
  'IDENTICAL_RHYTHM',
  'TOO_FAST_TO_SPEAK',
  'INGESTED_LATE',
  'AI_TRANSCRIPT_WITHOUT_RECORDING',
  'DUPLICATES_UNDECIDED',
  'PEOPLE_AT_THE_MINIMUM',
  'QUOTES_REUSED',
  'FEW_NEW_PEOPLE',
  'SELF_INTERVIEW_ONLY',
  'CONFLICTED_PEOPLE',
  'RECRUITED_BY_AUTHOR',
  'ACKNOWLEDGED_ALONE',
  'POLICY_LOOSENED_THEN_USED',
] as const;
export type IntegrityCode = (typeof INTEGRITY_CODES)[number];

/** `note`: often has a good reason. `look`: somebody should look at it. Neither blocks anything. */
export const INTEGRITY_SEVERITIES = ['note', 'look'] as const;
export type IntegritySeverity = (typeof INTEGRITY_SEVERITIES)[number];

export interface IntegrityFinding {
  code: IntegrityCode;
  severity: IntegritySeverity;
  /** Ids of interviews, people, quotes, rationales and so on; never a name or a word. */
  subjects: readonly string[];
  sentence: string;
}
