import { isGraver, type Notice, type NoticeKind, type NoticeSeverity } from './notice.js';

/** How what people are told reaches them where they are. */

export const CHANNEL_KINDS = ['slack', 'email'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** What a channel wants to hear. */
export interface ChannelWish {
  /** All of them when it names none. */
  kinds: readonly NoticeKind[];
  minSeverity: NoticeSeverity;
}

export function wants(wish: ChannelWish, { kind, severity }: Pick<Notice, 'kind' | 'severity'>) {
  const wanted = wish.kinds.length === 0 || wish.kinds.includes(kind);
  return wanted && !isGraver(wish.minSeverity, severity);
}

export const ATTEMPTS_MAX = 5;
/** Seconds before the second attempt, the third, and so on: the last is about an hour after the first. */
const PAUSES_S = [30, 120, 600, 2_700] as const;
/** A receiver that asks for more is asked again all the same. */
const RETRY_AFTER_MAX_S = 3_600;

/**
 * How long to wait before another attempt, in seconds of real time; null: give up.
 * @param attempts Made so far.
 * @param retryAfterS What the receiver asked for, if it did.
 */
export function pauseBefore(attempts: number, retryAfterS: number | null): number | null {
  const pause = PAUSES_S[attempts - 1];
  if (pause === undefined) return null;
  return Math.max(pause, Math.min(retryAfterS ?? 0, RETRY_AFTER_MAX_S));
}

export type AnswerVerdict =
  | { is: 'sent' }
  /** `again`: another attempt may help. `stop`: there is nobody at this address any more. */
  | { is: 'failed'; code: string; again: boolean; stop: boolean };

/** Statuses of 4xx that pass by themselves: too slow, too early, too many. */
const PASSING = new Set([408, 425, 429]);
const NOBODY_THERE = new Set([404, 410]);

/** What the status of a webhook's answer means. A redirect is never followed. */
export function judgeStatus(status: number): AnswerVerdict {
  if (status >= 200 && status < 300) return { is: 'sent' };
  const code = `http-${status}`;
  if (NOBODY_THERE.has(status)) return { is: 'failed', code, again: false, stop: true };
  const passes = status >= 500 || PASSING.has(status);
  return { is: 'failed', code, again: passes, stop: false };
}
