/** What retention reads of a consent. */
export interface RetainedConsent {
  givenAt: Date;
  withdrawnAt: Date | null;
  retainUntil: Date | null;
}

/** Why a person's words must not be kept any longer. */
export const RETENTION_REASONS = ['retention_ended', 'consent_withdrawn'] as const;
export type RetentionReason = (typeof RETENTION_REASONS)[number];

export interface RetentionEnd {
  at: Date;
  why: RetentionReason;
}

/** How long before the end of a retention the team is told. */
export const RETENTION_NOTICE_DAYS = 30;
/** Longer is no plan of a study but a wish to keep everything. */
export const RETENTION_YEARS_MAX = 10;
/** What is left to end the work on words whose owner has withdrawn every consent. */
const WITHDRAWN_DAYS = 30;
const DAY_MS = 86_400_000;

/** Until when a consent lets words be kept: its own date, or the project's default after it was given. */
export function retentionEnd(
  { givenAt, retainUntil }: Pick<RetainedConsent, 'givenAt' | 'retainUntil'>,
  retentionDays: number,
): Date {
  return retainUntil ?? new Date(givenAt.getTime() + retentionDays * DAY_MS);
}

/**
 * When nothing entitles us any more to keep somebody's words: each consent holds until its retention
 * ends or 30 days after it was withdrawn, whichever comes first, and the last one counts. Null for
 * somebody without any consent: nobody has said yet until when.
 */
export function personRetentionEnd(
  consents: readonly RetainedConsent[],
  retentionDays: number,
): RetentionEnd | null {
  let last: RetentionEnd | null = null;
  for (const consent of consents) {
    const end = consentEnd(consent, retentionDays);
    if (last === null || end.at > last.at) last = end;
  }
  return last;
}

function consentEnd(consent: RetainedConsent, retentionDays: number): RetentionEnd {
  const ended: RetentionEnd = { at: retentionEnd(consent, retentionDays), why: 'retention_ended' };
  if (consent.withdrawnAt === null) return ended;
  const forgotten = new Date(consent.withdrawnAt.getTime() + WITHDRAWN_DAYS * DAY_MS);
  return forgotten < ended.at ? { at: forgotten, why: 'consent_withdrawn' } : ended;
}

/** Ten calendar years from now: 29 February ends on 1 March. */
export function isRetentionTooLong(retainUntil: Date, now: Date): boolean {
  const latest = new Date(now);
  latest.setUTCFullYear(latest.getUTCFullYear() + RETENTION_YEARS_MAX);
  return retainUntil > latest;
}
