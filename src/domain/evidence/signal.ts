export const SIGNAL_KINDS = [
  'web_analytics',
  'automation',
  'click',
  'eye_tracking',
  'heatmap',
  'event',
  'funnel',
  'ab_test',
  'multivariate_test',
] as const;
export type SignalKind = (typeof SIGNAL_KINDS)[number];

/**
 * What a signal looks like. `collection_error`: the number itself may be wrong (it alternates with
 * zero, jumps with a release); `shift`: what it counts may have become another thing.
 */
export const SIGNAL_READINGS = ['movement', 'shift', 'collection_error'] as const;
export type SignalReading = (typeof SIGNAL_READINGS)[number];

/** A number that moved or looks odd: a symptom, never a reason. */
export interface Signal {
  metricKey?: string;
  observation: string;
  window?: string;
  kind?: SignalKind;
  reading?: SignalReading;
  /** When it began; when it was written down, if nobody says. */
  since?: string;
  /** Told by people about themselves rather than counted. */
  selfReported?: boolean;
}
