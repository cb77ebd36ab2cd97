import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isLive } from '../../domain/evidence/directness.js';
import type { DossierInterview } from '../../domain/evidence/dossier.js';
import type {
  IntegrityFacts,
  InterviewTrace,
  RationaleTrace,
} from '../../domain/evidence/measures/integrity-facts.js';
import type { EvidencePolicy } from '../../domain/evidence/policies.js';
import type { ExperimentDefinition, PolicyProfile } from '../../domain/experiments/definition.js';
import { policiesInForce, type PolicyVersion } from '../../domain/experiments/policy-versions.js';
import { quoteIdsOf } from '../../domain/experiments/rationale-references.js';
import { PoliciesReader } from '../policies/policies.reader.js';

/** The report looks at what is recent; older rows were in the reports of their time. */
const INTERVIEWS_MAX = 5_000;
const EXPERIMENTS_MAX = 1_000;
const GATE_PASSES_MAX = 5_000;

/** An experiment as far as its reason and whether people were heard for it are concerned. */
export interface ReasonedExperiment {
  key: string;
  definition: ExperimentDefinition;
  /** Of its newest create decision; 0 where nobody was heard live. */
  liveFirstHand: number;
}

/** What the integrity report reads: counts, times and ids, nobody's words. */
@Injectable()
export class IntegrityQueries {
  constructor(private readonly policies: PoliciesReader) {}

  async facts(manager: EntityManager, projectId: string): Promise<IntegrityFacts> {
    const versions = await this.policies.versions(projectId, manager);
    return {
      interviews: await this.interviews(manager, projectId),
      rationales: await this.rationales(manager, projectId, versions),
      duplicatePairs: await this.pairs(manager, projectId),
      launches: await this.launches(manager, projectId),
      policyChanges: versions.flatMap(({ policy, proposedBy, approvedAt, looser }) =>
        approvedAt === null
          ? []
          : [
              {
                changeId: versionId(policy),
                changedBy: proposedBy,
                at: approvedAt,
                loosened: looser,
              },
            ],
      ),
      gatePasses: await this.passesUnderLoosened(manager, projectId, versions),
    };
  }

  /** Experiments with how many people were heard live for them. */
  async experiments(manager: EntityManager, projectId: string): Promise<ReasonedExperiment[]> {
    return (await manager.query(
      `SELECT experiment.key, experiment.definition,
         coalesce((gate_decision.report->'counts'->>'liveFirstHand')::int, 0) AS "liveFirstHand"
       FROM experiment
       LEFT JOIN gate_decision ON gate_decision.project_id = experiment.project_id
         AND gate_decision.id = experiment.create_decision_id
       WHERE experiment.project_id = $1
       ORDER BY experiment.created_at DESC, experiment.id DESC LIMIT $2`,
      [projectId, EXPERIMENTS_MAX],
    )) as ReasonedExperiment[];
  }

  private async interviews(manager: EntityManager, projectId: string): Promise<InterviewTrace[]> {
    const rows = (await manager.query(
      `SELECT interview.id, interview.created_by AS "authorId",
         interview.interviewer AS "heldBy", interview.method,
         interview.modality, interview.interactive, interview.started_at AS "startedAt",
         interview.ended_at AS "endedAt", interview.ingested_at AS "ingestedAt",
         transcript.produced_by AS "producedBy",
         coalesce((SELECT json_agg(turn.word_count ORDER BY turn.index) FROM turn
           WHERE turn.project_id = interview.project_id AND turn.interview_id = interview.id
             AND turn.version = interview.transcript_version), '[]') AS "turnWordCounts"
       FROM interview
       LEFT JOIN transcript ON transcript.project_id = interview.project_id
         AND transcript.interview_id = interview.id
         AND transcript.version = interview.transcript_version
       WHERE interview.project_id = $1
       ORDER BY interview.created_at DESC, interview.id DESC LIMIT $2`,
      [projectId, INTERVIEWS_MAX],
    )) as (DossierInterview & {
      authorId: string;
      heldBy: string;
      turnWordCounts: number[];
    })[];
    return rows.map((row) => ({
      interviewId: row.id,
      authorId: row.authorId,
      heldBy: row.heldBy,
      isLive: isLive(row),
      endedAt: row.endedAt,
      ingestedAt: row.ingestedAt,
      words: row.turnWordCounts.reduce((sum, words) => sum + words, 0),
      durationMs: row.endedAt.getTime() - row.startedAt.getTime(),
      turnWordCounts: row.turnWordCounts,
      producedBy: row.producedBy,
      // No recording is ever stored, so none can speak for a transcript.
      hasRecording: false,
    }));
  }

