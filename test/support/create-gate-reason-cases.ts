import type { OtherRationale, ParentExperiment } from '../../src/domain/evidence/gate-case.js';
import { rationaleText } from '../../src/domain/evidence/rationale-text.js';
import type { LinkBasis, Rationale } from '../../src/domain/experiments/definition.js';
import type { GateCaseRow } from './create-gate-passing-cases.js';
import {
  aChain,
  aDossier,
  aGatedDefinition,
  aRationale,
  aReading,
  daysBefore,
  GATE_PROJECT,
  MEMBERS,
  people,
  withFourth,
  withInsight,
} from './evidence-builders.js';
import { aTrackEntry } from './track-builder.js';

const says = (changes: Partial<Rationale>) => ({ rationale: aRationale(changes) });
const B2B = { project: { ...GATE_PROJECT, market: 'b2b' as const } };

/** The chain with these bases from its second link on. */
const chainOn = (second: LinkBasis, third: LinkBasis) =>
  says({
    chain: aChain().map((link, index) => ({
      ...link,
      basis: index === 1 ? second : index === 2 ? third : link.basis,
    })),
  });

const rigorous = (definition: object) => ({ ...definition, touches: ['pricing' as const] });
const SIX = aDossier(people(6));

const test = { sign: 'it was seen', mustSeeIfTrue: false, couldSeeIfFalse: true, seen: true };
const tested = (...tests: (typeof test)[]) =>
  says({ otherExplanations: [{ explanation: 'the price was too high', tests }] });

/** Thirty words of which the first ones are those of the case's own reason. */
const ownText = rationaleText(aRationale());
const aCopy = (key: string, text = ownText): OtherRationale => ({ key, text, quoteIds: [] });
/** Shares about a third of the word pairs. */
const HALF_COPY = `${ownText
  .split('\n')
  .slice(0, 6)
  .join(
    '\n',
  )}\n${'and then some more was written here that nobody had said before at all '.repeat(2)}`;

const uses = (quoteId: string, count: number): OtherRationale[] =>
  Array.from({ length: count }, (_, index) => ({
    key: `other-${index + 1}`,
    text: '',
    quoteIds: [quoteId],
  }));

const PARENT: ParentExperiment = {
  key: 'older-form',
  lineage: ['first-form', 'older-form'],
  variants: [
    { key: 'long', name: 'With the phone number', weight: 1, control: true },
    { key: 'optional', name: 'The number is optional', weight: 1 },
  ],
  rationale: aRationale(),
};

const signal = (changes: object = {}) => ({
  questionId: 'question-9',
  metricKey: 'signups',
  reading: 'shift' as const,
  since: daysBefore(3),
  explained: false,
  ...changes,
});

const withSignal = (changes: object = {}) => ({
  ...aDossier(people(3)),
  signals: [signal(changes)],
});

const withRoles = (...roles: ('initiator' | 'user' | 'decider' | 'single_buyer')[]) =>
  aDossier(
    people(3).map((voice, index) => ({
      ...voice,
      participant: {
        ...voice.participant,
        buyingRoles: roles[index] === undefined ? [] : [roles[index]],
      },
    })),
  );

