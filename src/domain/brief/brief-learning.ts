import type {
  InsightEffect,
  Learned,
  LearningOutcome,
  MechanismVerdict,
  MetricVerdict,
} from '../verdict/learning/outcome.js';
import type { BriefLearning, BriefVerdict } from './brief.js';

/** What the result did to the claim it came from. */

const METRIC: Readonly<Record<MetricVerdict, string>> = {
  better: 'the metric got better',
  worse: 'the metric got worse',
  no_detectable_change: 'no change of the metric could be detected',
  invalid: 'the numbers cannot be judged',
  not_computed: 'there is no number of the metric yet',
};

const MECHANISM: Readonly<Record<MechanismVerdict, string>> = {
  supported: 'the reason held',
  not_supported: 'the reason did not hold',
  unknown: 'nobody knows whether the reason held',
};

const OUTCOMES: Readonly<Record<LearningOutcome, string>> = {
  understood_win: 'an understood win',
  lucky_win: 'a lucky win, which may ship and is no evidence',
  broken_chain: 'a broken chain, right about people and wrong about the metric',
  refuted: 'refuted',
  open: 'open',
};

const EFFECTS: Readonly<Record<InsightEffect, string>> = {
  supported: 'Supported by this test',
  weakened: 'Weakened by this test',
  contested: 'Contested by this test',
  none: 'Left as it was by this test',
};

export function learningOfVariants(
  learned: readonly Learned[],
  insights: readonly { id: string; statement: string }[],
): BriefLearning[] {
  return learned.map(({ variant, metric, metricKey, mechanism, outcome, ...said }) => ({
    variant,
    metric,
    metricKey,
    mechanism,
    outcome,
    sentence:
      `${variant}: ${METRIC[metric]} (${metricKey}), and ${MECHANISM[mechanism]}: ` +
      `${OUTCOMES[outcome]}.`,
    reasons: [...said.metricReasons, ...said.reasons],
    insights: said.insights.map(({ insightId, effect }) => {
      const statement = insights.find(({ id }) => id === insightId)?.statement;
      const sentence = `${EFFECTS[effect]}${statement === undefined ? '' : `: ${statement}`}`;
      return { insightId, effect, sentence };
    }),
  }));
}

/** What the verdicts alone teach, before anybody has said anything. */
export function taughtBy(verdicts: readonly BriefVerdict[]): string[] {
  return verdicts.flatMap(({ variant, state, chain }) => {
    const broken = chain.filter(({ verdict }) => verdict === 'broken');
    const open = chain.filter(({ verdict }) => verdict === 'not_measured');
    const sentences = broken.map(
      ({ from, to, why }) => `${variant}: the step from ${from} to ${to} did not hold. ${why}`,
    );
    if (state === 'proxy_trap') {
      sentences.push(`${variant}: the leading metric was a shadow of success here, not its cause.`);
    }
    if (open.length > 0 && state !== 'collecting') {
      const steps = open.map(({ from, to }) => `${from} to ${to}`).join('; ');
      sentences.push(`${variant}: nobody measured the step ${steps}. Ask the people who saw it.`);
    }
    return sentences;
  });
}
