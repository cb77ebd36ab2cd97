import { aMetric } from '../../../../test/support/metric-builder.js';
import type { ComparisonReport, MetricReport } from '../../evaluation/result.js';
import type { PlannedMetric, PlannedRole } from '../../experiments/plan.js';
import type { VariantVerdict } from '../verdict.js';
import { learnedFactsOf, type TaughtInput } from './learned-facts.js';

const planned = (key: string, inExperiment: PlannedRole, changes = {}): PlannedMetric => ({
  inExperiment,
  definition: aMetric(key, changes),
  prior: { kind: 'normal_relative', mean: 0, sd: 0.05 },
  source: 'assumed',
  sinceVersion: 1,
});

const reported = (key: string, lower: number, upper: number, wholeCohort = true): MetricReport => {
  const alwaysValid = {
    lower,
    upper,
    pValue: 0.01,
    runningPValue: 0.01,
    nStar: 9,
    burnInPassed: true,
  };
  const comparison: ComparisonReport = {
    variant: 'short',
    control: 'long',
    absolute: { estimate: (lower + upper) / 2, lower, upper, standardError: 0.01 },
    frequentist: { test: 'welch', statistic: 2, criticalValue: 2, valid: true, alwaysValid },
  };
  return {
    key,
    role: 'leading',
    kind: 'proportion',
    unit: 'share',
    sinceVersion: 1,
    maturity: { maturedUnits: 100, units: 100, wholeCohort },
    arms: [],
    comparisons: [comparison],
  };
};

const short: VariantVerdict = {
  variant: 'short',
  state: 'profit_win',
  reasons: [],
  chain: [{ from: 'experience:calm', to: 'metric:signup', verdict: 'held', why: 'Both went up.' }],
  guardrails: [],
};
const link = (from: string, to: string) =>
  ({ from, to, sign: '+', lagDays: 0, basis: 'interview' }) as const;

const INPUT: TaughtInput = {
  plan: {
    chain: [
      link('change', 'experience:calm'),
      link('experience:calm', 'metric:signup'),
      link('metric:signup', 'metric:income'),
      link('metric:income', 'metric:profit'),
    ],
    prediction: { metric: 'signup', direction: 'increase', scale: 'relative' },
    metrics: [
      planned('signup', 'leading'),
      planned('profit', 'deciding', { kind: 'money' }),
      planned('income', 'secondary', { kind: 'money' }),
      planned('mood', 'secondary', { class: 'experience', direction: 'decrease' }),
    ],
  },
  result: {
    metrics: [
      reported('signup', 0.01, 0.03),
      reported('profit', -1, 1, false),
      reported('mood', -2, -1),
    ],
    verdict: { perVariant: [short], profitCoverage: 'full', unknownCosts: [] },
  },
  links: [{ from: 'change', to: 'experience:calm', verdict: 'broken', note: 'They were not.' }],
  wrongIfMet: false,
  people: { heard: 1, needed: 3, described: 1, contradicted: 0 },
};

describe('the facts of what was learned', () => {
  it('are those of the predicted metric, the links before the money and the experience', () => {
    expect(learnedFactsOf('short', INPUT)).toEqual({
      variant: 'short',
      state: 'profit_win',
      metric: {
        key: 'signup',
        move: 'up',
        matured: true,
        good: 'increase',
        expected: 'increase',
        isPredicted: true,
      },
      links: [
        { from: 'change', to: 'experience:calm', verdict: 'broken', by: 'people' },
        { from: 'experience:calm', to: 'metric:signup', verdict: 'held', by: 'numbers' },
      ],
      experience: [{ key: 'mood', move: 'down', matured: true, good: 'decrease' }],
      wrongIfMet: false,
      people: { heard: 1, needed: 3, described: 1, contradicted: 0 },
    });
  });

  it('are those of the deciding metric where nothing was predicted', () => {
    const { metric } = learnedFactsOf('short', {
      ...INPUT,
      plan: { ...INPUT.plan, prediction: null },
    });
    expect(metric).toEqual({
      key: 'profit',
      move: 'flat',
      matured: false,
      good: 'increase',
      expected: 'increase',
      isPredicted: false,
    });
  });

  it('know nothing of a variant that was not judged, and nothing before an evaluation', () => {
    for (const facts of [
      learnedFactsOf('bold', INPUT),
      learnedFactsOf('short', { ...INPUT, result: null }),
    ]) {
      expect(facts.state).toBeNull();
      expect(facts.metric.move).toBe('not_computed');
      expect(facts.links.map(({ verdict }) => verdict)).toEqual(['broken', null]);
    }
  });

  it('take the end of a chain for money, whatever it is called', () => {
    const chain = [link('change', 'metric:calls'), link('metric:calls', 'metric:wages')];
    const { links } = learnedFactsOf('short', { ...INPUT, plan: { ...INPUT.plan, chain } });
    expect(links.map(({ to }) => to)).toEqual(['metric:calls']);
  });

  it('hold no words of people', () => {
    expect(JSON.stringify(learnedFactsOf('short', INPUT))).not.toContain('They were not');
  });
});
