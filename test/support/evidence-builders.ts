import type {
  Dossier,
  DossierConsent,
  DossierEntry,
  DossierHit,
  DossierInsight,
  DossierInterview,
  DossierObservation,
  DossierParticipant,
  DossierQuote,
} from '../../src/domain/evidence/dossier.js';
import type { GatedDefinition } from '../../src/domain/evidence/gate-case.js';
import type { ChainLink, Rationale } from '../../src/domain/experiments/definition.js';
import type { Metric } from '../../src/domain/metrics/metric.js';

/** The instant every built record is arranged around. */
export const GATE_NOW = new Date('2026-03-02T12:00:00Z');

const DAY_MS = 86_400_000;

export function daysBefore(days: number, from: Date = GATE_NOW): Date {
  return new Date(from.getTime() - days * DAY_MS);
}

/** One invented person, their interview and one quote of it. */
export interface Voice {
  participant: DossierParticipant;
  interview: DossierInterview;
  quote: DossierQuote;
  entry: DossierEntry;
}

export interface VoiceChanges {
  participant?: Partial<DossierParticipant>;
  interview?: Partial<DossierInterview>;
  quote?: Partial<DossierQuote>;
  entry?: Partial<DossierEntry>;
  /** What the person says; the quote covers all of it. */
  says?: string;
}

export const INSIGHT_ID = 'insight-1';

/** A lead heard live a month ago, with consent, whose words support the insight. */
export function aVoice(id: string, changes: VoiceChanges = {}): Voice {
  const says = changes.says ?? `I gave up ${id} times because the form wanted my phone number`;
  const participant: DossierParticipant = {
    id: `person-${id}`,
    kind: 'human',
    population: 'lead',
    accountRef: `account-${id}`,
    conflict: 'none',
    consents: [
      {
        id: `consent-${id}`,
        scopes: ['take_part', 'product_decisions', 'quote_internal'],
        givenAt: daysBefore(31),
        withdrawnAt: null,
        retainUntil: null,
      },
    ],
    erased: false,
    ...changes.participant,
  };
  const interview: DossierInterview = {
    id: `interview-${id}`,
    studyId: 'study-1',
    method: 'interview',
    modality: 'video',
    interactive: true,
    startedAt: daysBefore(30),
    endedAt: daysBefore(29.9),
    ingestedAt: daysBefore(29),
    anchorEventAt: null,
    participants: [{ participantId: participant.id, speaksFor: [{ population: 'lead' }] }],
    ...changes.interview,
  };
  const quote: DossierQuote = {
    id: `quote-${id}`,
    interviewId: interview.id,
    turn: 1,
    start: 0,
    end: Array.from(says).length,
    exact: says,
    participantId: participant.id,
    turnText: says,
    turnParticipantId: participant.id,
    temporality: 'past_specific',
    elicitation: 'open_probe',
    ...changes.quote,
  };
  const entry: DossierEntry = {
    insightId: INSIGHT_ID,
    quoteId: quote.id,
    interviewId: null,
    disposition: 'supports',
    response: null,
    ...changes.entry,
  };
  return { participant, interview, quote, entry };
}

/** Someone's own words, written down alone. */
export function aWrittenVoice(id: string, changes: VoiceChanges = {}): Voice {
  const written = { method: 'open_ended_survey', modality: 'async', interactive: false } as const;
  return aVoice(id, { ...changes, interview: { ...written, ...changes.interview } });
}

/** A contradiction with its written answer: what satisfies the search for the other side. */
export function anAnsweredContradiction(id = 'other'): Voice {
  return aVoice(id, {
    says: 'The phone number never bothered me, I skipped that field every time',
    entry: { disposition: 'contradicts', response: 'Returning visitors see a form without it.' },
  });
}

