import { aMetric } from '../../../../test/support/metric-builder.js';
import {
  aVoice,
  daysBefore,
  GATE_NOW,
  type Voice,
} from '../../../../test/support/evidence-builders.js';
import type { ComparisonReport, MetricReport } from '../../evaluation/result.js';
import type { Rationale } from '../../experiments/definition.js';
import type { PlannedMetric, PlannedRole } from '../../experiments/plan.js';
import type { VariantVerdict } from '../verdict.js';
import { learningOf, outlineOf } from './learning.js';
import { type LearningInput, openLearning } from './learning-case.js';
import type { SaidLearning } from './said.js';

const LAUNCHED = daysBefore(20);
const QUOTED = { state: 'explained', text: 'They saw the total at once.' } as const;

const planned = (key: string, inExperiment: PlannedRole, changes = {}): PlannedMetric => ({
  inExperiment,
  definition: aMetric(key, changes),
  prior: { kind: 'normal_relative', mean: 0, sd: 0.05 },
  source: 'assumed',
  sinceVersion: 1,
});

function compared(variant: string, lower: number, upper: number, burnInPassed = true) {
  const alwaysValid = { lower, upper, pValue: 0.01, runningPValue: 0.01, nStar: 9, burnInPassed };
  const absolute = { estimate: (lower + upper) / 2, lower, upper, standardError: 0.01 };
  return {
    variant,
    control: 'long',
    absolute,
    relative: { estimate: absolute.estimate * 10, lower: lower * 10, upper: upper * 10 },
    frequentist: {
      test: 'confidence_sequence',
      statistic: 2,
      criticalValue: 2,
      valid: true,
      alwaysValid,
    },
  } satisfies ComparisonReport;
}

const reported = (key: string, ...comparisons: ComparisonReport[]): MetricReport => ({
  key,
  role: 'leading',
  kind: 'proportion',
  unit: 'share',
  sinceVersion: 1,
  maturity: { maturedUnits: 100, units: 100, wholeCohort: true },
  arms: [],
  comparisons,
});

const judged = (variant: string, changes: Partial<VariantVerdict> = {}): VariantVerdict => ({
  variant,
  state: 'profit_win',
  reasons: [],
  chain: [{ from: 'change', to: 'metric:signup', verdict: 'held', why: 'Both went up.' }],
  guardrails: [{ key: 'tickets', state: 'non_inferior', sequentialHarm: false }],
  ...changes,
});

const SAID: SaidLearning = { why: null, links: [], surprises: [], sideEffects: [] };
const RATIONALE: Rationale = {
  because: { struggle: { text: 'They cannot tell.', quoteIds: ['quote-before'] } },
  impacts: [{ department: 'support', expectedEffect: 'fewer questions', reason: 'fees shown' }],
};
const verdict = (...perVariant: VariantVerdict[]) => ({
  perVariant,
  profitCoverage: 'full' as const,
  unknownCosts: [],
});
const dossierOf = (...voices: Voice[]) => ({
  quotes: voices.map(({ quote }) => quote),
  interviews: voices.map(({ interview }) => interview),
  participants: voices.map(({ participant }) => participant),
});
const before = aVoice('before');
const after = aVoice('after', {
  interview: { startedAt: daysBefore(5), endedAt: daysBefore(5), ingestedAt: daysBefore(4) },
});

const OPEN: LearningInput = {
  said: SAID,
  variant: 'short',
  rationale: RATIONALE,
  plan: {
    chain: [{ from: 'change', to: 'metric:signup', sign: '+', lagDays: 0, basis: 'interview' }],
    prediction: {
      metric: 'signup',
      direction: 'increase',
      low: 0.1,
      high: 0.5,
      scale: 'relative',
    },
    metrics: [planned('signup', 'leading'), planned('tickets', 'guardrail')],
  },
  result: {
    metrics: [
      reported('signup', compared('short', 0.02, 0.04), compared('bold', -0.04, -0.02)),
      reported('tickets', compared('short', -0.01, 0.01), compared('bold', 0.01, 0.02)),
    ],
    verdict: verdict(judged('short'), judged('bold')),
  },
  dossier: dossierOf(before, after),
  confidence: null,
  launchedAt: LAUNCHED,
  now: GATE_NOW,
};
const opened = (changes: Partial<LearningInput> = {}) => openLearning({ ...OPEN, ...changes });
const surprisesIn = (changes: Partial<LearningInput>) =>
  opened(changes).surprises.map(({ code, subject, variant }) => [code, subject, variant]);
