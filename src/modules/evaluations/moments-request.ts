import type { EvaluationHistory } from '../../domain/evaluation/history.js';
import type { MomentsRequest } from '../analytics/analytics-store.reader.js';
import type { LaunchedExperiment } from '../experiments/experiments.reader.js';

/** What an evaluation as of an instant asks the store, and a rebuild and a check with it. */
export function momentsRequestOf(
  { projectId, id, plan, enrolmentEndedAt }: LaunchedExperiment,
  asOf: Date,
  { caps }: Pick<EvaluationHistory, 'caps'>,
): MomentsRequest {
  const ended = enrolmentEndedAt !== null && enrolmentEndedAt <= asOf;
  return {
    projectId,
    experimentId: id,
    plan,
    // A slot of the past is evaluated as it stood: enrolment that ended later was open.
    enrolmentEndedAt: ended ? enrolmentEndedAt : null,
    asOf,
    caps,
  };
}
