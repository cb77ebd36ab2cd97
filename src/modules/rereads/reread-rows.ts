import type { EvaluationResult } from '../../domain/evaluation/result.js';
import type {
  ControlFate,
  Reread,
  RereadFinding,
  RereadKind,
  RereadState,
} from '../../domain/rereads/reread.js';

/** A reading with what came of it, as the database has it. */
export interface RereadRow {
  id: string;
  decision_id: string;
  kind: RereadKind;
  days: number | null;
  due_at: Date;
  status: RereadState;
  currency: string;
  error: string | null;
  window_days: number | null;
  alpha: number | null;
  control_fate: ControlFate | null;
  still_causal: boolean | null;
  control_sentence: string | null;
  findings: RereadFinding[] | null;
  proposal: 'roll_back' | null;
  done_at: Date | null;
  /** Only where it was asked for. */
  result?: EvaluationResult | null;
}

export const REREAD_COLUMNS = `reread.id, reread.decision_id, reread.kind, reread.days,
  reread.due_at, reread.status, reread.currency, reread.error, reread_result.window_days,
  reread_result.alpha, reread_result.control_fate, reread_result.still_causal,
  reread_result.control_sentence, reread_result.findings, reread_result.proposal,
  reread_result.done_at`;

export const REREADS = `reread LEFT JOIN reread_result
  ON reread_result.project_id = reread.project_id AND reread_result.reread_id = reread.id`;

export function rereadFrom(row: RereadRow): Reread {
  const { days, result, error } = row;
  return {
    id: row.id,
    decisionId: row.decision_id,
    kind: row.kind,
    ...(days === null ? {} : { days }),
    dueAt: row.due_at.toISOString(),
    status: row.status,
    currency: row.currency,
    ...foundIn(row),
    findings: row.findings ?? [],
    ...(row.proposal === null ? {} : { proposal: row.proposal }),
    ...(result === undefined || result === null ? {} : { result }),
    ...(error === null ? {} : { error }),
  };
}

/** All or nothing of this is known. */
function foundIn(row: RereadRow): Partial<Reread> {
  const { window_days, alpha, control_fate, still_causal, control_sentence, done_at } = row;
  return {
    ...(window_days === null ? {} : { windowDays: window_days }),
    ...(alpha === null ? {} : { alpha }),
    ...(control_fate === null ? {} : { controlFate: control_fate }),
    ...(still_causal === null ? {} : { stillCausal: still_causal }),
    ...(control_sentence === null ? {} : { sentence: control_sentence }),
    ...(done_at === null ? {} : { doneAt: done_at.toISOString() }),
  };
}
