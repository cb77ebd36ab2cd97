import type { Dossier, DossierSignal } from '../../src/domain/evidence/dossier.js';
import type { LayerHolder } from '../../src/domain/experiments/launch-gate-case.js';
import type { ChainLink, Impact } from '../../src/domain/experiments/definition.js';
import {
  aDossier,
  aGatedDefinition,
  aRationale,
  consentOf,
  GATE_NOW,
  GATE_PROJECT,
  MEMBERS,
  people,
  withInsight,
} from './evidence-builders.js';
import { POWER_CASES } from './launch-gate-power-cases.js';
import {
  acknowledged,
  growth,
  impact,
  type LaunchChanges,
  leading,
  withGuardrails,
} from './launch-draft.js';

const planned = (observationPlan: string, department = 'growth'): Impact => ({
  ...impact,
  department,
  observationPlan,
});

const lagging = (lagDays: number): ChainLink[] =>
  (aRationale().chain ?? []).map((link, index) => (index === 2 ? { ...link, lagDays } : link));

const aSignal = (changes: Partial<DossierSignal> = {}): Dossier => ({
  ...aDossier(people(6)),
  signals: [
    {
      questionId: 'question-9',
      metricKey: 'signups',
      reading: 'collection_error',
      since: GATE_NOW,
      explained: false,
      ...changes,
    },
  ],
});

const unreadBySecond = withInsight(aDossier(people(6)), {
  readings: aDossier(people(6)).quotes.map(({ id }) => ({
    quoteId: id,
    readerId: MEMBERS.researcher,
    disposition: 'supports',
  })),
});

/** So many people of the dossier may be contacted again. */
const recontact = (count: number): Dossier => {
  const dossier = aDossier(people(6));
  return {
    ...dossier,
    participants: dossier.participants.map((person, index) => ({
      ...person,
      consents:
        index < count
          ? consentOf({ scopes: ['product_decisions', 'quote_internal', 'recontact'] })
          : person.consents,
    })),
  };
};

const running = (changes: object = {}) => ({
  input: {
    running: [
      {
        key: 'other',
        audience: { populations: ['lead'] },
        chainNodes: ['experience:less-worry', 'metric:profit'],
        ...changes,
      },
    ],
  },
});

/** Beside a test that holds three fifths of the layer. */
const inLayer = (traffic: number, holder: Partial<LayerHolder> = {}): LaunchChanges => ({
  definition: { layer: 'checkout', traffic },
  input: {
    layerHolders: [{ experiment: 'pricing', unit: 'visitor', ranges: [[1_000, 7_000]], ...holder }],
  },
});

const noFollowUps = { followUps: [] };
const alone = { ...growth, memberIds: [MEMBERS.author] };
const departments = (one: typeof growth) => ({ ...GATE_PROJECT, departments: [one] });

