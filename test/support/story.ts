import type { TestApp } from './test-app.js';

/** The evidence and the experiment that the tests start from; every person in it is invented. */

const DAY_MS = 86_400_000;

export interface PersonOptions {
  pseudonym: string;
  kind?: 'human' | 'synthetic';
  population?: string;
  speaksFor?: { population: string; stage?: string }[];
  method?: string;
  modality?: string;
  interactive?: boolean;
  /** How long ago the talk ended, by the product's clock; negative is in the future. */
  endedDaysAgo?: number;
  words?: string;
  consent?: readonly string[];
}

export interface HeardPerson {
  participantId: string;
  consentId: string | null;
  interviewId: string;
  quoteId: string;
}

/** Words of ten and more, each person's own. */
const OWN_WORDS: Readonly<Record<string, string>> = {
  'Visitor A':
    'I opened the pricing page three times last week and still could not tell what I would pay in the end',
  'Visitor B':
    'We gave up because nobody on the team could explain the total to our finance person that day',
  'Visitor C':
    'The monthly number looked fine until the fees showed up on the very last screen before paying',
  'Visitor D':
    'I copied the whole plan table into a spreadsheet last month just to see the sum for twelve people',
};

const INTERVIEWER_WORDS =
  'Tell me about the last time you looked at what our product would cost you';

export async function productNow(app: TestApp): Promise<Date> {
  const [row] = await app.sql<{ now: Date }>('SELECT becausal_now() AS now');
  if (row === undefined) throw new Error('no clock');
  return row.now;
}

/** What people talk about, word by word; each strings them together in their own way. */
const TALK_WORDS = (
  'monday team budget sheet screen plan price seat invoice manager export report morning trial ' +
  'browser phone meeting question answer number total month week colleague tool account page list ' +
  'order form button receipt finance opened closed waited asked copied counted compared forgot found ' +
  'looked moved paid printed reached sent showed stopped tried typed wanted wrote again almost before ' +
  'behind between early finally later maybe never often once twice slowly sudden thirty twelve blue old'
).split(' ');
const TALK_TURNS = 3;
const TALK_TURN_WORDS = 50;

/** Enough of a story to be a conversation: the same for a pseudonym each time, like nobody else's. */
export function longTalk(pseudonym: string, participantId: string): object[] {
  let state = [...pseudonym].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
  const next = (): string => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return TALK_WORDS[Math.floor((state / 2 ** 32) * TALK_WORDS.length)] ?? '';
  };
  return Array.from({ length: TALK_TURNS }, () => [
    { speaker: 'Researcher', text: 'And what happened then?' },
    {
      speaker: pseudonym,
      participantId,
      text: `${Array.from({ length: TALK_TURN_WORDS }, next).join(' ')}.`,
    },
  ]).flat();
}

/** One person, their consent, one talk with them, and one quote of theirs. */
export async function hear(app: TestApp, options: PersonOptions): Promise<HeardPerson> {
  const words =
    options.words ??
    OWN_WORDS[options.pseudonym] ??
    `${options.pseudonym} told us how the total surprised them at the end of the order`;
  const person = await app.ok('post', '/v1/participants', {
    pseudonym: options.pseudonym,
    kind: options.kind ?? 'human',
    population: options.population ?? 'lead',
    accountRef: `account of ${options.pseudonym}`,
  });
  const participantId = person.body.id as string;
  const now = await productNow(app);
  const endedAt = new Date(now.getTime() - (options.endedDaysAgo ?? 10) * DAY_MS);
  const scopes = options.consent ?? ['take_part', 'product_decisions', 'quote_internal'];
  let consentId: string | null = null;
  if (scopes.length > 0) {
    const consent = await app.ok('post', `/v1/participants/${participantId}/consents`, {
      scopes,
      givenAt: new Date(Math.min(endedAt.getTime(), now.getTime()) - 3_600_000).toISOString(),
      how: 'form',
      noticeVersion: '1',
    });
    consentId = consent.body.id as string;
  }
  const interview = await app.ok('post', '/v1/interviews', {
    participants: [
      { participantId, speaksFor: options.speaksFor ?? [{ population: 'lead', stage: 'pricing' }] },
    ],
    method: options.method ?? 'interview',
    modality: options.modality ?? 'video',
    interactive: options.interactive ?? true,
    startedAt: new Date(endedAt.getTime() - 1_800_000).toISOString(),
    endedAt: endedAt.toISOString(),
    interviewer: 'Researcher',
    transcript: {
      language: 'en',
      producedBy: 'human',
      turns: [
        { speaker: 'Researcher', text: INTERVIEWER_WORDS },
        { speaker: options.pseudonym, participantId, text: `Well. ${words}. That is all.` },
        ...longTalk(options.pseudonym, participantId),
      ],
    },
  });
  const interviewId = interview.body.id as string;
  const quote = await app.ok('post', `/v1/interviews/${interviewId}/quotes`, {
    text: words,
    temporality: 'past_specific',
    elicitation: 'open_probe',
  });
  return { participantId, consentId, interviewId, quoteId: quote.body.id as string };
}

/** People in the ledger that `standard` asks for. */
const STANDARD_ASKED = 5;

