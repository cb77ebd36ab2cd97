import type { Audience } from '../experiments/definition.js';
import type {
  Directness,
  DossierInterview,
  DossierObservation,
  DossierParticipant,
  InterviewMethod,
  SpeaksFor,
} from './dossier.js';
import type { EvidencePolicy } from './policies.js';

const DAY_MS = 86_400_000;

/** Methods whose words were written down by the person alone, with nobody to ask back. */
export const WRITTEN_METHODS: readonly InterviewMethod[] = [
  'open_ended_survey',
  'support_thread',
  'review',
  'diary',
];

/** Methods in which a researcher watches. */
const WATCHED_METHODS: readonly InterviewMethod[] = [
  'observation',
  'contextual_inquiry',
  'usability_test',
];

/**
 * How near a participant is to what the experiment's audience lives through. Never typed in: it
 * follows from what the person speaks for in that interview. A sales rep is hearsay about buyers and
 * first-hand about the sales portal; a customer is first-hand about the trial they just came from.
 *
 * First-hand needs one experience of an audience population (and stage, when both sides name one)
 * whose period touches the event-lag window before the interview. Someone for whom nothing was
 * declared speaks for their own population, without a period.
 */
export function directnessOf(input: {
  participant: Pick<DossierParticipant, 'id' | 'kind' | 'population'>;
  interview: DossierInterview;
  audience: Audience;
  policy: Pick<EvidencePolicy, 'eventLagDays'>;
  observations?: readonly DossierObservation[];
}): Directness {
  const { participant, interview } = input;
  if (participant.kind === 'synthetic') return 'synthetic';
  if (livedExperiences(input).length === 0) return 'hearsay';
  const watched = (input.observations ?? []).some(
    (seen) => seen.interviewId === interview.id && seen.participantId === participant.id,
  );
  if (watched && WATCHED_METHODS.includes(interview.method)) return 'observed';
  return isLive(interview) ? 'first_hand_live' : 'first_hand_written';
}

/** What the participant lived of what the audience lives through, recently enough. */
export function livedExperiences(input: {
  participant: Pick<DossierParticipant, 'id' | 'population'>;
  interview: DossierInterview;
  audience: Audience;
  policy: Pick<EvidencePolicy, 'eventLagDays'>;
}): SpeaksFor[] {
  const { participant, interview, audience, policy } = input;
  const declared = interview.participants.find((one) => one.participantId === participant.id);
  const experiences = declared?.speaksFor.length
    ? declared.speaksFor
    : [{ population: participant.population }];
  return experiences.filter(
    (experience) =>
      isOfAudience(experience, audience) &&
      isRecentAt(experience, interview.startedAt, policy.eventLagDays),
  );
}

function isOfAudience(experience: SpeaksFor, audience: Audience): boolean {
  if (!audience.populations.includes(experience.population)) return false;
  const stages = audience.stages ?? [];
  return experience.stage === undefined || stages.length === 0 || stages.includes(experience.stage);
}

function isRecentAt(experience: SpeaksFor, startedAt: Date, lagDays: number): boolean {
  const windowFrom = startedAt.getTime() - lagDays * DAY_MS;
  const from = experience.from?.getTime() ?? Number.NEGATIVE_INFINITY;
  const to = experience.to?.getTime() ?? Number.POSITIVE_INFINITY;
  return from <= startedAt.getTime() && to > windowFrom && from <= to;
}

/** Somebody could ask back, there and then. */
export function isLive(
  interview: Pick<DossierInterview, 'interactive' | 'modality' | 'method'>,
): boolean {
  return (
    interview.interactive &&
    interview.modality !== 'async' &&
    !WRITTEN_METHODS.includes(interview.method)
  );
}
