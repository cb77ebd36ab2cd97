import { chainMetricsOf } from '../experiments/rationale-references.js';
import type { DossierInterview, DossierSignal } from './dossier.js';
import type { GateCase } from './gate-case.js';

/**
 * Shifts of the chain's metrics that began after the newest cited interview ended and that no answered
 * question explains. Without an interview there is nothing that could have become old.
 */
export function unexplainedShifts(
  gate: Pick<GateCase, 'rationale' | 'dossier' | 'interviews'>,
): DossierSignal[] {
  const newest = newestEnd(gate.interviews);
  if (newest === null) return [];
  const onChain = new Set(chainMetricsOf(gate.rationale));
  return gate.dossier.signals.filter(
    ({ reading, explained, since, metricKey }) =>
      reading === 'shift' && !explained && since.getTime() > newest && onChain.has(metricKey),
  );
}

function newestEnd(interviews: readonly DossierInterview[]): number | null {
  if (interviews.length === 0) return null;
  return Math.max(...interviews.map(({ endedAt }) => endedAt.getTime()));
}
