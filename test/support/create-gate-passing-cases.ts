import type { Dossier } from '../../src/domain/evidence/dossier.js';
import type { CreateGateInput, GatedDefinition } from '../../src/domain/evidence/gate-case.js';
import {
  aChain,
  aDossier,
  aRationale,
  aVoice,
  consentOf,
  daysBefore,
  hit,
  people,
  seen,
  speaker,
  withFourth,
  withSearch,
} from './evidence-builders.js';

/** One arrangement of evidence and the codes that must stay unmet, in order. */
export interface GateCaseRow {
  name: string;
  dossier: Dossier;
  definition?: Partial<GatedDefinition>;
  input?: Partial<CreateGateInput>;
  unmet: readonly string[];
  /** Warnings in order; none where absent. */
  warned?: readonly string[];
}

export const PASSING_CASES: readonly GateCaseRow[] = [
  { name: 'three people heard live, one answered contradiction', dossier: aDossier(people(3)) },
  { name: 'two heard live and one in writing', dossier: aDossier(people(2, 1)) },
  {
    name: 'explore with one live story',
    dossier: aDossier(people(1)),
    definition: {
      traffic: 0.1,
      rationale: aRationale({
        because: Object.fromEntries(
          Object.keys(aRationale().because ?? {}).map((part) => [
            part,
            { text: 'as they told it', quoteIds: ['quote-1'] },
          ]),
        ),
      }),
    },
  },
  {
    name: 'a search whose every hit was judged',
    dossier: withSearch([hit({}), hit({ turn: 5, disposition: 'contradicts', response: 'Seen.' })]),
  },
  { name: 'a search that found nothing to judge', dossier: withSearch([]) },
  {
    name: 'consents that cover the scopes together',
    dossier: withFourth({
      participant: {
        consents: [
          ...consentOf({ scopes: ['product_decisions'] }),
          ...consentOf({ scopes: ['quote_internal'], retainUntil: daysBefore(-1) }),
        ],
      },
    }),
  },
  {
    name: 'a customer who speaks for evaluating as a lead',
    dossier: aDossier([
      ...people(2),
      aVoice('3', {
        participant: { population: 'customer' },
        interview: {
          participants: [
            speaker(
              '3',
              { population: 'lead', from: daysBefore(80), to: daysBefore(50) },
              { population: 'customer', from: daysBefore(50) },
            ),
          ],
        },
      }),
    ]),
  },
  {
    name: 'somebody watched, without a word quoted',
    dossier: aDossier(
      [
        ...people(2),
        aVoice('9', {
          interview: { method: 'usability_test' },
          entry: { quoteId: null, interviewId: 'interview-9' },
        }),
      ],
      { observations: [seen('9')] },
    ),
  },
  {
    name: 'employees, when the audience is the company itself',
    dossier: aDossier(
      people(3).map((voice) => ({
        ...voice,
        participant: {
          ...voice.participant,
          population: 'salesperson' as const,
          conflict: 'employee' as const,
        },
        interview: {
          ...voice.interview,
          participants: voice.interview.participants.map((one) => ({
            ...one,
            speaksFor: [{ population: 'salesperson' as const }],
          })),
        },
      })),
    ),
    definition: { audience: { populations: ['salesperson'] } },
  },
  {
    name: 'a link that rests on an experiment may name one',
    dossier: aDossier(),
    definition: {
      rationale: aRationale({
        chain: aChain().map((link) =>
          link.basis === 'assumption'
            ? { ...link, basis: 'experiment' as const, support: ['shorter-form'] }
            : link,
        ),
      }),
    },
    input: {
      citedExperiments: [
        { id: 'e1', key: 'shorter-form', decided: true, outcomes: ['understood_win'] as const },
      ],
    },
  },
].map((row) => ({ ...row, unmet: [] }));