/** The named people, and one answered contradiction, under one insight. */
export function aDossier(
  voices: readonly Voice[] = ['1', '2', '3', '4'].map((id) => aVoice(id)),
  changes: {
    insight?: Partial<DossierInsight>;
    observations?: readonly DossierObservation[];
    contradictions?: readonly Voice[];
    moreEntries?: readonly DossierEntry[];
  } = {},
): Dossier {
  const all = [...voices, ...(changes.contradictions ?? [anAnsweredContradiction()])];
  return {
    insights: [
      {
        id: INSIGHT_ID,
        statement: 'People who only want a price leave when the form asks for a phone number',
        entries: [...all.map(({ entry }) => entry), ...(changes.moreEntries ?? [])],
        searches: [],
        ...changes.insight,
      },
    ],
    quotes: all.map(({ quote }) => quote),
    interviews: all.map(({ interview }) => interview),
    participants: all.map(({ participant }) => participant),
    observations: changes.observations ?? [],
  };
}

export const GATE_METRICS: readonly Pick<Metric, 'key' | 'kind'>[] = [
  { key: 'signups', kind: 'proportion' },
  { key: 'paid_seats', kind: 'count' },
  { key: 'profit', kind: 'money' },
];

export function aChain(): ChainLink[] {
  const interview = { sign: '+', lagDays: 0, basis: 'interview' } as const;
  return [
    { from: 'change', to: 'experience:less-worry', ...interview, support: ['quote-1'] },
    { from: 'experience:less-worry', to: 'metric:signups', ...interview, lagDays: 1 },
    { from: 'metric:signups', to: 'metric:profit', sign: '+', lagDays: 30, basis: 'correlation' },
  ];
}

export function aRationale(changes: Partial<Rationale> = {}): Rationale {
  const clause = (text: string, ...quoteIds: string[]) => ({ text, quoteIds });
  return {
    insightIds: [INSIGHT_ID],
    because: {
      context: clause('comparing offers in the evening', 'quote-1'),
      who: clause('people who only want a price', 'quote-1'),
      struggle: clause('they fear being called', 'quote-2'),
      change: clause('the form no longer asks for a phone number', 'quote-1'),
      force: clause('fear of a sales call holds them back', 'quote-2'),
      expectedExperience: { text: 'they ask without worry', assumption: true },
    },
    experience: { betterOff: 'people who only want a price', worseOff: 'sales, who call later' },
    chain: aChain(),
    ...changes,
  };
}

/** An experiment on leads at full traffic, so `standard` applies. */
export function aGatedDefinition(changes: Partial<GatedDefinition> = {}): GatedDefinition {
  return {
    kind: 'ab',
    touches: [],
    traffic: 1,
    audience: { populations: ['lead'] },
    metrics: { leading: 'signups', deciding: 'profit', guardrails: [], secondary: [] },
    rationale: aRationale(),
    ...changes,
  };
}

/** Enough good voices, and a fourth with a fault of its own. */
export function withFourth(changes: VoiceChanges): Dossier {
  return aDossier([aVoice('1'), aVoice('2'), aVoice('3'), aVoice('4', changes)]);
}

export function people(live: number, written = 0): Voice[] {
  const count = (length: number) => Array.from({ length }, (_, index) => index + 1);
  return [
    ...count(live).map((n) => aVoice(String(n))),
    ...count(written).map((n) => aWrittenVoice(String(live + n))),
  ];
}

export function withSearch(hits: readonly DossierHit[]): Dossier {
  const search = {
    id: 's-1',
    insightId: INSIGHT_ID,
    queries: ['fine'],
    ranAt: daysBefore(1),
    hits,
  };
  const voices = people(3);
  const insight = { entries: voices.map(({ entry }) => entry), searches: [search] };
  return aDossier(voices, { contradictions: [], insight });
}

export const hit = (changes: Partial<DossierHit>): DossierHit => ({
  interviewId: 'interview-1',
  turn: 3,
  disposition: 'asked_not_mentioned',
  response: null,
  ...changes,
});

export const seen = (id: string) => ({
  interviewId: `interview-${id}`,
  participantId: `person-${id}`,
  at: daysBefore(30),
});

export const consentOf = (changes: Partial<DossierConsent>) => [
  { ...aVoice('4').participant.consents[0]!, ...changes },
];
