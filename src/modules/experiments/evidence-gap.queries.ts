import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { NotFound } from '../../domain/errors.js';
import type { Dossier } from '../../domain/evidence/dossier.js';
import type { GateReport } from '../../domain/evidence/gate-report.js';
import type { GapAnswer } from '../../domain/experiments/evidence-gap.js';

/** An experiment as far as its evidence is concerned. */
export interface StandingSubject {
  id: string;
  author: string;
  launchedAt: Date | null;
}

/** What is stored about evidence that was taken back. */
@Injectable()
export class EvidenceGapQueries {
  async subject(manager: EntityManager, projectId: string, key: string): Promise<StandingSubject> {
    const [row] = (await manager.query(
      `SELECT experiment.id, experiment.created_by AS author,
         experiment.launched_at AS "launchedAt"
       FROM experiment WHERE experiment.project_id = $1 AND experiment.key = $2`,
      [projectId, key],
    )) as StandingSubject[];
    if (row === undefined) throw new NotFound('not-found', 'There is no such experiment.');
    return row;
  }

  /** The answers given so far, oldest first. */
  async answers(
    manager: EntityManager,
    projectId: string,
    experimentId: string,
  ): Promise<GapAnswer[]> {
    return (await manager.query(
      `SELECT evidence_gap_answer.answered_at AS "answeredAt", evidence_gap_answer.replacements
       FROM evidence_gap_answer
       WHERE evidence_gap_answer.project_id = $1 AND evidence_gap_answer.experiment_id = $2
       ORDER BY evidence_gap_answer.answered_at, evidence_gap_answer.id`,
      [projectId, experimentId],
    )) as GapAnswer[];
  }

  /** What the launch gate found; null before the launch. */
  async launchReport(
    manager: EntityManager,
    projectId: string,
    experimentId: string,
  ): Promise<GateReport | null> {
    const [row] = (await manager.query(
      `SELECT gate_decision.report FROM gate_decision
       WHERE gate_decision.project_id = $1 AND gate_decision.subject_id = $2
         AND gate_decision.gate = 'launch' AND gate_decision.outcome = 'pass'
       ORDER BY gate_decision.decided_at DESC LIMIT 1`,
      [projectId, experimentId],
    )) as { report: GateReport }[];
    return row?.report ?? null;
  }

  /**
   * The last time anything of the dossier became unusable: a consent withdrawn or run out, a person
   * erased, a passage made unreadable, or a quote without its words in a newer transcript.
   */
  async latestWithdrawal(
    manager: EntityManager,
    projectId: string,
    dossier: Dossier,
    now: Date,
  ): Promise<Date | null> {
    const people = dossier.participants.map(({ id }) => id);
    const quotes = dossier.quotes.map(({ id }) => id);
    const [row] = (await manager.query(
      `SELECT max(taken_back.at) AS latest FROM (
         SELECT consent.withdrawn_at AS at FROM consent
           WHERE consent.project_id = $1 AND consent.participant_id = ANY($2)
         UNION ALL
         SELECT consent.retain_until FROM consent
           WHERE consent.project_id = $1 AND consent.participant_id = ANY($2)
             AND consent.retain_until <= $4
         UNION ALL
         SELECT participant.erased_at FROM participant
           WHERE participant.project_id = $1 AND participant.id = ANY($2)
         UNION ALL
         SELECT redaction.made_at FROM redaction
           JOIN quote ON quote.project_id = redaction.project_id
             AND quote.interview_id = redaction.interview_id
             AND quote.turn_index = redaction.turn_index
           WHERE quote.project_id = $1 AND quote.id = ANY($3)
         UNION ALL
         SELECT transcript.created_at FROM transcript
           JOIN quote ON quote.project_id = transcript.project_id
             AND quote.interview_id = transcript.interview_id
             AND quote.lost_in_version = transcript.version
           WHERE quote.project_id = $1 AND quote.id = ANY($3)
       ) AS taken_back`,
      [projectId, people, quotes, now],
    )) as { latest: Date | null }[];
    return row?.latest ?? null;
  }
}
