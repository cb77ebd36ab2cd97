import type { EntityManager } from 'typeorm';
import type {
  DossierConsent,
  DossierPair,
  DossierParticipant,
} from '../../../domain/evidence/dossier.js';
import { retentionEnd } from '../../../domain/evidence/people/retention.js';

/**
 * People and what they agreed to. Both are locked for the transaction: a withdrawal waits for the
 * gate, or the gate sees it.
 */
export async function loadPeople(
  manager: EntityManager,
  projectId: string,
  ids: readonly string[],
): Promise<DossierParticipant[]> {
  const rows = (await manager.query(
    `SELECT participant.id, participant.kind, participant.population,
       participant.account_ref AS "accountRef", participant.buying_roles AS "buyingRoles",
       participant.conflict, COALESCE(participant.merged_into, participant.id) AS "personId",
       participant.erased_at IS NOT NULL AS erased
     FROM participant WHERE participant.project_id = $1 AND participant.id = ANY($2)
     ORDER BY participant.id FOR SHARE`,
    [projectId, ids],
  )) as Omit<DossierParticipant, 'consents'>[];
  const consents = (await manager.query(
    `SELECT consent.id, consent.participant_id AS "participantId", consent.scopes,
       consent.given_at AS "givenAt", consent.withdrawn_at AS "withdrawnAt",
       consent.retain_until AS "retainUntil", project.retention_days AS "retentionDays"
     FROM consent JOIN project ON project.id = consent.project_id WHERE consent.project_id = $1 AND consent.participant_id = ANY($2)
     ORDER BY consent.id FOR SHARE OF consent`,
    [projectId, ids],
  )) as (DossierConsent & { participantId: string; retentionDays: number })[];
  return rows.map((row) => ({
    ...row,
    consents: consents
      .filter(({ participantId }) => participantId === row.id)
      .map(({ participantId: _owner, retentionDays, ...consent }) => ({
        ...consent,
        retainUntil: retentionEnd(consent, retentionDays),
      })),
  }));
}

/** Pairs of these people who may be one, and nobody has decided; nobody can any more of the erased. */
export async function loadUndecidedPairs(
  manager: EntityManager,
  projectId: string,
  ids: readonly string[],
): Promise<DossierPair[]> {
  const rows = (await manager.query(
    `SELECT participant_pair.id, participant_pair.first_id AS first,
       participant_pair.second_id AS second, participant_pair.likeness
     FROM participant_pair
     WHERE participant_pair.project_id = $1 AND participant_pair.decision IS NULL
       AND NOT EXISTS (SELECT 1 FROM participant WHERE participant.project_id = $1
         AND participant.id IN (participant_pair.first_id, participant_pair.second_id)
         AND participant.erased_at IS NOT NULL)
       AND participant_pair.first_id = ANY($2) AND participant_pair.second_id = ANY($2)
     ORDER BY participant_pair.id`,
    [projectId, ids],
  )) as { id: string; first: string; second: string; likeness: number | null }[];
  return rows.map(({ id, first, second, likeness }) => ({
    id,
    participantIds: [first, second],
    likeness,
  }));
}