const whyWith = (...quoteIds: string[]) => ({ said: { ...SAID, why: { ...QUOTED, quoteIds } } });

describe('quotes of a why', () => {
  const quotesOf = (voice: Voice) =>
    opened({ ...whyWith(voice.quote.id), dossier: dossierOf(voice) }).quotes;

  it.each<[string, Voice, boolean]>([
    ['a quote of somebody who agreed', before, true],
    ['words that are unreadable', aVoice('x', { quote: { exact: null } }), false],
    [
      'words the newest transcript does not have',
      aVoice('x', { quote: { turnText: null } }),
      false,
    ],
    ['somebody invented', aVoice('x', { participant: { kind: 'synthetic' } }), false],
    ['somebody forgotten', aVoice('x', { participant: { erased: true } }), false],
    ['no consent', aVoice('x', { participant: { consents: [] } }), false],
    [
      'a consent withdrawn today',
      aVoice('x', {
        participant: {
          consents: before.participant.consents.map((consent) => ({
            ...consent,
            withdrawnAt: GATE_NOW,
          })),
        },
      }),
      false,
    ],
  ])('%s', (_name, voice, inForce) => {
    expect(quotesOf(voice)).toEqual([{ id: voice.quote.id, inForce, postHoc: false }]);
  });

  it('a quote that does not exist is not in force', () => {
    expect(opened(whyWith('nowhere')).quotes).toEqual([
      { id: 'nowhere', inForce: false, postHoc: false },
    ]);
  });

  it.each<[string, object, boolean]>([
    ['ended and stored before the launch', {}, false],
    ['ended at the launch', { endedAt: LAUNCHED, ingestedAt: LAUNCHED }, false],
    ['ended after it', { endedAt: daysBefore(5), ingestedAt: daysBefore(4) }, true],
    ['said to have ended before it, stored after', { ingestedAt: daysBefore(4) }, true],
  ])('%s', (_name, interview, postHoc) => {
    const [quote] = quotesOf(aVoice('x', { interview }));
    expect(quote?.postHoc).toBe(postHoc);
  });

  it('keeps the order in which they were named, each once', () => {
    const { quotes } = opened(whyWith('quote-after', 'quote-before', 'quote-after'));
    expect(quotes.map(({ id, postHoc }) => [id, postHoc])).toEqual([
      ['quote-after', true],
      ['quote-before', false],
    ]);
  });
});

describe('later words in the frozen reason', () => {
  const priorsOf = (rationale: Rationale) => opened({ rationale }).postHocPriors;

  it('are found in the because and in the chain', () => {
    const link = {
      from: 'change',
      to: 'metric:signup',
      sign: '+',
      lagDays: 0,
      basis: 'interview',
    } as const;
    expect(priorsOf(RATIONALE)).toEqual([]);
    expect(priorsOf({ because: { force: { text: 'Fear.', quoteIds: ['quote-after'] } } })).toEqual([
      'quote-after',
    ]);
    expect(priorsOf({ chain: [{ ...link, support: ['quote-after', 'an-experiment'] }] })).toEqual([
      'quote-after',
    ]);
  });

  it('are not the words that explain the result', () => {
    expect(opened(whyWith('quote-after')).postHocPriors).toEqual([]);
  });
});

describe('surprises of an evaluation', () => {
  it.each<[string, Partial<LearningInput>, unknown[]]>([
    ['of the variant that is named', {}, []],
    [
      'of another variant',
      { variant: 'bold' },
      [
        ['SIGN_REVERSED', 'signup', 'bold'],
        ['GUARDRAIL_MOVED', 'tickets', 'bold'],
      ],
    ],
    [
      'of all variants where none is named',
      { variant: null },
      [
        ['SIGN_REVERSED', 'signup', 'bold'],
        ['GUARDRAIL_MOVED', 'tickets', 'bold'],
      ],
    ],
    [
      'of all variants where nobody knows the name',
      { variant: 'nonsense' },
      [
        ['SIGN_REVERSED', 'signup', 'bold'],
        ['GUARDRAIL_MOVED', 'tickets', 'bold'],
      ],
    ],
    ['before any evaluation', { result: null }, []],
    [
      'too early to read',
      {
        result: {
          metrics: [reported('signup', compared('short', -0.04, -0.02, false))],
          verdict: verdict(judged('short')),
        },
      },
      [],
    ],
    [
      'of a department nobody had named',
      {
        result: null,
        said: {
          ...SAID,
          sideEffects: [{ department: 'sales', observed: 'worse', note: 'Angry calls.' }],
        },
      },
      [['UNDECLARED_SIDE_EFFECT', 'sales', null]],
    ],
    [
      'none where the data are faulty',
      {
        said: {
          ...SAID,
          sideEffects: [{ department: 'sales', observed: 'worse', note: 'Angry calls.' }],
        },
        result: {
          metrics: [reported('signup', compared('short', -0.04, -0.02))],
          verdict: verdict(judged('short', { state: 'invalid' })),
        },
      },
      [],
    ],
  ])('%s', (_name, changes, surprises) => {
    expect(surprisesIn(changes)).toEqual(surprises);
  });

  it('an answer with a subject is meant for it alone', () => {
    const { surprises } = opened({
      variant: 'bold',
      said: {
        ...SAID,
        surprises: [
          { code: 'GUARDRAIL_MOVED', subject: 'churn', note: 'Another one.' },
          { code: 'GUARDRAIL_MOVED', note: 'Any.' },
        ],
      },
    });
    expect(surprises.map(({ answer }) => answer?.note)).toEqual([undefined, 'Any.']);
  });
});