/**
 * An insight with these quotes in support, others who were asked and did not mention it, and an
 * answered search for what speaks against it.
 */
export async function insightOn(
  app: TestApp,
  people: readonly HeardPerson[],
  options: { search?: boolean; asked?: number } = {},
): Promise<string> {
  const insight = await app.ok('post', '/v1/insights', {
    statement: 'People leave the pricing page because they cannot tell the total they will pay',
    audience: { populations: ['lead'], stages: ['pricing'] },
  });
  const id = insight.body.id as string;
  const evidence: object[] = people.map(({ quoteId }) => ({ quoteId, disposition: 'supports' }));
  for (let count = people.length; count < (options.asked ?? STANDARD_ASKED); count += 1) {
    const { interviewId } = await hear(app, { pseudonym: `Asked ${count} for ${id.slice(-12)}` });
    evidence.push({ interviewId, disposition: 'asked_not_mentioned' });
  }
  await app.ok('post', `/v1/insights/${id}/evidence`, { evidence });
  if (options.search !== false) await searchAndAnswer(app, id);
  return id;
}

export async function searchAndAnswer(app: TestApp, insightId: string): Promise<void> {
  const search = await app.ok('post', `/v1/insights/${insightId}/negative-searches`, {
    queries: ['price was clear', 'easy to understand the cost'],
  });
  const hits = search.body.hits as { interviewId: string; turn: number }[];
  await app.ok('put', `/v1/insights/${insightId}/negative-searches/${search.body.id}/hits`, {
    hits: hits.map(({ interviewId, turn }) => ({ interviewId, turn, disposition: 'supports' })),
  });
}

/** The metrics the experiment names. */
export async function declareMetrics(app: TestApp): Promise<void> {
  await app.ok('post', '/v1/metrics', {
    key: 'checkout-start',
    name: 'Checkout started',
    role: 'proxy',
    kind: 'proportion',
    class: 'stage_conversion',
    direction: 'increase',
    event: 'checkout_started',
    windowDays: 7,
  });
}

/** A body that passes `standard` with three people heard live. */
export function experimentBody(
  insightId: string,
  people: readonly HeardPerson[],
  changes: object = {},
): Record<string, unknown> {
  const quoteIds = people.map(({ quoteId }) => quoteId);
  const cited = (text: string) => ({ text, quoteIds: quoteIds.slice(0, 1) });
  return {
    key: 'total-first',
    name: 'Show the total first',
    kind: 'ab',
    unit: 'visitor',
    assignment: 'internal',
    variants: [
      { key: 'control', name: 'As it is', weight: 1, control: true },
      { key: 'total', name: 'Total on the pricing page', weight: 1 },
    ],
    audience: { populations: ['lead'], stages: ['pricing'] },
    traffic: 1,
    metrics: { leading: 'checkout-start' },
    analysis: { plannedDays: 14 },
    rationale: {
      insightIds: [insightId],
      because: {
        context: cited('They compare plans before asking anybody'),
        who: cited('People who have to explain the cost to others'),
        struggle: cited('They cannot tell the total'),
        change: { text: 'We show the total on the pricing page', assumption: true },
        force: cited('They fear a surprise on the last screen'),
        expectedExperience: cited('They know the total before they start'),
      },
      experience: { betterOff: 'People who budget', worseOff: 'Nobody, because the price stays' },
      chain: [
        {
          from: 'change',
          to: 'experience:known-total',
          sign: '+',
          lagDays: 0,
          basis: 'interview',
          support: quoteIds.slice(0, 1),
        },
        {
          from: 'experience:known-total',
          to: 'metric:checkout-start',
          sign: '+',
          lagDays: 0,
          basis: 'interview',
          support: quoteIds.slice(0, 1),
        },
        {
          from: 'metric:checkout-start',
          to: 'metric:profit',
          sign: '+',
          lagDays: 14,
          basis: 'correlation',
        },
      ],
      prediction: {
        metric: 'checkout-start',
        direction: 'increase',
        low: 0.02,
        high: 0.2,
        scale: 'relative',
      },
      wrongIf: 'Checkout starts do not rise, or profit per visitor falls',
      otherExplanations: [{ explanation: 'The price itself is too high' }],
      otherChanges: [{ change: 'A calculator', whyNot: 'More work for the visitor' }],
      impacts: ['sales', 'support'].map((department) => ({
        department,
        expectedEffect: 'none',
        reason: 'The price stays; people only see it earlier',
        observationPlan: 'The team lead counts complaints by hand until 2099-12-31',
      })),
      followUps: [{ question: 'What did you know before you started?', afterDays: 3, people: 3 }],
      incentive: 'Nobody is paid by checkout starts',
    },
    ...changes,
  };
}

/** Three people heard live among five who were asked, an insight, the metrics: all that `standard` wants. */
export async function standardEvidence(
  app: TestApp,
): Promise<{ people: HeardPerson[]; insightId: string }> {
  const people: HeardPerson[] = [];
  for (const pseudonym of ['Visitor A', 'Visitor B', 'Visitor C']) {
    people.push(await hear(app, { pseudonym }));
  }
  const insightId = await insightOn(app, people);
  await declareMetrics(app);
  return { people, insightId };
}
