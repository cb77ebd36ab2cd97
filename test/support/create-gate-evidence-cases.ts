import { EVIDENCE_POLICIES } from '../../src/domain/evidence/policies.js';
import type { GateCaseRow } from './create-gate-passing-cases.js';
import {
  aDossier,
  aRationale,
  aVoice,
  daysBefore,
  GATE_PROJECT,
  INSIGHT_ID,
  people,
  speaker,
  type Voice,
  withFourth,
  withInsight,
} from './evidence-builders.js';

const B2B = { project: { ...GATE_PROJECT, market: 'b2b' as const } };
const ROLES = ['initiator', 'user', 'decider'] as const;

const inOneAccount = (count: number): Voice[] =>
  people(count).map((voice, index) => ({
    ...voice,
    participant: {
      ...voice.participant,
      buyingRoles: [ROLES[index % ROLES.length] ?? 'user'],
      accountRef: index < 2 ? 'account-1' : voice.participant.accountRef,
    },
  }));

/** A reason on one quote, as one heard person can give it. */
const ONE_QUOTE = aRationale({
  because: Object.fromEntries(
    Object.keys(aRationale().because ?? {}).map((part) => [
      part,
      { text: 'as they told it', quoteIds: ['quote-1'] },
    ]),
  ),
});

const explore = { traffic: 0.05, rationale: ONE_QUOTE };

const story = (turns: number, words: number) =>
  aDossier([
    aVoice('1', {
      interview: { participants: [{ ...speaker('1', { population: 'lead' }), turns, words }] },
    }),
  ]);

/** Leads who speak for these stages, one each; null names none. */
const atStages = (...stages: (string | null)[]) =>
  aDossier(
    stages.map((stage, index) => {
      const id = String(index + 1);
      const lived = { population: 'lead' as const, ...(stage === null ? {} : { stage }) };
      return aVoice(id, { interview: { participants: [speaker(id, lived)] } });
    }),
  );

const evaluating = { audience: { populations: ['lead'], stages: ['evaluate'] } };

const ofKind = (...temporalities: ('past_specific' | 'opinion' | null)[]) =>
  aDossier(
    temporalities.map((temporality, index) =>
      aVoice(String(index + 1), { quote: { temporality } }),
    ),
  );

const seenChange = (exposureTo: string) => withFourth({ interview: { exposureTo } });

const anchored = (anchorEventAt: Date | null) => {
  const dossier = aDossier(
    people(3).map((voice) => ({ ...voice, interview: { ...voice.interview, anchorEventAt } })),
  );
  const studies = dossier.studies.map((study) => ({ ...study, anchorEvent: 'signed up' }));
  return { ...dossier, studies };
};

const shared = (alsoSaidBy: readonly string[]) => withFourth({ quote: { alsoSaidBy } });

const ledgerEntry = (interviewId: string, changes: object) => ({
  ...aVoice('x').entry,
  quoteId: null,
  interviewId,
  ...changes,
});

const withEntry = (changes: object) => {
  const dossier = aDossier(people(3));
  const entries = (dossier.insights[0]?.entries ?? []).filter(
    ({ interviewId }) => interviewId !== 'interview-silent-1',
  );
  return withInsight(dossier, {
    entries: [...entries, ledgerEntry('interview-silent-1', changes)],
  });
};

const PARENT = {
  key: 'older-form',
  lineage: ['first-form', 'older-form'],
  variants: [],
  rationale: {},
};

