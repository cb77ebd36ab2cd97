import type { InsightState } from './insight-state.js';
import type {
  InsightEffect,
  LearningOutcome,
  MechanismVerdict,
  MetricVerdict,
} from '../verdict/learning/outcome.js';
import type { SignalReading } from './signal.js';

/**
 * What the gate reads: the evidence an experiment cites, loaded and decrypted, as plain data.
 * Nothing here knows a database; ids are opaque.
 */

export const PARTICIPANT_KINDS = ['human', 'synthetic'] as const;
export type ParticipantKind = (typeof PARTICIPANT_KINDS)[number];

export const POPULATIONS = [
  'lead',
  'customer',
  'ex_customer',
  'user',
  'partner',
  'salesperson',
  'support_agent',
  'other_internal',
] as const;
export type Population = (typeof POPULATIONS)[number];

export const CONFLICTS = ['none', 'employee', 'relative', 'friend', 'paid_panel'] as const;
export type ConflictOfInterest = (typeof CONFLICTS)[number];

export const BUYING_ROLES = [
  'initiator',
  'user',
  'influencer',
  'champion',
  'decider',
  'approver',
  'buyer',
  'gatekeeper',
  'single_buyer',
] as const;
export type BuyingRole = (typeof BUYING_ROLES)[number];

export const CONSENT_SCOPES = [
  'take_part',
  'record',
  'transcribe',
  'product_decisions',
  'quote_internal',
  'quote_external',
  'ai_processing',
  'link_to_behaviour',
  'recontact',
  'share_dataset',
] as const;
export type ConsentScope = (typeof CONSENT_SCOPES)[number];

export const CONSENT_WAYS = ['signed', 'recorded_verbal', 'form'] as const;

export const INTERVIEW_METHODS = [
  'interview',
  'contextual_inquiry',
  'observation',
  'usability_test',
  'diary',
  'open_ended_survey',
  'support_thread',
  'review',
  'win_loss_call',
  'focus_group',
] as const;
export type InterviewMethod = (typeof INTERVIEW_METHODS)[number];

export const MODALITIES = ['in_person', 'phone', 'video', 'chat', 'async'] as const;
export type Modality = (typeof MODALITIES)[number];

export const PRODUCERS = ['human', 'asr', 'ai'] as const;
export type Producer = (typeof PRODUCERS)[number];
export const TEMPORALITIES = [
  'past_specific',
  'present_habit',
  'opinion',
  'hypothetical_future',
] as const;
export type Temporality = (typeof TEMPORALITIES)[number];
export const ELICITATIONS = ['unprompted', 'open_probe', 'closed_probe', 'leading'] as const;
export type Elicitation = (typeof ELICITATIONS)[number];
export const FORCES = ['push', 'pull', 'anxiety', 'habit', 'none'] as const;
export const MOMENTS = [
  'first_thought',
  'passive_looking',
  'active_looking',
  'deciding',
  'first_use',
  'ongoing',
] as const;

export const DISPOSITIONS = [
  'supports',
  'contradicts',
  'qualifies',
  'asked_not_mentioned',
  'not_asked',
  'unread',
  'excluded',
] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

/** How near a speaker is to the experience the claim is about (computed, never typed in). */
export const DIRECTNESS = [
  'observed',
  'first_hand_live',
  'first_hand_written',
  'hearsay',
  'synthetic',
] as const;
export type Directness = (typeof DIRECTNESS)[number];

/** A lived experience a participant can speak for, with the period it covers (half-open). */
export interface SpeaksFor {
  population: Population;
  stage?: string;
  from?: Date;
  to?: Date;
}

export interface DossierConsent {
  id: string;
  scopes: readonly ConsentScope[];
  givenAt: Date;
  withdrawnAt: Date | null;
  retainUntil: Date | null;
}

export interface DossierParticipant {
  id: string;
  kind: ParticipantKind;
  population: Population;
  accountRef: string | null;
  buyingRoles: readonly BuyingRole[];
  conflict: ConflictOfInterest;
  /** The person a member found this one to be; their own id otherwise. Counts are of these. */
  personId: string;
  consents: readonly DossierConsent[];
  /** The person asked for erasure: nothing of theirs can be read or counted. */
  erased: boolean;
}

