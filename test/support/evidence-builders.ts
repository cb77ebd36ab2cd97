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
  DossierReading,
  DossierSpeaker,
  DossierStudy,
  SpeaksFor,
} from '../../src/domain/evidence/dossier.js';
import type {
  CreateGateInput,
  GatedDefinition,
  GatedMetric,
} from '../../src/domain/evidence/gate-case.js';
import { EVIDENCE_POLICIES } from '../../src/domain/evidence/policies.js';
import type { ProjectFacts } from '../../src/domain/evidence/project-facts.js';
import type { ChainLink, Rationale } from '../../src/domain/experiments/definition.js';

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
export const STUDY_ID = 'study-1';
export const QUESTION_ID = 'question-1';

/** Who recorded and read first, and who read after; one more has nothing to do with the evidence. */
export const MEMBERS = { researcher: 'member-1', reader: 'member-2', author: 'member-3' } as const;

/** Somebody who tells a whole story in one interview. */
export function speaker(id: string, ...speaksFor: SpeaksFor[]): DossierSpeaker {
  return { participantId: `person-${id}`, speaksFor, turns: 12, words: 640 };
}

/** A lead heard live a month ago, with consent, whose words support the insight. */
export function aVoice(id: string, changes: VoiceChanges = {}): Voice {
  const says = changes.says ?? `I gave up ${id} times because the form wanted my phone number`;
  const participant: DossierParticipant = {
    id: `person-${id}`,
    kind: 'human',
    population: 'lead',
    accountRef: `account-${id}`,
    buyingRoles: [],
    conflict: 'none',
    personId: `person-${id}`,
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
    studyId: STUDY_ID,
    method: 'interview',
    modality: 'video',
    interactive: true,
    startedAt: daysBefore(30),
    endedAt: daysBefore(29.9),
    ingestedAt: daysBefore(29),
    anchorEventAt: null,
    exposureTo: null,
    interviewer: 'Researcher',
    recordedBy: MEMBERS.researcher,
    producedBy: 'human',
    askedTurns: 9,
    participants: [speaker(id, { population: 'lead' })],
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
    context: { prefix: '', suffix: '' },
    alsoSaidBy: [],
    markedBy: MEMBERS.reader,
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
    reason: null,
    readerId: MEMBERS.researcher,
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

/** Somebody who was asked and did not mention it: an interview in the ledger, without a quote. */
function aSilentVoice(id: string): Voice {
  return aVoice(id, {
    entry: {
      quoteId: null,
      interviewId: `interview-${id}`,
      disposition: 'asked_not_mentioned',
    },
  });
}

/** People who were asked in every dossier, so that few cases are about the ledger's length. */
const SILENT_DEFAULT = 8;

/** The named people and one answered contradiction under one insight, in a study with a full ledger. */
export function aDossier(
  voices: readonly Voice[] = ['1', '2', '3', '4'].map((id) => aVoice(id)),
  changes: {
    insight?: Partial<DossierInsight>;
    observations?: readonly DossierObservation[];
    contradictions?: readonly Voice[];
    moreEntries?: readonly DossierEntry[];
    study?: Partial<DossierStudy>;
    silent?: number;
  } = {},
): Dossier {
  const count = changes.silent ?? SILENT_DEFAULT;
  const silent = Array.from({ length: count }, (_, index) => aSilentVoice(`silent-${index + 1}`));
  const heard = [...voices, ...(changes.contradictions ?? [anAnsweredContradiction()])];
  const all = [...heard, ...silent];
  const quotes = heard.map(({ quote }) => quote);
  const entryOf = (quoteId: string) =>
    heard.find(({ quote }) => quote.id === quoteId)?.entry.disposition ?? 'supports';
  const interviews = distinct(all.map(({ interview }) => interview));
  return {
    insights: [
      {
        id: INSIGHT_ID,
        statement: 'People who only want a price leave when the form asks for a phone number',
        state: 'asserted',
        questionId: QUESTION_ID,
        entries: [...all.map(({ entry }) => entry), ...(changes.moreEntries ?? [])],
        searches: [],
        readings: quotes.map(({ id }) => aReading(id, { disposition: entryOf(id) })),
        ...changes.insight,
      },
    ],
    quotes,
    interviews,
    participants: distinct(all.map(({ participant }) => participant)),
    observations: changes.observations ?? [],
    studies: [
      {
        id: STUDY_ID,
        questionId: QUESTION_ID,
        anchorEvent: null,
        sessions: interviews
          .filter(({ studyId }) => studyId === STUDY_ID)
          .map(({ id, participants }) => ({
            interviewId: id,
            participantIds: participants.map(({ participantId }) => participantId),
          })),
        ...changes.study,
      },
    ],
    undecidedPairs: [],
    signals: [],
  };
}

function distinct<Kept extends { id: string }>(records: readonly Kept[]): Kept[] {
  return [...new Map(records.map((record) => [record.id, record])).values()];
}

/** What another member made of a passage, without knowing what the first had made of it. */
export function aReading(quoteId: string, changes: Partial<DossierReading> = {}): DossierReading {
  return { quoteId, readerId: MEMBERS.reader, disposition: 'supports', ...changes };
}

/** One insight in another state, or with other searches or readings; the rest as it was. */
export function withInsight(dossier: Dossier, changes: Partial<DossierInsight>): Dossier {
  return { ...dossier, insights: dossier.insights.map((one) => ({ ...one, ...changes })) };
}

export const EMPTY_DOSSIER: Dossier = {
  insights: [],
  quotes: [],
  interviews: [],
  participants: [],
  observations: [],
  studies: [],
  undecidedPairs: [],
  signals: [],
};

export const GATE_METRICS: readonly GatedMetric[] = [
  { key: 'signups', kind: 'proportion', class: 'stage_conversion' },
  { key: 'paid_seats', kind: 'count', class: 'stage_quality' },
  { key: 'profit', kind: 'money', class: 'revenue' },
];

export const GATE_PROJECT: ProjectFacts = {
  market: 'b2c',
  stages: ['visit', 'evaluate', 'trial', 'paid'],
  departments: [],
  memberIds: Object.values(MEMBERS),
};

export function aChain(): ChainLink[] {
  const interview = { sign: '+', lagDays: 0, basis: 'interview' } as const;
  return [
    { from: 'change', to: 'experience:less-worry', ...interview, support: ['quote-1'] },
    { from: 'experience:less-worry', to: 'metric:signups', ...interview, lagDays: 1 },
    { from: 'metric:signups', to: 'metric:profit', sign: '+', lagDays: 30, basis: 'assumption' },
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
    prediction: { metric: 'signups', direction: 'increase', scale: 'relative' },
    wrongIf: 'people who saw the short form say that the number was never what held them back',
    otherExplanations: [
      {
        explanation: 'they left because the price itself was too high',
        tests: [
          {
            sign: 'whoever got a form without the number went on',
            mustSeeIfTrue: true,
            couldSeeIfFalse: false,
            seen: true,
          },
        ],
      },
    ],
    otherChanges: [{ change: 'say why the number is asked for', whyNot: 'they do not believe it' }],
    followUps: [{ question: 'What went through your mind?', afterDays: 7, people: 3 }],
    incentive: 'nobody is paid by signups',
    ...changes,
  };
}

/** An experiment on leads at full traffic, so `standard` applies. */
export function aGatedDefinition(changes: Partial<GatedDefinition> = {}): GatedDefinition {
  return {
    key: 'shorter-form',
    kind: 'ab',
    touches: [],
    traffic: 1,
    variants: [
      { key: 'long', name: 'With the phone number', weight: 1, control: true },
      { key: 'short', name: 'Without it', weight: 1 },
    ],
    audience: { populations: ['lead'] },
    analysis: {
      alpha: 0.05,
      test: 'fixed_horizon',
      adjustment: 'dunnett',
      relativeQuantile: 'test',
      plannedDays: 14,
    },
    metrics: { leading: 'signups', deciding: 'profit', guardrails: [], secondary: [] },
    rationale: aRationale(),
    ...changes,
  };
}

/** What the gate is asked about the dossier; anything can be changed, parts of the body too. */
export function aGateInput(
  dossier: Dossier,
  definition: Partial<GatedDefinition> = {},
  changes: Partial<CreateGateInput> = {},
): CreateGateInput {
  return {
    definition: aGatedDefinition(definition),
    dossier,
    metrics: GATE_METRICS,
    project: GATE_PROJECT,
    policies: EVIDENCE_POLICIES,
    others: [],
    parent: null,
    citedExperiments: [],
    author: MEMBERS.author,
    now: GATE_NOW,
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
  return aDossier(people(3), { contradictions: [], insight: { searches: [search] } });
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