/** A draft, the codes that stay unmet in order, and the warnings. */
export const LAUNCH_CASES: readonly [string, LaunchChanges, string[], string[]][] = [
  ['a whole draft', {}, [], []],
  ['a draft that fits into its layer', inLayer(0.4), [], []],
  ['a draft with more traffic than its layer has', inLayer(0.5), ['LAYER_FULL'], []],
  [
    'a layer that somebody else has whole',
    inLayer(0.1, { ranges: [[0, 10_000]] }),
    ['LAYER_FULL'],
    [],
  ],
  [
    'a layer of another kind of unit',
    inLayer(0.4, { unit: 'account' }),
    ['LAYER_UNIT_MISMATCH'],
    [],
  ],
  ['no falsifier', { rationale: { wrongIf: '  ' } }, ['NO_FALSIFIER'], []],
  [
    'a falsifier that nothing will show',
    { rationale: { ...noFollowUps, prediction: undefined as never } },
    ['NOT_FROZEN', 'NO_EXPERIENCE_PREDICTION', 'NO_FALSIFIER'],
    ['FOLLOW_UP_UNPREPARED'],
  ],
  [
    'a falsifier that a question will show',
    { rationale: { prediction: undefined as never } },
    ['NOT_FROZEN'],
    [],
  ],
  [
    'a prediction of a metric the experiment does not have',
    { rationale: { prediction: { metric: 'mood', direction: 'increase', scale: 'relative' } } },
    ['NOT_FROZEN'],
    [],
  ],
  [
    'no planned end of a test at planned looks',
    {
      definition: {
        horizonDays: 31,
        analysis: { ...aGatedDefinition().analysis, plannedDays: undefined as never },
      },
    },
    ['NOT_FROZEN'],
    [],
  ],
  [
    'no planned end of a test that is valid at any time',
    {
      definition: {
        analysis: {
          ...aGatedDefinition().analysis,
          test: 'always_valid',
          plannedDays: undefined as never,
        },
        horizonDays: 31,
      },
    },
    [],
    [],
  ],
  [
    'nothing that shows the experience',
    {
      rationale: noFollowUps,
      dossier: recontact(3),
      definition: { metrics: withGuardrails('paid_seats', 'tickets') },
    },
    ['NO_EXPERIENCE_PREDICTION'],
    [],
  ],
  [
    'a guardrail of experience in place of a question',
    {
      rationale: noFollowUps,
      dossier: recontact(3),
      definition: { metrics: withGuardrails('paid_seats', 'tickets', 'mood') },
    },
    [],
    [],
  ],
  [
    'an impact without a reason',
    { rationale: { impacts: [{ ...impact, reason: '' }] } },
    ['IMPACT_MISSING'],
    [],
  ],
  ['no impact', { rationale: { impacts: [] } }, ['IMPACT_MISSING'], []],
  ['nobody of the department', { input: { acknowledgements: [] } }, ['IMPACT_UNACKNOWLEDGED'], []],
  [
    'an acknowledgement of what was written before',
    { input: { acknowledgements: [{ ...acknowledged, stale: true }] } },
    ['IMPACT_UNACKNOWLEDGED'],
    [],
  ],
  [
    'the author, while a colleague could',
    { input: { acknowledgements: [{ ...acknowledged, memberId: MEMBERS.author, alone: true }] } },
    ['IMPACT_UNACKNOWLEDGED'],
    [],
  ],
  [
    'a member of another department',
    { input: { acknowledgements: [{ ...acknowledged, memberId: MEMBERS.researcher }] } },
    ['IMPACT_UNACKNOWLEDGED'],
    [],
  ],
  [
    'the author of a department of one',
    {
      input: {
        project: departments(alone),
        acknowledgements: [{ ...acknowledged, memberId: MEMBERS.author, alone: true }],
      },
    },
    [],
    ['ACKNOWLEDGED_ALONE'],
  ],
  ...POWER_CASES,
  ['no guardrails', { definition: { metrics: withGuardrails() } }, ['GUARDRAIL_UNPAIRED'], []],
  [
    'a conversion without the load it brings',
    { definition: { metrics: withGuardrails('paid_seats') } },
    ['GUARDRAIL_UNPAIRED'],
    [],
  ],
  [
    'a plan to observe with its date',
    {
      definition: { metrics: withGuardrails('paid_seats') },
      rationale: { impacts: [planned('count the calls by hand on 2026-03-02')] },
    },
    [],
    ['GUARDRAIL_OBSERVED_BY_HAND'],
  ],
  ...['soon', 'on 2026-03-01', 'on 2026-02-30', 'on 2026-13-01'].map(
    (plan): [string, LaunchChanges, string[], string[]] => [
      `a plan to observe ${plan}`,
      {
        definition: { metrics: withGuardrails('paid_seats') },
        rationale: { impacts: [planned(plan)] },
      },
      ['GUARDRAIL_UNPAIRED'],
      [],
    ],
  ),
  [
    'one plan for two missing guardrails',
    {
      definition: { metrics: withGuardrails() },
      rationale: { impacts: [planned('by 2026-04-01')] },
    },
    ['GUARDRAIL_UNPAIRED'],
    ['GUARDRAIL_OBSERVED_BY_HAND'],
  ],
  ['sales with quality and load', leading('sales', 'paid_seats', 'tickets'), [], []],
  ['sales with refunds and load', leading('sales', 'refunds', 'tickets'), [], []],
  ['sales with profit and load', leading('sales', 'profit', 'tickets'), ['GUARDRAIL_UNPAIRED'], []],
  ['a cost with experience and load', leading('cost', 'mood', 'tickets'), [], []],
  [
    'a cost with quality and load',
    leading('cost', 'paid_seats', 'tickets'),
    ['GUARDRAIL_UNPAIRED'],
    [],
  ],
  ['visits with engagement', leading('visits', 'reads'), [], ['BOT_FILTER_UNDECLARED']],
  ['visits alone', leading('visits'), ['GUARDRAIL_UNPAIRED'], ['BOT_FILTER_UNDECLARED']],
  ['reads alone', leading('reads'), [], []],
  ['money as late as the test reads it', { rationale: { chain: lagging(43) } }, [], []],
  ['money a day later', { rationale: { chain: lagging(44) } }, ['NO_DOWNSTREAM_READOUT'], []],
  [
    'money a day later, read on that day',
    { rationale: { chain: lagging(44) }, definition: { horizonDays: 45 } },
    [],
    [],
  ],
  [
    'money later than it is read again',
    { rationale: { chain: lagging(45) }, definition: { horizonDays: 45 } },
    ['NO_DOWNSTREAM_READOUT'],
    [],
  ],
  [
    'ten days',
    { definition: { analysis: { ...aGatedDefinition().analysis, plannedDays: 10 } } },
    [],
    ['NOT_WHOLE_WEEKS'],
  ],
  [
    'looks on any day',
    {
      definition: {
        analysis: {
          ...aGatedDefinition().analysis,
          test: 'group_sequential',
          plannedUnits: 1_000,
          plannedLooks: 4,
        },
        schedule: { cron: '0 6 * * *' },
      },
    },
    [],
    ['NOT_WHOLE_WEEKS'],
  ],
  ['a number that may be counted wrong', { dossier: aSignal() }, ['SPECIAL_CAUSE'], []],
  ['one that was explained', { dossier: aSignal({ explained: true }) }, [], []],
  ['one that only moved', { dossier: aSignal({ reading: 'movement' }) }, [], []],
  ['one that decides nothing', { dossier: aSignal({ metricKey: 'mood' }) }, [], []],
  [
    'a guardrail that may be counted wrong',
    { dossier: aSignal({ metricKey: 'tickets' }) },
    ['SPECIAL_CAUSE'],
    [],
  ],
  [
    'passages that the first reader read twice',
    { dossier: unreadBySecond },
    ['NO_SECOND_READER'],
    [],
  ],
  [
    'passages of a project of one',
    {
      dossier: unreadBySecond,
      input: { project: { ...departments(growth), memberIds: [MEMBERS.author] } },
    },
    [],
    ['READ_ALONE'],
  ],
  ['passages in explore', { dossier: unreadBySecond, definition: { traffic: 0.1 } }, [], []],
  [
    'nobody who can be asked later',
    {
      rationale: noFollowUps,
      dossier: recontact(2),
      definition: { metrics: withGuardrails('paid_seats', 'tickets', 'mood') },
    },
    [],
    ['FOLLOW_UP_UNPREPARED'],
  ],
  ['nothing about pay', { rationale: { incentive: ' ' } }, [], ['INCENTIVE_UNDECLARED']],
  ['a test at the same place', running(), [], ['ECOLOGY_COLLISION']],
  [
    'a test at the same place that was thought of',
    { ...running(), rationale: { overlaps: [{ experiment: 'other', whyFine: 'another page' }] } },
    [],
    [],
  ],
  [
    'a test of the same layer at the same place',
    { ...running({ layer: 'checkout' }), definition: { layer: 'checkout' } },
    [],
    [],
  ],
  [
    'a test of another layer at the same place',
    { ...running({ layer: 'pricing' }), definition: { layer: 'checkout' } },
    [],
    ['ECOLOGY_COLLISION'],
  ],
  ['a test of other people', running({ audience: { populations: ['customer'] } }), [], []],
  ['a test that shares only the money', running({ chainNodes: ['metric:profit'] }), [], []],
  [
    'a test at another stage',
    {
      ...running({ audience: { populations: ['lead'], stages: ['paid'] } }),
      definition: {
        audience: { populations: ['lead'], stages: ['trial'] },
        metrics: withGuardrails('paid_seats', 'tickets'),
      },
      dossier: aDossier(
        people(6).map((voice) => ({
          ...voice,
          interview: {
            ...voice.interview,
            participants: voice.interview.participants.map((one) => ({
              ...one,
              speaksFor: [{ population: 'lead' as const, stage: 'trial' }],
            })),
          },
        })),
      ),
    },
    [],
    [],
  ],
  [
    'evidence that lapsed',
    { dossier: aDossier(people(2)) },
    ['CREATE_GATE_LAPSED', 'TOO_FEW_PEOPLE'],
    [],
  ],
];