describe('a measured experience', () => {
  const calm = planned('calm', 'secondary', { class: 'experience' });
  const metrics = [...OPEN.plan.metrics, calm];
  const withCalm = (...comparisons: ComparisonReport[]) => ({
    plan: { ...OPEN.plan, metrics },
    result: {
      metrics: [reported('calm', ...comparisons)],
      verdict: verdict(judged('short')),
    },
  });
  it.each<[string, Partial<LearningInput>, boolean]>([
    ['no such metric', {}, false],
    ['a number of the variant', withCalm(compared('short', 0, 1)), true],
    ['a number of another variant', withCalm(compared('bold', 0, 1)), false],
    ['no number yet', withCalm({ variant: 'short', control: 'long' }), false],
    ['before any evaluation', { ...withCalm(), result: null }, false],
  ])('%s', (_name, changes, measured) => {
    expect(opened(changes).experienceMeasured).toBe(measured);
  });
});

describe('what is kept', () => {
  const said: SaidLearning = {
    why: { ...QUOTED, quoteIds: ['quote-after', 'quote-before', 'nowhere'] },
    links: [{ from: 'change', to: 'metric:signup', verdict: 'held', note: 'As in the talks.' }],
    surprises: [
      {
        code: 'SIGN_REVERSED',
        followUp: { question: 'Why did you leave?', dueAt: new Date('2026-04-01T00:00:00Z') },
      },
      { code: 'FLAT_UNDER_STRONG_EVIDENCE', note: 'We had expected more.' },
    ],
    sideEffects: [
      { department: 'support', observed: 'better', note: 'Fewer calls.' },
      { department: 'sales', observed: 'none', note: 'Nothing.' },
    ],
  };
  const learning = learningOf(opened({ said, variant: 'bold' }));

  it('names quotes by id, marks later ones, and leaves out what may not be cited', () => {
    expect(learning.why).toEqual({
      ...QUOTED,
      quotes: [
        { id: 'quote-after', postHoc: true },
        { id: 'quote-before', postHoc: false },
      ],
    });
  });

  it('keeps links, surprises and side effects beside what was computed and declared', () => {
    expect(learning).toMatchObject({
      links: [
        {
          from: 'change',
          to: 'metric:signup',
          verdict: 'held',
          by: 'numbers',
          note: 'As in the talks.',
        },
      ],
      surprises: [
        {
          code: 'SIGN_REVERSED',
          subject: 'signup',
          variant: 'bold',
          sentence: 'signup went down, against what was predicted.',
          followUp: { question: 'Why did you leave?', dueAt: '2026-04-01T00:00:00.000Z' },
        },
        { code: 'GUARDRAIL_MOVED', subject: 'tickets' },
        { code: 'FLAT_UNDER_STRONG_EVIDENCE', note: 'We had expected more.' },
      ],
      sideEffects: [
        { department: 'support', expectedEffect: 'fewer questions', observed: 'better' },
        { department: 'sales', observed: 'none', note: 'Nothing.' },
      ],
    });
    expect(learning.surprises[2]).not.toHaveProperty('sentence');
    expect(learning.sideEffects[1]).not.toHaveProperty('expectedEffect');
  });

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(learning))).toEqual(learning);
  });

  it('leaves everything that people wrote out of the history', () => {
    const outline = JSON.stringify(outlineOf(learning));
    for (const written of [
      QUOTED.text,
      'As in the talks.',
      'Why did you leave?',
      'We had expected more.',
      'Fewer calls.',
    ]) {
      expect(outline).not.toContain(written);
    }
    expect(outline).toContain('quote-after');
  });
});