/** What the gate asks of people and their words: one row on each side of every line. */
export const EVIDENCE_CASES: readonly GateCaseRow[] = [
  { name: 'three accounts where companies buy', dossier: aDossier(inOneAccount(4)), input: B2B },
  {
    name: 'two accounts of three where companies buy',
    dossier: aDossier(inOneAccount(3)),
    input: B2B,
    unmet: ['TOO_FEW_ACCOUNTS'],
  },
  { name: 'one account where people buy for themselves', dossier: aDossier(inOneAccount(3)) },
  { name: 'five people asked', dossier: aDossier(people(3), { silent: 1 }) },
  {
    name: 'four people asked',
    dossier: aDossier(people(3), { silent: 0 }),
    unmet: ['TOO_FEW_ASKED'],
  },
  {
    name: 'a fifth person in the ledger who was not asked about it',
    dossier: aDossier(people(3), {
      silent: 0,
      moreEntries: [ledgerEntry('interview-9', { disposition: 'not_asked' })],
    }),
    unmet: ['TOO_FEW_ASKED'],
  },
  { name: 'a story of 120 words in three turns', dossier: story(3, 120), definition: explore },
  {
    name: 'a story of 119 words',
    dossier: story(3, 119),
    definition: explore,
    unmet: ['STORY_NOT_RICH'],
  },
  {
    name: 'a story in two turns',
    dossier: story(2, 500),
    definition: explore,
    unmet: ['STORY_NOT_RICH'],
  },
  {
    name: 'two people at the stage',
    dossier: atStages('evaluate', 'evaluate', null),
    definition: evaluating,
  },
  {
    name: 'one person at the stage, others who name none',
    dossier: atStages('evaluate', null, null),
    definition: evaluating,
    unmet: ['STAGE_MISMATCH'],
  },
  {
    name: 'one person at the stage, for explore',
    dossier: atStages('evaluate'),
    definition: { ...explore, ...evaluating },
  },
  {
    name: 'two that tell what happened',
    dossier: ofKind('past_specific', 'past_specific', 'opinion'),
  },
  {
    name: 'one that tells what happened',
    dossier: ofKind('past_specific', 'opinion', null),
    unmet: ['HYPOTHETICAL_ONLY'],
  },
  { name: 'somebody who had met another experiment', dossier: seenChange('newsletter') },
  {
    name: 'somebody who had met this experiment',
    dossier: seenChange('shorter-form'),
    unmet: ['TAINTED_BY_EXPOSURE'],
  },
  {
    name: 'somebody who had met an experiment before it in its line',
    dossier: seenChange('first-form'),
    input: { parent: PARENT },
    unmet: ['TAINTED_BY_EXPOSURE'],
  },
  { name: 'the event 90 days before the talk', dossier: anchored(daysBefore(30 + 90)) },
  {
    name: 'the event 91 days before the talk, in a study about it',
    dossier: anchored(daysBefore(30 + 91)),
    unmet: ['EVENT_LAG'],
  },
  {
    name: 'the event after the talk, in a study about it',
    dossier: anchored(daysBefore(20)),
    unmet: ['EVENT_LAG'],
  },
  {
    name: 'an event without a date, in a study about it',
    dossier: anchored(null),
    unmet: ['EVENT_LAG'],
  },
  { name: 'words that nobody else said', dossier: shared([]) },
  {
    name: 'a whole quote that another person said',
    dossier: shared(['person-1']),
    unmet: ['QUOTE_FOREIGN'],
  },
  {
    name: 'a quote that others of the same group said',
    dossier: withFourth({
      quote: { alsoSaidBy: ['person-9'] },
      interview: {
        participants: [speaker('4', { population: 'lead' }), speaker('9', { population: 'lead' })],
      },
    }),
  },
  {
    name: 'a quote the same person said under another name',
    dossier: withFourth({
      quote: { alsoSaidBy: ['person-9'] },
      participant: { personId: 'person-9' },
    }),
  },
  {
    name: 'words whose surroundings still stand',
    dossier: withFourth({
      quote: {
        turnText: 'Well. I gave up 4 times because the form wanted my phone number. Yes.',
        start: 6,
        end: 63,
        context: { prefix: 'Well. ', suffix: '. Yes.' },
      },
    }),
  },
  {
    name: 'words whose surroundings changed',
    dossier: withFourth({
      quote: { context: { prefix: 'I never said that ', suffix: '' } },
    }),
    unmet: ['QUOTE_NOT_FOUND'],
  },
  {
    name: 'two names of one person',
    dossier: aDossier([...people(2), aVoice('3', { participant: { personId: 'person-2' } })]),
    unmet: ['TOO_FEW_PEOPLE'],
  },
  {
    name: 'two who may be one, and nobody has decided',
    dossier: {
      ...aDossier(people(3)),
      undecidedPairs: [{ id: 'pair-1', participantIds: ['person-2', 'person-3'], likeness: 0.3 }],
    },
    unmet: ['TOO_FEW_PEOPLE'],
    warned: ['DUPLICATE_UNDECIDED'],
  },
  {
    name: 'only employees and friends',
    dossier: aDossier(
      people(3).map((voice) => ({
        ...voice,
        participant: { ...voice.participant, conflict: 'friend' as const },
      })),
    ),
    unmet: ['CONFLICTED_SOURCE', 'HYPOTHETICAL_ONLY', 'NO_LIVE_FIRST_HAND', 'TOO_FEW_PEOPLE'],
    warned: ['CONFIDENCE_BELOW_POLICY'],
  },
  {
    name: 'an interview of the study that nobody put into the ledger',
    dossier: withInsight(aDossier(people(3)), {
      entries: (aDossier(people(3)).insights[0]?.entries ?? []).slice(0, -1),
    }),
    unmet: ['LEDGER_INCOMPLETE'],
  },
  {
    name: 'an unread interview',
    dossier: withEntry({ disposition: 'unread' }),
    unmet: ['LEDGER_INCOMPLETE'],
  },
  {
    name: 'an interview left out for a reason of the list',
    dossier: withEntry({ disposition: 'excluded', reason: 'recording_failed' }),
  },
  {
    name: 'an interview left out for another reason',
    dossier: withEntry({ disposition: 'excluded', reason: 'did not fit' }),
    unmet: ['LEDGER_INCOMPLETE'],
  },
  {
    name: 'an interview in which it was not asked',
    dossier: withEntry({ disposition: 'not_asked' }),
  },
  {
    name: 'a study of which nothing is known',
    dossier: { ...aDossier(people(3)), studies: [] },
    unmet: ['LEDGER_INCOMPLETE'],
    warned: ['NOT_ASKED'],
  },
  {
    name: 'an open ledger in explore',
    dossier: withInsight(aDossier(people(1)), {
      entries: (aDossier(people(1)).insights[0]?.entries ?? []).slice(0, -1),
    }),
    definition: explore,
  },
  {
    name: 'one insight of two with a full ledger',
    dossier: {
      ...aDossier(people(3)),
      insights: [
        ...aDossier(people(3)).insights,
        {
          ...aDossier(people(3)).insights[0]!,
          id: 'insight-2',
          entries: [
            { ...aVoice('1').entry, insightId: 'insight-2' },
            {
              ...aVoice('other').entry,
              insightId: 'insight-2',
              disposition: 'contradicts',
              response: 'Seen.',
            },
          ],
        },
      ],
    },
    definition: { rationale: aRationale({ insightIds: [INSIGHT_ID, 'insight-2'] }) },
    unmet: ['LEDGER_INCOMPLETE'],
  },
  {
    name: 'a policy of the project that asks for four people',
    dossier: aDossier(people(3)),
    input: {
      policies: {
        ...EVIDENCE_POLICIES,
        standard: { ...EVIDENCE_POLICIES.standard, version: 2, people: 4 },
      },
    },
    unmet: ['TOO_FEW_PEOPLE'],
  },
  {
    name: 'ten people asked for the strictest profile',
    dossier: aDossier(people(6), { silent: 3 }),
    definition: { touches: ['pricing'] },
  },
  {
    name: 'nine people asked for the strictest profile',
    dossier: aDossier(people(6), { silent: 2 }),
    definition: { touches: ['pricing'] },
    unmet: ['TOO_FEW_ASKED'],
  },
  {
    name: 'an insight that was given up',
    dossier: withInsight(aDossier(people(3)), { state: 'retired' }),
    unmet: ['INSIGHT_RETIRED'],
  },
  {
    name: 'an insight that a newer one replaces',
    dossier: withInsight(aDossier(people(3)), { state: 'superseded' }),
    unmet: ['INSIGHT_RETIRED'],
  },
].map((row) => ({ unmet: [], ...row }) as GateCaseRow);
