import type { Audience } from '../experiments/definition.js';
import type { CitedObservation, CitedQuote } from './citations.js';
import { CITING_SCOPES, missingScopes } from './consent.js';
import { directnessOf } from './directness.js';
import type { PersonOf } from './distinct-people.js';
import type {
  ConflictOfInterest,
  Directness,
  Dossier,
  DossierInterview,
  DossierParticipant,
  DossierQuote,
  Population,
} from './dossier.js';
import { standsIn } from './interviews/quote-context.js';
import type { EvidencePolicy } from './policies.js';
import { isCountableLength, sliceCodePoints } from './text.js';

const DAY_MS = 86_400_000;

/** Why a testimony does not count; upper case where a check of the gate has the same name. */
export const TESTIMONY_FAULTS = [
  'QUOTE_FOREIGN',
  'QUOTE_NOT_FOUND',
  'QUOTE_NOT_PARTICIPANT',
  'QUOTE_TOO_SHORT',
  'SESSION_NOT_BEFORE',
  'STALE',
  'TAINTED_BY_EXPOSURE',
  'CONSENT_MISSING',
  'SYNTHETIC_CITED',
  'CONFLICTED_SOURCE',
  'hearsay',
  'leading question',
  'hypothetical',
] as const;
export type TestimonyFault = (typeof TESTIMONY_FAULTS)[number];

/** One cited quote or watched observation, with everything that speaks against counting it. */
export interface Testimony {
  /** The quote's id; the interview's for an observation. */
  id: string;
  isQuote: boolean;
  supports: boolean;
  pointer: string;
  interview: DossierInterview | null;
  /** Who is said to have said it; null only when the quote itself does not exist. */
  participantId: string | null;
  participant: DossierParticipant | null;
  directness: Directness;
  faults: ReadonlySet<TestimonyFault>;
}

/** What testimonies are judged by. */
export interface TestimonyContext {
  dossier: Dossier;
  audience: Audience;
  policy: EvidencePolicy;
  /** Keys of the experiment and of those before it in its line. */
  line: ReadonlySet<string>;
  personOf: PersonOf;
  now: Date;
}

const INTERNAL_POPULATIONS: readonly Population[] = [
  'salesperson',
  'support_agent',
  'other_internal',
];

export function quoteTestimony(cited: CitedQuote, context: TestimonyContext): Testimony {
  const { dossier } = context;
  const quote = dossier.quotes.find((candidate) => candidate.id === cited.quoteId) ?? null;
  const interview = dossier.interviews.find((one) => one.id === quote?.interviewId) ?? null;
  const participant = dossier.participants.find((one) => one.id === quote?.participantId) ?? null;
  const directness = directnessIn(participant, interview, context);
  const faults = new Set<TestimonyFault>(
    quote === null
      ? ['QUOTE_NOT_FOUND']
      : [
          ...quoteFaults(quote, interview, context),
          ...interviewFaults(interview, context),
          ...personFaults(participant, directness, context),
        ],
  );
  const { quoteId: id, pointer, supports } = cited;
  const participantId = quote?.participantId ?? null;
  return {
    id,
    isQuote: true,
    supports,
    pointer,
    interview,
    participantId,
    participant,
    directness,
    faults,
  };
}

export function observationTestimony(
  cited: CitedObservation,
  context: TestimonyContext,
): Testimony {
  const { dossier } = context;
  const interview = dossier.interviews.find((one) => one.id === cited.interviewId) ?? null;
  const participant = dossier.participants.find((one) => one.id === cited.participantId) ?? null;
  const directness = directnessIn(participant, interview, context);
  const faults = new Set<TestimonyFault>([
    ...interviewFaults(interview, context),
    ...personFaults(participant, directness, context),
  ]);
  const { interviewId: id, participantId, pointer } = cited;
  return {
    id,
    isQuote: false,
    supports: true,
    pointer,
    interview,
    participantId,
    participant,
    directness,
    faults,
  };
}

