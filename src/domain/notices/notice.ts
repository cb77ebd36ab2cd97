/** What people are told without asking: one notice an episode, computed from stored results only. */

export const NOTICE_KINDS = [
  'srm',
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
export type NoticeKind = (typeof NOTICE_KINDS)[number];

export const NOTICE_SEVERITIES = ['info', 'warning', 'urgent'] as const;
export type NoticeSeverity = (typeof NOTICE_SEVERITIES)[number];

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