/** What the gate asks of the reason, and what it warns of: one row on each side of every line. */
export const REASON_CASES: readonly GateCaseRow[] = [
  {
    name: 'no other explanation',
    dossier: aDossier(),
    definition: says({ otherExplanations: [{ explanation: ' ' }] }),
    unmet: ['NO_RIVAL'],
    warned: ['NON_DIAGNOSTIC'],
  },
  {
    name: 'only signs that would be seen either way',
    dossier: aDossier(),
    definition: tested(test),
    warned: ['NON_DIAGNOSTIC'],
  },
  {
    name: 'one sign that must be seen',
    dossier: aDossier(),
    definition: tested(test, { ...test, mustSeeIfTrue: true }),
  },
  {
    name: 'a sign that had to be seen and was not',
    dossier: aDossier(),
    definition: tested({ ...test, mustSeeIfTrue: true, seen: false }),
    warned: ['CONFIDENCE_BELOW_POLICY'],
  },
  {
    name: 'no other change',
    dossier: aDossier(),
    definition: says({ otherChanges: [] }),
    unmet: ['NO_ALTERNATIVE'],
  },
  {
    name: 'a cut of costs without a change that serves people better',
    dossier: SIX,
    definition: { touches: ['cost_cut'] },
    unmet: ['NO_ALTERNATIVE'],
  },
  {
    name: 'a cut of costs beside a change that serves people better',
    dossier: SIX,
    definition: {
      ...says({
        otherChanges: [{ change: 'fix the cause', whyNot: 'later', improvesExperience: true }],
      }),
      touches: ['cost_cut'],
    },
  },
  {
    name: 'a link on correlation',
    dossier: aDossier(),
    definition: chainOn('interview', 'correlation'),
    warned: ['CORRELATION_ONLY_LINK'],
  },
  {
    name: 'a link on a definition',
    dossier: aDossier(),
    definition: chainOn('interview', 'identity'),
    warned: ['IDENTITY_IS_NOT_CAUSE'],
  },
  {
    name: 'two links without a cause in a row',
    dossier: aDossier(),
    definition: chainOn('correlation', 'identity'),
    warned: ['CORRELATION_ONLY_LINK', 'IDENTITY_IS_NOT_CAUSE'],
  },
  {
    name: 'one link without a cause in the strictest profile',
    dossier: SIX,
    definition: rigorous(chainOn('interview', 'correlation')),
    warned: ['CORRELATION_ONLY_LINK'],
  },
  {
    name: 'two links on correlation in a row in the strictest profile',
    dossier: SIX,
    definition: rigorous(chainOn('correlation', 'correlation')),
    unmet: ['CORRELATION_ONLY_LINK'],
  },
  {
    name: 'correlation and definition in a row in the strictest profile',
    dossier: SIX,
    definition: rigorous(chainOn('correlation', 'identity')),
    unmet: ['CORRELATION_ONLY_LINK', 'IDENTITY_IS_NOT_CAUSE'],
  },
  {
    name: 'a link on an experiment that won for another reason',
    dossier: aDossier(),
    definition: says({
      chain: aChain().map((link, index) =>
        index === 2 ? { ...link, basis: 'experiment' as const, support: ['lucky'] } : link,
      ),
    }),
    input: {
      citedExperiments: [{ id: 'e1', key: 'lucky', decided: true, outcomes: ['lucky_win'] }],
    },
    unmet: ['LUCKY_WIN_CITED'],
  },
  {
    name: 'a signal cited as if somebody had said it',
    dossier: withSignal({ reading: 'movement' }),
    definition: says({
      because: {
        ...aRationale().because,
        who: { text: 'people who want a price', quoteIds: ['question-9'] },
      },
    }),
    unmet: ['MECHANISM_INCOMPLETE', 'QUOTE_NOT_FOUND', 'SYMPTOM_AS_CAUSE'],
  },
  {
    name: 'the reason of another experiment',
    dossier: aDossier(),
    input: { others: [aCopy('other')] },
    unmet: ['COPIED_RATIONALE'],
  },
  {
    name: 'a reason that shares much with another',
    dossier: aDossier(),
    input: { others: [aCopy('other', HALF_COPY)] },
    warned: ['COPIED_RATIONALE'],
  },
  {
    name: 'a reason too short to be compared',
    dossier: aDossier(),
    input: { others: [aCopy('other', ownText.split(/\s/u).slice(0, 24).join(' '))] },
  },
  {
    name: 'the reason of the experiment it iterates on',
    dossier: aDossier(),
    definition: { variants: PARENT.variants },
    input: { others: [aCopy('older-form')], parent: PARENT },
    warned: ['COPIED_RATIONALE'],
  },
  {
    name: 'the reason of an experiment that it repeats on purpose',
    dossier: aDossier(),
    definition: says({ replicationOf: 'other' }),
    input: { others: [aCopy('other')] },
    warned: ['COPIED_RATIONALE'],
  },
  {
    name: 'the reason of a third experiment, while it repeats another',
    dossier: aDossier(),
    definition: says({ replicationOf: 'other' }),
    input: { others: [aCopy('third')] },
    unmet: ['COPIED_RATIONALE'],
  },
  {
    name: 'other variants than its parent for the same reason',
    dossier: aDossier(),
    input: { parent: PARENT },
    unmet: ['ITERATION_UNARGUED'],
  },
  {
    name: 'the same variants as its parent',
    dossier: aDossier(),
    definition: { variants: PARENT.variants.toReversed() },
    input: { parent: PARENT },
  },
  {
    name: 'a value changed, argued anew',
    dossier: aDossier(),
    definition: {
      variants: aGatedDefinition().variants.map((variant) => ({ ...variant, value: variant.key })),
      ...says({
        because: {
          ...aRationale().because,
          change: { text: 'optional was not enough: the field goes', quoteIds: ['quote-1'] },
        },
      }),
    },
    input: { parent: PARENT },
  },
  {
    name: 'a quote of three other experiments, and most people known',
    dossier: aDossier(people(3)),
    input: { others: [...uses('quote-1', 3), ...uses('quote-2', 1)] },
    warned: ['EVIDENCE_OVERUSED'],
  },
  {
    name: 'a quote of two other experiments',
    dossier: aDossier(people(3)),
    input: { others: [...uses('quote-1', 2), ...uses('quote-2', 1)] },
  },
  {
    name: 'a quote of three other experiments, and half of the people new',
    dossier: aDossier(people(4)),
    input: { others: [...uses('quote-1', 3), ...uses('quote-2', 1)] },
  },
  {
    name: 'a shift after the newest interview',
    dossier: withSignal(),
    warned: ['REGIME_CHANGED'],
  },
  { name: 'a shift that was explained', dossier: withSignal({ explained: true }) },
  { name: 'a shift before the newest interview', dossier: withSignal({ since: daysBefore(31) }) },
  { name: 'a shift of another number', dossier: withSignal({ metricKey: 'paid_seats' }) },
  { name: 'a movement that is no shift', dossier: withSignal({ reading: 'movement' }) },
  {
    name: 'nobody who starts, uses or decides was asked',
    dossier: withRoles(),
    input: B2B,
    warned: ['INITIATOR_UNHEARD', 'ROLE_GAP'],
  },
  {
    name: 'nobody who starts was asked',
    dossier: withRoles('user', 'decider'),
    input: B2B,
    warned: ['INITIATOR_UNHEARD'],
  },
  {
    name: 'nobody who decides was asked',
    dossier: withRoles('user', 'initiator'),
    input: B2B,
    warned: ['ROLE_GAP'],
  },
  { name: 'somebody who buys alone was asked', dossier: withRoles('single_buyer'), input: B2B },
  {
    name: 'a question that no study asked',
    dossier: aDossier(people(3), { study: { questionId: 'question-2' } }),
    warned: ['NOT_ASKED'],
  },
  {
    name: 'an insight that answers no question',
    dossier: withInsight(aDossier(people(3)), { questionId: null }),
    warned: ['NOT_ASKED'],
  },
  {
    name: 'a study of the question in which nobody asked anything',
    dossier: aDossier(
      people(3).map((voice) => ({ ...voice, interview: { ...voice.interview, askedTurns: 0 } })),
    ),
    warned: ['NOT_ASKED'],
  },
  {
    name: 'an insight that something speaks against',
    dossier: withInsight(aDossier(people(3)), { state: 'contested' }),
    warned: ['INSIGHT_CONTESTED'],
  },
  {
    name: 'an insight that a lucky win has weakened',
    dossier: withInsight(aDossier(people(3)), {
      track: [aTrackEntry('other', 'lucky_win', { effect: 'weakened' })],
    }),
    warned: ['INSIGHT_CONTESTED'],
  },
  {
    name: 'one member who did everything',
    dossier: aDossier(
      people(3).map((voice) => ({
        ...voice,
        quote: { ...voice.quote, markedBy: MEMBERS.researcher },
      })),
      { insight: { readings: [] } },
    ),
    warned: ['SELF_INTERVIEW_ONLY'],
  },
  {
    name: 'a friend beside people who have no stake',
    dossier: withFourth({ participant: { conflict: 'friend' } }),
    warned: ['CONFLICTED_SOURCE'],
  },
  {
    name: 'an event long before the talk',
    dossier: withFourth({ interview: { anchorEventAt: daysBefore(30 + 91) } }),
    warned: ['EVENT_LAG'],
  },
  {
    name: 'an event the policy’s days before the talk',
    dossier: withFourth({ interview: { anchorEventAt: daysBefore(30 + 90) } }),
  },
  {
    name: 'an interview of no study',
    dossier: withFourth({ interview: { studyId: null } }),
    warned: ['LEDGER_INCOMPLETE'],
  },
  {
    name: 'words that a model alone wrote down',
    dossier: withFourth({ interview: { producedBy: 'ai' } }),
    warned: ['SYNTHETIC_CITED'],
  },
  {
    name: 'readers who disagree, for the strictest profile',
    dossier: withInsight(SIX, {
      readings: SIX.quotes.map(({ id }) => aReading(id, { disposition: 'contradicts' })),
    }),
    definition: rigorous({}),
    warned: ['CONFIDENCE_BELOW_POLICY'],
  },
].map((row) => ({ unmet: [], ...row }) as GateCaseRow);
