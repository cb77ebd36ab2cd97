/** Two verdicts side by side: whether the metric moved, and whether the reason was right. */

export const METRIC_VERDICTS = [
  'better',
  'worse',
  'no_detectable_change',
  'invalid',
  'not_computed',
] as const;
/** `not_computed`: there is no number yet, or its time is not over. */
export type MetricVerdict = (typeof METRIC_VERDICTS)[number];

export const MECHANISM_VERDICTS = ['supported', 'not_supported', 'unknown'] as const;
export type MechanismVerdict = (typeof MECHANISM_VERDICTS)[number];

export const LEARNING_OUTCOMES = [
  'understood_win',
  'lucky_win',
  'broken_chain',
  'refuted',
  'open',
] as const;
/**
 * `understood_win`: it moved as predicted and for the reason given. `lucky_win`: it moved, for another
 * reason; it may ship and is no evidence. `broken_chain`: the reason was right and the metric did not
 * follow. `refuted`: neither. `open`: the numbers or the people cannot tell.
 */
export type LearningOutcome = (typeof LEARNING_OUTCOMES)[number];

export const INSIGHT_EFFECTS = ['supported', 'weakened', 'contested', 'none'] as const;
export type InsightEffect = (typeof INSIGHT_EFFECTS)[number];

export const LEARNED_FROM = ['decision', 'reread', 'people'] as const;
/**
 * What brought this state of knowledge: people decided, a re-read revised the verdict, or people who
 * met the change were heard.
 */
export type LearnedFrom = (typeof LEARNED_FROM)[number];

/** What a decided test taught, as it stands now. */
export interface Learned {
  variant: string;
  metric: MetricVerdict;
  /** The metric that this is about: the predicted one, else the one that decides. */
  metricKey: string;
  /** Whether it went where it was predicted to go; absent while that cannot be said. */
  asPredicted?: boolean;
  mechanism: MechanismVerdict;
  outcome: LearningOutcome;
  /** Why the metric and the outcome count as they do, one sentence each. */
  metricReasons: readonly string[];
  /** Why the mechanism counts as it does, one sentence each. */
  reasons: readonly string[];
  /** What it did to each insight the test rested on. */
  insights: readonly { insightId: string; effect: InsightEffect }[];
  from: LearnedFrom;
  learnedAt: string;
}
