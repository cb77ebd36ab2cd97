import {
  decisionLabels,
  type Label,
  type LabelledDecision,
} from '../../domain/verdict/standing.js';
import type { RecordedDecision } from '../experiments/experiments.reader.js';

type Stored = Pick<
  RecordedDecision,
  'action' | 'overrideReason' | 'overrideRequestedBy' | 'decidedBy' | 'rereadAt'
>;

/** A stored decision with the names of those who took it; members without a name are not shown by id. */
export function labelledDecision(
  { decidedBy, overrideRequestedBy, ...decision }: Stored,
  names: ReadonlyMap<string, string>,
): LabelledDecision {
  const nameOf = (id: string) => names.get(id) ?? 'somebody';
  return {
    ...decision,
    by: nameOf(decidedBy),
    overrideRequestedBy: overrideRequestedBy === null ? null : nameOf(overrideRequestedBy),
  };
}

/** What must be said of a stored decision wherever it is shown. */
export function labelsOfDecision(stored: Stored, names: ReadonlyMap<string, string>): Label[] {
  return decisionLabels(labelledDecision(stored, names));
}
