import type { Disposition } from '../dossier.js';

/** Why an interview may be left out of the ledger; there is no other reason. */
export const EXCLUSION_REASONS = [
  'duplicate_person',
  'not_of_the_population',
  'recording_failed',
  'consent_withdrawn',
  'synthetic',
  'another_topic',
] as const;
export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

/** A completed interview of a cited study. */
export interface LedgerInterview {
  interviewId: string;
  participantIds: readonly string[];
}

/** A claim that is cited, with what is known of each interview about it. */
export interface LedgerInsight {
  insightId: string;
  /** Dispositions that quotes of an interview carry on the claim. */
  quotes: readonly { interviewId: string; disposition: Disposition }[];
  /** Interviews in which a turn of the interviewer concerns the claim (`concernsClaim`). */
  askedIn: ReadonlySet<string>;
}

/** What a person wrote down about an interview and a claim. */
export interface LedgerEntry {
  interviewId: string;
  insightId: string;
  disposition: Disposition;
  exclusionReason?: string | null;
}

export const LEDGER_SOURCES = ['recorded', 'quotes', 'questions'] as const;
export type LedgerSource = (typeof LEDGER_SOURCES)[number];

export const OPEN_CELL_REASONS = ['unread', 'unconfirmed', 'no_exclusion_reason'] as const;
export type OpenCellReason = (typeof OPEN_CELL_REASONS)[number];

export interface LedgerCell {
  interviewId: string;
  participantIds: readonly string[];
  insightId: string;
  disposition: Disposition;
  /** `recorded` by a person, read off its `quotes`, or guessed from the `questions` asked. */
  source: LedgerSource;
  /** What the quotes of the interview say: shown where it differs from what a person recorded. */
  quotesSay: Disposition | null;
  /** What keeps the cell open; null when nothing does. */
  open: OpenCellReason | null;
}

export interface Ledger {
  /** Every interview by every claim, interviews in the order given. */
  cells: readonly LedgerCell[];
  openCells: readonly LedgerCell[];
  isComplete: boolean;
}

/** Strongest first: whoever contradicts and supports in one interview is not a supporter. */
const STRENGTH_OF_WORDS = ['contradicts', 'qualifies', 'supports'] as const;

/**
 * The matrix of interviews by claims. What a person recorded stands. Where quotes of the interview
 * carry dispositions, the strongest is taken. Else nobody read it: `not_asked` is proposed where no
 * question concerned the claim, for a person to confirm, and everything else is `unread`, which is an
 * honest state and blocks. Of several entries for a cell the last one stands. So citing one interview of a study brings all the others onto the table.
 */
export function proposeLedger(input: {
  interviews: readonly LedgerInterview[];
  insights: readonly LedgerInsight[];
  entries: readonly LedgerEntry[];
}): Ledger {
  const recorded = new Map(
    input.entries.map((entry) => [cellKey(entry.interviewId, entry.insightId), entry]),
  );
  const cells = input.interviews.flatMap(({ interviewId, participantIds }) =>
    input.insights.map((insight): LedgerCell => {
      const entry = recorded.get(cellKey(interviewId, insight.insightId));
      const quotesSay = strongestOf(interviewId, insight);
      const state =
        entry === undefined
          ? proposed(quotesSay, insight.askedIn.has(interviewId))
          : standing(entry);
      return { interviewId, participantIds, insightId: insight.insightId, quotesSay, ...state };
    }),
  );
  const openCells = cells.filter(({ open }) => open !== null);
  return { cells, openCells, isComplete: openCells.length === 0 };
}

type CellState = Pick<LedgerCell, 'disposition' | 'source' | 'open'>;

function standing({ disposition, exclusionReason }: LedgerEntry): CellState {
  const cell = { disposition, source: 'recorded' as const };
  if (disposition === 'unread') return { ...cell, open: 'unread' };
  if (disposition === 'excluded' && !isExclusionReason(exclusionReason)) {
    return { ...cell, open: 'no_exclusion_reason' };
  }
  return { ...cell, open: null };
}

function proposed(quotesSay: Disposition | null, wasAsked: boolean): CellState {
  if (quotesSay !== null) return { disposition: quotesSay, source: 'quotes', open: null };
  if (wasAsked) return { disposition: 'unread', source: 'questions', open: 'unread' };
  return { disposition: 'not_asked', source: 'questions', open: 'unconfirmed' };
}

function strongestOf(interviewId: string, { quotes }: LedgerInsight): Disposition | null {
  const said = quotes.filter((quote) => quote.interviewId === interviewId);
  return (
    STRENGTH_OF_WORDS.find((one) => said.some(({ disposition }) => disposition === one)) ?? null
  );
}

export function isExclusionReason(reason: unknown): reason is ExclusionReason {
  return EXCLUSION_REASONS.some((one) => one === reason);
}

function cellKey(interviewId: string, insightId: string): string {
  return JSON.stringify([interviewId, insightId]);
}
