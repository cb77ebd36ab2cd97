import type { EntityManager } from 'typeorm';
import type {
  ConsentScope,
  DossierConsent,
  DossierPair,
  DossierParticipant,
} from '../../../domain/evidence/dossier.js';

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
       consent.retain_until AS "retainUntil"
     FROM consent WHERE consent.project_id = $1 AND consent.participant_id = ANY($2)
     ORDER BY consent.id FOR SHARE`,
    [projectId, ids],
  )) as (DossierConsent & { participantId: string; scopes: ConsentScope[] })[];
  return rows.map((row) => ({
    ...row,
    consents: consents
      .filter(({ participantId }) => participantId === row.id)
      .map(({ participantId: _owner, ...consent }) => consent),
  }));
}

/** Pairs of these people who may be one, and nobody has decided. */
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
