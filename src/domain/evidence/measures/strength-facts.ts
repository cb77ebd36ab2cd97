import type { EvidenceOutcome, EvidenceTestType } from './evidence-test.js';

/**
 * What the strength of a claim is judged by, one member per component. `null` says that a fact is not
 * known: that is a concern of its own, never a number.
 */
export interface StrengthFacts {
  /** Counted people who support the claim, by the best way each was heard. */
  directness: {
    observed: number;
    live: number;
    written: number;
    /** People who speak about the audience; they never count. */
    proxy: number;
    /** Of those observed or live, the ones whose record leaves a doubt that it took place live. */
    liveDoubted: number;
  };
  people: {
    supporting: number;
    /** Distinct people who were asked about it. */
    asked: number;
    /** Distinct accounts among them; null where people buy for themselves. */
    accounts: number | null;
    /** Distinct buying roles among them. */
    roles: number;
  };
  richness: {
    /** Median words of the interviews. */
    medianWords: number | null;
    /** Share of the counted quotes that tell of something that happened. */
    pastSpecificShare: number | null;
    /** Share of them that are opinions or wishes. */
    opinionShare: number | null;
    quotesPerPerson: number | null;
  };
  /** People by what their interview says about the claim. */
  coherence: {
    supports: number;
    contradicts: number;
    qualifies: number;
    /** Asked and said nothing of it. */
    silentAsked: number;
    /** Of those who contradict, the ones with a written answer. */
    answered: number;
  };
  /** Counted people by how near their stage is to the audience's, and roles nobody spoke for. */
  relevanceWho: { exact: number; adjacent: number; other: number; rolesUnheard: number };
  relevanceWhen: {
    newestAgeDays: number | null;
    medianAgeDays: number | null;
    /** How old an interview may be by the policy. */
    limitDays: number;
    /** The stage's metric shifted after the newest interview; null when no metric was looked at. */
    shiftSinceNewest: boolean | null;
  };
  method: {
    /** Share of the evidence that is verbatim words rather than notes. */
    verbatimShare: number | null;
    /** Share of the quotes that answer a leading question. */
    leadingShare: number | null;
    oneInterviewerOnly: boolean;
    preregistered: boolean;
  };
  triangulation: {
    /** Distinct methods whose people support the claim. */
    methodsAgreeing: number;
    /** Independent people among them. */
    independentPeople: number;
    /** What the numbers of the same matter say; `none` when none were compared. */
    signals: 'agree' | 'disagree' | 'none';
  };
  /** Items against the strongest other explanation. */
  diagnosticity: {
    tests: readonly { type: EvidenceTestType; outcome: EvidenceOutcome | null }[];
  };
  reliability: {
    readers: number;
    /** Krippendorff's alpha; null when it could not be computed. */
    alpha: number | null;
  };
  trackRecord: { outcomes: readonly TrackOutcome[] };
  /** Everybody who supported it has withdrawn. */
  allWithdrawn: boolean;
}

/** How earlier experiments on the claim and its study ended: metric by mechanism. */
export const TRACK_OUTCOMES = ['understood_win', 'lucky_win', 'broken_chain', 'refuted'] as const;
export type TrackOutcome = (typeof TRACK_OUTCOMES)[number];
