import type { ExperimentKind } from '../experiments/definition.js';
import { REREAD_DAYS, type RereadKind } from './reread.js';

const DAY_MS = 86_400_000;

export interface PlannedReread {
  kind: RereadKind;
  /** Of a horizon. */
  days: number | null;
  dueAt: Date;
}

/**
 * When the money behind a decision is read again, the earliest first: at each horizon, whatever was
 * decided, and on the date that a provisional ship promised. A test of a thing with itself claims
 * nothing, so nothing of it is read again.
 */
export function plannedRereads(decided: {
  kind: ExperimentKind;
  decidedAt: Date;
  /** Of a provisional ship. */
  rereadAt: Date | null;
}): PlannedReread[] {
  const { kind, decidedAt, rereadAt } = decided;
  if (kind === 'aa') return [];
  const planned = REREAD_DAYS.map((days): PlannedReread => {
    return { kind: 'horizon', days, dueAt: new Date(decidedAt.getTime() + days * DAY_MS) };
  });
  if (rereadAt !== null) planned.push({ kind: 'provisional', days: null, dueAt: rereadAt });
  return planned.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
}