export interface DossierInterview {
  id: string;
  studyId: string | null;
  method: InterviewMethod;
  modality: Modality;
  interactive: boolean;
  startedAt: Date;
  endedAt: Date;
  /** When the words reached the server, by the server's clock; null while there are none. */
  ingestedAt: Date | null;
  anchorEventAt: Date | null;
  /** Key of an experiment whose variant the people had seen. */
  exposureTo: string | null;
  interviewer: string;
  /** The member who recorded it. */
  recordedBy: string;
  /** Who wrote the words down; null while there are none. */
  producedBy: Producer | null;
  /** Turns of the interviewer: whether anything was asked at all. */
  askedTurns: number;
  participants: readonly DossierSpeaker[];
}

export interface DossierSpeaker {
  participantId: string;
  speaksFor: readonly SpeaksFor[];
  /** Turns and words of this person in this interview. */
  turns: number;
  words: number;
}

export interface DossierQuote {
  id: string;
  interviewId: string;
  turn: number;
  /** Half-open range of code points in the turn's text. */
  start: number;
  end: number;
  /** The words as they were stored when the quote was made; null when their key is destroyed. */
  exact: string | null;
  /** The participant the quote is attributed to. */
  participantId: string;
  /**
   * The cited turn as it reads now; null when it is gone or unreadable, or when the newest version of
   * the transcript does not have the words.
   */
  turnText: string | null;
  /** The words around it when the quote was made; null when they are not known any more. */
  context: { prefix: string; suffix: string } | null;
  /** Other people of the cited studies who said the same whole quote. */
  alsoSaidBy: readonly string[];
  /** The member who marked it. */
  markedBy: string;
  /** Who speaks that turn; null is the interviewer. */
  turnParticipantId: string | null;
  temporality: Temporality | null;
  elicitation: Elicitation | null;
}

/** Something seen, without words: counts as observed when a researcher watched an audience member. */
export interface DossierObservation {
  interviewId: string;
  participantId: string;
  at: Date;
}

export interface DossierEntry {
  insightId: string;
  quoteId: string | null;
  interviewId: string | null;
  disposition: Disposition;
  /** The written answer to a contradiction. */
  response: string | null;
  /** Why an interview was left out. */
  reason: string | null;
  /** The member who gave it. */
  readerId: string;
}

/** What a second reader thought of a cited passage before seeing the first reader's opinion. */
export interface DossierReading {
  quoteId: string;
  readerId: string;
  disposition: Disposition;
}

export interface DossierHit {
  interviewId: string;
  turn: number;
  disposition: Disposition | null;
  response: string | null;
}

export interface DossierSearch {
  id: string;
  insightId: string;
  queries: readonly string[];
  ranAt: Date;
  hits: readonly DossierHit[];
}

export interface DossierInsight {
  id: string;
  statement: string;
  state: InsightState;
  questionId: string | null;
  entries: readonly DossierEntry[];
  searches: readonly DossierSearch[];
  readings: readonly DossierReading[];
  /** How experiments that cited it ended; absent where nobody looked. */
  track?: readonly TrackEntry[];
}

/** What the test of one variant said of a claim it rested on. */
export interface TrackEntry {
  /** Key. */
  experiment: string;
  variant: string;
  metric: MetricVerdict;
  mechanism: MechanismVerdict;
  outcome: LearningOutcome;
  effect: InsightEffect;
  at: Date;
}

/** A study that a cited interview belongs to, with every session of it that has ended. */
export interface DossierStudy {
  id: string;
  questionId: string | null;
  /** Set where everybody in it has lived through one recent event. */
  anchorEvent: string | null;
  /** It was written down before its first interview. */
  preregistered?: boolean;
  sessions: readonly { interviewId: string; participantIds: readonly string[] }[];
}

/** Two people of the dossier who may be one, and nobody has decided. */
export interface DossierPair {
  id: string;
  participantIds: readonly [string, string];
  likeness: number | null;
}

/** Something odd about a number that the experiment names. */
export interface DossierSignal {
  questionId: string;
  metricKey: string;
  reading: SignalReading;
  since: Date;
  /** Its question has been answered. */
  explained: boolean;
}

/** Everything cited, and everything it leads to. Ids that were cited and do not exist are simply absent. */
export interface Dossier {
  insights: readonly DossierInsight[];
  quotes: readonly DossierQuote[];
  interviews: readonly DossierInterview[];
  participants: readonly DossierParticipant[];
  observations: readonly DossierObservation[];
  studies: readonly DossierStudy[];
  undecidedPairs: readonly DossierPair[];
  signals: readonly DossierSignal[];
}