function directnessIn(
  participant: DossierParticipant | null,
  interview: DossierInterview | null,
  context: TestimonyContext,
): Directness {
  if (participant?.kind === 'synthetic') return 'synthetic';
  if (participant === null || interview === null) return 'hearsay';
  const { audience, policy, dossier } = context;
  const { observations } = dossier;
  return directnessOf({ participant, interview, audience, policy, observations });
}

function quoteFaults(
  quote: DossierQuote,
  interview: DossierInterview | null,
  { personOf }: TestimonyContext,
): TestimonyFault[] {
  const faults: TestimonyFault[] = [];
  if (interview === null || !isVerbatim(quote)) faults.push('QUOTE_NOT_FOUND');
  // A turn that is gone has no speaker either: that is one fault, not two.
  if (quote.turnText !== null && quote.turnParticipantId !== quote.participantId) {
    faults.push('QUOTE_NOT_PARTICIPANT');
  }
  if (quote.exact !== null && !isCountableLength(quote.exact)) faults.push('QUOTE_TOO_SHORT');
  if (isForeign(quote, interview, personOf)) faults.push('QUOTE_FOREIGN');
  if (quote.elicitation === 'leading') faults.push('leading question');
  if (quote.temporality === 'hypothetical_future') faults.push('hypothetical');
  return faults;
}

/**
 * A sentence that somebody else said word for word somewhere else was copied, or is nobody's own.
 * People in one conversation repeat each other, and short phrases are common.
 */
function isForeign(
  quote: DossierQuote,
  interview: DossierInterview | null,
  personOf: PersonOf,
): boolean {
  if (quote.exact === null || !isCountableLength(quote.exact)) return false;
  const present = new Set(interview?.participants.map((one) => personOf(one.participantId)));
  present.add(personOf(quote.participantId));
  return quote.alsoSaidBy.some((id) => !present.has(personOf(id)));
}

/**
 * The stored words still stand at the stored place, between the words that stood around them, compared
 * after NFC.
 */
function isVerbatim(quote: DossierQuote): boolean {
  const { turnText, exact, start, end, context } = quote;
  if (turnText === null || exact === null || start < 0 || start >= end) return false;
  const words = sliceCodePoints(turnText, start, end);
  if (words.trim() === '' || words.normalize('NFC') !== exact.normalize('NFC')) return false;
  return context === null || standsIn(context, turnText, start, end);
}

function interviewFaults(
  interview: DossierInterview | null,
  { policy, line, now }: TestimonyContext,
): TestimonyFault[] {
  if (interview === null) return [];
  const faults: TestimonyFault[] = [];
  if (!isBefore(interview, now)) faults.push('SESSION_NOT_BEFORE');
  if (now.getTime() - interview.endedAt.getTime() > policy.ageDays * DAY_MS) faults.push('STALE');
  if (interview.exposureTo !== null && line.has(interview.exposureTo)) {
    faults.push('TAINTED_BY_EXPOSURE');
  }
  return faults;
}

/** Ended, then ingested, then cited: only the server's clock can order what people claim. */
function isBefore(interview: DossierInterview, now: Date): boolean {
  const { endedAt, ingestedAt } = interview;
  return ingestedAt !== null && endedAt <= ingestedAt && ingestedAt <= now;
}

function personFaults(
  participant: DossierParticipant | null,
  directness: Directness,
  { audience, now }: TestimonyContext,
): TestimonyFault[] {
  if (directness === 'synthetic') return ['SYNTHETIC_CITED'];
  const faults: TestimonyFault[] = [];
  if (participant === null || missingScopes(participant, CITING_SCOPES, now).length > 0) {
    faults.push('CONSENT_MISSING');
  }
  if (directness === 'hearsay') faults.push('hearsay');
  if (participant !== null && isConflicted(participant.conflict, audience)) {
    faults.push('CONFLICTED_SOURCE');
  }
  return faults;
}

/** An employee is the right person to ask when the audience is the company's own people. */
function isConflicted(conflict: ConflictOfInterest, audience: Audience): boolean {
  if (conflict === 'none') return false;
  const internal: readonly string[] = INTERNAL_POPULATIONS;
  const isInternal =
    audience.populations.length > 0 && audience.populations.every((one) => internal.includes(one));
  return !(isInternal && conflict === 'employee');
}
