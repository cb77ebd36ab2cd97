/** What people are told without asking: one notice an episode, computed from stored results only. */

export const NOTICE_KINDS = [
  'srm',
  'result_invalid',
  'profit_harm',
  'guardrail_breach',
  'proxy_win_pending',
  'profit_matured',
  'verdict_revised',
  'roll_back_proposed',
  'evidence_withdrawn',
  'insight_contested',
  'follow_up_due',
  'evaluation_failed',
] as const;
/**
 * `srm`, `result_invalid`: the numbers cannot be trusted. `profit_harm`, `guardrail_breach`: waiting
 * costs, or a guardrail is worse than its margin. `proxy_win_pending`: the click has won and the
 * money is awaited. `profit_matured`: all money is in, with the verdict. The others say what happened
 * after a decision, to the evidence, or to a run.
 */
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What a result itself says: the others are raised by whatever finds them. */
export const RESULT_NOTICE_KINDS = [
  'srm',
  'result_invalid',
  'profit_harm',
  'guardrail_breach',
  'proxy_win_pending',
  'profit_matured',
] as const satisfies readonly NoticeKind[];

export const NOTICE_SEVERITIES = ['info', 'warning', 'urgent'] as const;
/** From the lightest to the gravest. */
export type NoticeSeverity = (typeof NOTICE_SEVERITIES)[number];

export function isGraver(one: NoticeSeverity, than: NoticeSeverity): boolean {
  return NOTICE_SEVERITIES.indexOf(one) > NOTICE_SEVERITIES.indexOf(than);
}

/** The subject of what is about the experiment as a whole. */
export const WHOLE_EXPERIMENT = 'experiment';

export interface Notice {
  kind: NoticeKind;
  /**
   * What it is about within the experiment, such as a variant or a metric. An episode is one stretch
   * of time in which a kind of notice holds for one subject.
   */
  subject: string;
  severity: NoticeSeverity;
  /** One sentence for people, without anybody's words or identity. */
  sentence: string;
  facts: Readonly<Record<string, string | number | boolean | null>>;
}
