import type { TrackEntry } from '../../src/domain/evidence/dossier.js';
import type { LearningOutcome } from '../../src/domain/verdict/learning/outcome.js';
import { daysBefore } from './evidence-builders.js';

const EFFECTS = {
  understood_win: 'supported',
  lucky_win: 'none',
  broken_chain: 'none',
  refuted: 'contested',
  open: 'none',
} as const;

/** How a test that cited a claim ended. */
export function aTrackEntry(
  experiment: string,
  outcome: LearningOutcome,
  changes: Partial<TrackEntry> = {},
): TrackEntry {
  return {
    experiment,
    variant: 'short',
    metric: 'better',
    mechanism: 'unknown',
    outcome,
    effect: EFFECTS[outcome],
    at: daysBefore(3),
    ...changes,
  };
}