  /** The reasons of all A/B experiments: each passed the create gate, or it would not exist. */
  private async rationales(
    manager: EntityManager,
    projectId: string,
    versions: readonly PolicyVersion[],
  ): Promise<RationaleTrace[]> {
    const rows = (await manager.query(
      `SELECT experiment.id AS "rationaleId", experiment.created_by AS "authorId",
         gate_decision.decided_at AS "readyAt", gate_decision.policy_profile AS profile,
         coalesce((gate_decision.report->'counts'->>'people')::int, 0) AS "peopleCounted",
         experiment.definition, heard.people, heard."interviewerIds", heard."coderIds",
         heard.conflicted, heard."recruitedByAuthor"
       FROM experiment
       JOIN gate_decision ON gate_decision.project_id = experiment.project_id
         AND gate_decision.id = experiment.create_decision_id
       CROSS JOIN LATERAL (
         SELECT
           coalesce(array_agg(DISTINCT coalesce(participant.merged_into, participant.id))
             FILTER (WHERE participant.id IS NOT NULL), '{}') AS people,
           coalesce(array_agg(DISTINCT interview.created_by)
             FILTER (WHERE interview.id IS NOT NULL), '{}') AS "interviewerIds",
           coalesce(array_agg(DISTINCT quote.created_by)
             FILTER (WHERE quote.id IS NOT NULL), '{}') AS "coderIds",
           coalesce(array_agg(DISTINCT participant.id)
             FILTER (WHERE participant.conflict <> 'none'), '{}') AS conflicted,
           coalesce(array_agg(DISTINCT participant.id)
             FILTER (WHERE participant.recruited_by = experiment.created_by), '{}')
             AS "recruitedByAuthor"
         FROM evidence_entry
         JOIN quote ON quote.project_id = evidence_entry.project_id
           AND quote.id = evidence_entry.quote_id
         JOIN interview ON interview.project_id = quote.project_id
           AND interview.id = quote.interview_id
         JOIN participant ON participant.project_id = quote.project_id
           AND participant.id = quote.participant_id
           AND participant.kind = 'human' AND participant.erased_at IS NULL
         WHERE evidence_entry.project_id = experiment.project_id
           AND evidence_entry.disposition = 'supports'
           AND evidence_entry.insight_id::text IN (SELECT jsonb_array_elements_text(
             coalesce(experiment.definition->'rationale'->'insightIds', '[]')))
       ) AS heard
       WHERE experiment.project_id = $1 AND experiment.kind = 'ab'
       ORDER BY experiment.created_at DESC, experiment.id DESC LIMIT $2`,
      [projectId, EXPERIMENTS_MAX],
    )) as (Omit<RationaleTrace, 'peopleMin' | 'quoteIds'> & {
      profile: PolicyProfile;
      definition: ExperimentDefinition;
    })[];
    return rows.map(({ profile, definition, ...trace }) => ({
      ...trace,
      peopleMin: policiesInForce(versions, trace.readyAt)[profile].people,
      quoteIds: quoteIdsOf(definition.rationale ?? {}),
    }));
  }

  private async pairs(
    manager: EntityManager,
    projectId: string,
  ): Promise<IntegrityFacts['duplicatePairs']> {
    return (await manager.query(
      `SELECT participant_pair.first_id AS one, participant_pair.second_id AS other,
         participant_pair.decision IS NOT NULL AS decided
       FROM participant_pair WHERE participant_pair.project_id = $1
       ORDER BY participant_pair.id`,
      [projectId],
    )) as IntegrityFacts['duplicatePairs'];
  }

  private async launches(
    manager: EntityManager,
    projectId: string,
  ): Promise<IntegrityFacts['launches']> {
    return (await manager.query(
      `SELECT experiment.id AS "experimentId",
         bool_and(impact_acknowledgement.alone) AS "acknowledgedAlone"
       FROM experiment
       JOIN impact_acknowledgement
         ON impact_acknowledgement.project_id = experiment.project_id
         AND impact_acknowledgement.experiment_id = experiment.id
       WHERE experiment.project_id = $1 AND experiment.launched_at IS NOT NULL
       GROUP BY experiment.id ORDER BY experiment.id`,
      [projectId],
    )) as IntegrityFacts['launches'];
  }

  /** Gates that passed by a version which had been loosened; others were not made easier. */
  private async passesUnderLoosened(
    manager: EntityManager,
    projectId: string,
    versions: readonly PolicyVersion[],
  ): Promise<IntegrityFacts['gatePasses']> {
    const loosened = versions.filter(({ looser }) => looser).map(({ policy }) => versionId(policy));
    return (await manager.query(
      `SELECT gate_decision.id AS "decisionId", gate_decision.decided_by AS "passedBy",
         gate_decision.decided_at AS at
       FROM gate_decision
       WHERE gate_decision.project_id = $1 AND gate_decision.outcome = 'pass'
         AND gate_decision.gate IN ('create', 'launch')
         AND gate_decision.policy_profile || '/' || gate_decision.policy_version = ANY($2)
       ORDER BY gate_decision.decided_at DESC, gate_decision.id DESC LIMIT $3`,
      [projectId, loosened, GATE_PASSES_MAX],
    )) as IntegrityFacts['gatePasses'];
  }
}

function versionId({ profile, version }: EvidencePolicy): string {
  return `${profile}/${version}`;
}
