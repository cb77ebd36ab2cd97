import type { GateCaseRow } from './create-gate-passing-cases.js';
import {
  aChain,
  aDossier,
  anAnsweredContradiction,
  aRationale,
  aVoice,
  consentOf,
  daysBefore,
  GATE_NOW,
  hit,
  INSIGHT_ID,
  people,
  speaker,
  withFourth,
  withSearch,
} from './evidence-builders.js';

const hearsay = (id: string, population: 'salesperson' | 'partner' = 'salesperson') =>
  aVoice(id, {
    participant: { population },
    interview: { participants: [speaker(id, { population })] },
  });

const TOO_FEW_LIVE = ['NO_LIVE_FIRST_HAND', 'TOO_FEW_PEOPLE'];

export const REFUSED_CASES: readonly GateCaseRow[] = [
  {
    name: 'an insight that does not exist beside one that does',
    dossier: aDossier(),
    definition: { rationale: aRationale({ insightIds: [INSIGHT_ID, 'insight-9'] }) },
    unmet: ['RATIONALE_MISSING'],
  },
  {
    name: 'two people where three are asked for',
    dossier: aDossier(people(2)),
    unmet: ['TOO_FEW_PEOPLE'],
  },
  {
    name: 'one person with three quotes',
    dossier: aDossier(
      [aVoice('1'), aVoice('2'), aVoice('3')].map(({ quote, ...voice }) => ({
        ...voice,
        interview: {
          ...voice.interview,
          participants: [speaker('1')],
        },
        quote: { ...quote, participantId: 'person-1', turnParticipantId: 'person-1' },
      })),
    ),
    unmet: TOO_FEW_LIVE,
  },
  {
    name: 'four of five heard live in rigorous',
    dossier: aDossier(people(4, 2)),
    definition: { touches: ['pricing'] },
    unmet: ['NO_LIVE_FIRST_HAND'],
  },
  {
    name: 'only written words',
    dossier: aDossier(people(0, 10)),
    unmet: TOO_FEW_LIVE,
  },
  {
    name: 'one live and ten written: two people',
    dossier: aDossier(people(1, 10)),
    unmet: TOO_FEW_LIVE,
  },
  {
    name: 'sales reps about buyers',
    dossier: aDossier(['1', '2', '3'].map((id) => hearsay(id))),
    unmet: ['HEARSAY_ONLY', 'HYPOTHETICAL_ONLY', ...TOO_FEW_LIVE],
  },
  {
    name: 'hearsay beside somebody who lived it',
    dossier: aDossier([aVoice('1'), aVoice('2'), hearsay('3'), hearsay('4', 'partner')]),
    unmet: ['TOO_FEW_PEOPLE'],
  },
  {
    name: 'an experience longer ago than the event-lag',
    dossier: aDossier([
      ...people(2),
      aVoice('3', {
        interview: {
          participants: [speaker('3', { population: 'lead', to: daysBefore(30 + 91) })],
        },
      }),
    ]),
    unmet: ['TOO_FEW_PEOPLE'],
  },
  {
    name: 'answers to leading questions',
    dossier: aDossier([...people(2), aVoice('3', { quote: { elicitation: 'leading' } })]),
    unmet: ['TOO_FEW_PEOPLE'],
  },
  {
    name: 'what somebody would do',
    dossier: aDossier([
      ...people(2),
      aVoice('3', { quote: { temporality: 'hypothetical_future' } }),
    ]),
    unmet: ['TOO_FEW_PEOPLE'],
  },
  {
    name: 'friends',
    dossier: aDossier([...people(2), aVoice('3', { participant: { conflict: 'friend' } })]),
    unmet: ['TOO_FEW_PEOPLE'],
  },
  {
    name: 'relatives, even when the audience is the company itself',
    dossier: aDossier(
      ['1', '2', '3', '4'].map((id) => {
        const insider = hearsay(id);
        const conflict = id === '4' || id === '3' ? 'relative' : 'employee';
        return { ...insider, participant: { ...insider.participant, conflict } };
      }),
    ),
    definition: { audience: { populations: ['salesperson'] } },
    unmet: ['TOO_FEW_PEOPLE'],
  },
  {
    name: 'a quote whose interview is gone',
    dossier: {
      ...aDossier(),
      interviews: aDossier().interviews.filter(({ id }) => id !== 'interview-4'),
    },
    unmet: ['QUOTE_NOT_FOUND'],
  },
  {
    name: 'a first link that names a quote nobody has',
    dossier: aDossier(),
    definition: {
      rationale: aRationale({
        chain: aChain().map((link, index) =>
          index === 0 ? { ...link, support: ['quote-99'] } : link,
        ),
      }),
    },
    unmet: ['QUOTE_NOT_FOUND'],
  },
  {
    name: 'short support beside long quotes that support nothing',
    dossier: aDossier([
      aVoice('1', { entry: { disposition: 'qualifies' } }),
      aVoice('2', { entry: { disposition: 'qualifies' } }),
      ...['3', '4', '5'].map((id) => aVoice(id, { says: 'they want my phone number' })),
    ]),
    unmet: ['HYPOTHETICAL_ONLY', 'NO_LIVE_FIRST_HAND', 'QUOTE_TOO_SHORT', 'TOO_FEW_PEOPLE'],
  },
  {
    name: 'a quote in the because that no insight has as support',
    dossier: aDossier([...people(2), aVoice('3', { entry: { disposition: 'qualifies' } })]),
    definition: {
      rationale: aRationale({
        because: {
          ...aRationale().because,
          who: { text: 'people who want a price', quoteIds: ['quote-3'] },
        },
      }),
    },
    unmet: ['TOO_FEW_PEOPLE'],
  },
  {
    name: 'a paraphrase',
    dossier: withFourth({ quote: { exact: 'I gave up because forms want my telephone number' } }),
    unmet: ['QUOTE_NOT_FOUND'],
  },
  {
    name: 'a turn that is gone',
    dossier: withFourth({ quote: { turnText: null, turnParticipantId: null } }),
    unmet: ['QUOTE_NOT_FOUND'],
  },
  {
    name: 'words whose key is destroyed',
    dossier: withFourth({ quote: { exact: null } }),
    unmet: ['QUOTE_NOT_FOUND'],
  },
  {
    name: 'a quote id that does not exist',
    dossier: aDossier(),
    definition: {
      rationale: aRationale({
        because: {
          ...aRationale().because,
          who: { text: 'people who want a price', quoteIds: ['quote-1', 'quote-99'] },
        },
      }),
    },
    unmet: ['QUOTE_NOT_FOUND'],
  },
  {
    name: "the interviewer's words",
    dossier: withFourth({ quote: { turnParticipantId: null } }),
    unmet: ['QUOTE_NOT_PARTICIPANT'],
  },
  {
    name: "another participant's words",
    dossier: withFourth({ quote: { turnParticipantId: 'person-1' } }),
    unmet: ['QUOTE_NOT_PARTICIPANT'],
  },
  {
    name: 'a part of the because on five words alone',
    dossier: aDossier([...people(3), aVoice('4', { says: 'they want my phone number' })]),
    definition: {
      rationale: aRationale({
        because: {
          ...aRationale().because,
          force: { text: 'fear of a call', quoteIds: ['quote-4'] },
        },
      }),
    },
    unmet: ['QUOTE_TOO_SHORT'],
  },
  {
    name: 'an interview that ends in the future',
    dossier: withFourth({ interview: { endedAt: daysBefore(-1), ingestedAt: daysBefore(-1) } }),
    unmet: ['SESSION_NOT_BEFORE'],
  },
  {
    name: 'an interview whose words never arrived',
    dossier: withFourth({ interview: { ingestedAt: null } }),
    unmet: ['SESSION_NOT_BEFORE'],
  },
  {
    name: 'a transcript that arrived before the interview ended',
    dossier: withFourth({ interview: { ingestedAt: daysBefore(29.95) } }),
    unmet: ['SESSION_NOT_BEFORE'],
  },
  {
    name: 'an interview older than the policy allows',
    dossier: withFourth({
      interview: {
        startedAt: daysBefore(181),
        endedAt: daysBefore(180.5),
        ingestedAt: daysBefore(180),
      },
    }),
    unmet: ['STALE'],
  },
  {
    name: 'a withdrawn consent',
    dossier: withFourth({ participant: { consents: consentOf({ withdrawnAt: daysBefore(2) }) } }),
    unmet: ['CONSENT_MISSING'],
  },
  {
    name: 'a consent past its retention',
    dossier: withFourth({ participant: { consents: consentOf({ retainUntil: GATE_NOW }) } }),
    unmet: ['CONSENT_MISSING'],
  },
  {
    name: 'a consent given later',
    dossier: withFourth({ participant: { consents: consentOf({ givenAt: daysBefore(-1) }) } }),
    unmet: ['CONSENT_MISSING'],
  },
  {
    name: 'a consent without the scope to quote',
    dossier: withFourth({
      participant: { consents: consentOf({ scopes: ['product_decisions'] }) },
    }),
    unmet: ['CONSENT_MISSING'],
  },
  {
    name: 'an erased person',
    dossier: withFourth({ participant: { erased: true } }),
    unmet: ['CONSENT_MISSING'],
  },
  {
    name: 'words of a synthetic participant',
    dossier: withFourth({ participant: { kind: 'synthetic', consents: [] } }),
    unmet: ['SYNTHETIC_CITED'],
  },
  {
    name: 'nobody looked for the other side',
    dossier: aDossier(people(3), { contradictions: [] }),
    unmet: ['NO_NEGATIVE_SEARCH'],
  },
  {
    name: 'a contradiction answered with blanks',
    dossier: aDossier(people(3), {
      contradictions: [aVoice('o', { entry: { disposition: 'contradicts', response: '  ' } })],
    }),
    unmet: ['NO_NEGATIVE_SEARCH'],
  },
  {
    name: 'one contradiction answered, another not',
    dossier: aDossier(people(3), {
      contradictions: [
        anAnsweredContradiction(),
        aVoice('o', { entry: { disposition: 'contradicts' } }),
      ],
    }),
    unmet: ['NO_NEGATIVE_SEARCH'],
  },
  {
    name: 'a search with a hit nobody judged',
    dossier: withSearch([hit({}), hit({ turn: 5, disposition: null })]),
    unmet: ['NO_NEGATIVE_SEARCH'],
  },
  {
    name: 'a search with an unread hit',
    dossier: withSearch([hit({ disposition: 'unread' })]),
    unmet: ['NO_NEGATIVE_SEARCH'],
  },
  {
    name: 'a hit that contradicts and is not answered',
    dossier: withSearch([hit({ disposition: 'contradicts' })]),
    unmet: ['NO_NEGATIVE_SEARCH'],
  },
  {
    name: 'a part of the because without a quote',
    dossier: aDossier(),
    definition: {
      rationale: aRationale({
        because: { ...aRationale().because, force: { text: 'fear of a call', quoteIds: [] } },
      }),
    },
    unmet: ['MECHANISM_INCOMPLETE'],
  },
  {
    name: 'two assumptions',
    dossier: aDossier(),
    definition: {
      rationale: aRationale({
        because: { ...aRationale().because, force: { text: 'fear of a call', assumption: true } },
      }),
    },
    unmet: ['MECHANISM_INCOMPLETE'],
  },
  {
    name: 'nothing said about who may lose',
    dossier: aDossier(),
    definition: { rationale: aRationale({ experience: { betterOff: 'leads', worseOff: ' ' } }) },
    unmet: ['EXPERIENCE_MISSING'],
  },
  {
    name: 'a chain that ends before money',
    dossier: aDossier(),
    definition: { rationale: aRationale({ chain: aChain().slice(0, 2) }) },
    unmet: ['CHAIN_BROKEN'],
  },
];
