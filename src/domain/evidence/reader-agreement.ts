import type { CitedInsight } from './citations.js';
import { krippendorffAlpha, type AgreementAlpha } from './measures/agreement-alpha.js';
import type { NotComputed } from '../../stats/outcome.js';

export interface ReaderAgreement {
  /** Distinct members who judged a cited passage. */
  readers: number;
  alpha: AgreementAlpha | NotComputed;
}

/** How far those who read the passages of the cited insights judged them alike. */
export function readerAgreement(insights: readonly CitedInsight[]): ReaderAgreement {
  const judged = new Map<string, Map<string, string>>();
  const items = new Map<string, number>();
  const add = (readerId: string, item: string, disposition: string): void => {
    if (!items.has(item)) items.set(item, items.size);
    const row = judged.get(readerId) ?? new Map<string, string>();
    row.set(item, disposition);
    judged.set(readerId, row);
  };
  for (const { insight } of insights) {
    for (const { quoteId, interviewId, readerId, disposition } of insight.entries) {
      add(readerId, JSON.stringify([insight.id, quoteId, interviewId]), disposition);
    }
    for (const { quoteId, readerId, disposition } of insight.readings) {
      add(readerId, JSON.stringify([insight.id, quoteId, null]), disposition);
    }
  }
  const rows = [...judged.values()].map((row) =>
    [...items.keys()].map((item) => row.get(item) ?? null),
  );
  return { readers: judged.size, alpha: krippendorffAlpha(rows) };
}
