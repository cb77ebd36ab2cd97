import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, NotFound } from '../../../domain/errors.js';
import {
  type DecidedPair,
  mergeByDecisions,
  type PairDecision,
  type PairSource,
} from '../../../domain/evidence/people/merges.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { newId } from '../../../platform/http/ids.js';
import { type Page, pageOf, type PageRequest } from '../../../platform/http/page.js';
import type { Actor } from '../../../platform/security/principal.js';
import type { DecidePairDto, PairDto, PairPersonDto, PairState } from './participant-pair.dto.js';

/** Two pseudonyms that may be one person, in any order. */
export interface SuspectedPair {
  one: string;
  other: string;
  foundBy: PairSource;
  /** Null where it is not what was found. */
  likeness: number | null;
}

interface PairRow {
  id: string;
  first_id: string;
  second_id: string;
  found_by: PairSource;
  likeness: number | null;
  found_at: Date;
  decision: PairDecision | null;
  reason: string | null;
  decided_by: string | null;
  decided_at: Date | null;
}

interface ShownPairRow extends PairRow {
  people: PairPersonDto[];
}

const SELECT_PAIR = `
  SELECT participant_pair.*,
    (SELECT json_agg(json_strip_nulls(json_build_object('participantId', participant.id,
        'pseudonym', participant.pseudonym, 'accountRef', participant.account_ref,
        'erased', participant.erased_at IS NOT NULL,
        'interviewIds', ARRAY(SELECT interview_participant.interview_id FROM interview_participant
          WHERE interview_participant.project_id = participant.project_id
            AND interview_participant.participant_id = participant.id ORDER BY 1)))
        ORDER BY participant.id)
      FROM participant WHERE participant.project_id = participant_pair.project_id
        AND participant.id IN (participant_pair.first_id, participant_pair.second_id)) AS people
  FROM participant_pair`;

/** Pseudonyms that may be one person: found by the service, decided by members, never merged by itself. */
@Injectable()
export class ParticipantPairs {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Notes pairs for a member to decide. One that was decided stays so, and people who are known to be
   * one already are no news.
   */
  async suspect(
    manager: EntityManager,
    projectId: string,
    pairs: readonly SuspectedPair[],
  ): Promise<void> {
    if (pairs.length === 0) return;
    await manager.query(
      `INSERT INTO participant_pair
         (project_id, id, first_id, second_id, found_by, likeness, found_at)
       SELECT $1, given.id, least(given.one, given.other), greatest(given.one, given.other),
         given.found_by, given.likeness, $7
       FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::float8[])
         AS given (id, one, other, found_by, likeness)
       JOIN participant AS one ON one.project_id = $1 AND one.id = given.one
       JOIN participant AS other ON other.project_id = $1 AND other.id = given.other
       WHERE coalesce(one.merged_into, one.id) <> coalesce(other.merged_into, other.id)
       ORDER BY 3, 4
       ON CONFLICT (project_id, first_id, second_id) DO UPDATE SET likeness = EXCLUDED.likeness
         WHERE participant_pair.decision IS NULL AND EXCLUDED.likeness IS NOT NULL`,
      [
        projectId,
        pairs.map(() => newId()),
        pairs.map(({ one }) => one),
        pairs.map(({ other }) => other),
        pairs.map(({ foundBy }) => foundBy),
        pairs.map(({ likeness }) => likeness),
        await this.clock.now(manager),
      ],
    );
  }

  /** One page of the pairs; `undecided` leaves out those nobody can decide any more. */
  async list(
    projectId: string,
    state: PairState | undefined,
    page: PageRequest,
  ): Promise<Page<PairDto>> {
    const rows = (await this.transactions.manager.query(
      `${SELECT_PAIR}
       WHERE participant_pair.project_id = $1
         AND ($2::uuid IS NULL OR participant_pair.id > $2)
         AND ($3::text IS NULL OR coalesce(participant_pair.decision, 'undecided') = $3)
         AND ($3::text IS DISTINCT FROM 'undecided' OR NOT EXISTS (
           SELECT FROM participant WHERE participant.project_id = participant_pair.project_id
             AND participant.id IN (participant_pair.first_id, participant_pair.second_id)
             AND participant.erased_at IS NOT NULL))
       ORDER BY participant_pair.id LIMIT $4`,
      [projectId, page.after, state ?? null, page.limit + 1],
    )) as ShownPairRow[];
    return pageOf(rows, page.limit, pairDto);
  }

  /** How many pairs of each of these people wait for a decision. */
  async undecidedOf(
    manager: EntityManager,
    projectId: string,
    participantIds: readonly string[],
  ): Promise<Map<string, number>> {
    const rows = (await manager.query(
      `SELECT person.id, count(*)::int AS pairs
       FROM unnest($2::uuid[]) AS person (id)
       JOIN participant_pair ON participant_pair.project_id = $1
         AND person.id IN (participant_pair.first_id, participant_pair.second_id)
       JOIN participant AS first ON first.project_id = $1 AND first.id = participant_pair.first_id
       JOIN participant AS second ON second.project_id = $1
         AND second.id = participant_pair.second_id
       WHERE participant_pair.decision IS NULL AND first.erased_at IS NULL
         AND second.erased_at IS NULL
       GROUP BY person.id`,
      [projectId, participantIds],
    )) as { id: string; pairs: number }[];
    return new Map(rows.map(({ id, pairs }) => [id, pairs]));
  }

  /** All pairs of one person. */
  async of(manager: EntityManager, projectId: string, participantId: string): Promise<PairDto[]> {
    const rows = (await manager.query(
      `${SELECT_PAIR}
       WHERE participant_pair.project_id = $1
         AND $2 IN (participant_pair.first_id, participant_pair.second_id)
       ORDER BY participant_pair.id`,
      [projectId, participantId],
    )) as ShownPairRow[];
    return rows.map(pairDto);
  }

  /**
   * Records what a member found out and merges, or takes merges back, accordingly. The same decision
   * with the same reason changes nothing.
   * @throws NotFound; Conflict `participant-erased`, `pairs-contradict`
   */
  async decide(actor: Actor, id: string, body: DecidePairDto): Promise<PairDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      // Merges follow from all decisions together, so two of them must not be taken at once.
      await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
        `${projectId}/participant-pairs`,
      ]);
      const before = await this.read(manager, projectId, id);
      if (before.people.some(({ erased }) => erased)) {
        throw new Conflict('participant-erased', 'One of the two asked to be forgotten.');
      }
      const { decision, reason } = body;
      if (before.decision === decision && before.reason === reason) return pairDto(before);
      await manager.query(
        `UPDATE participant_pair SET decision = $3, reason = $4, decided_by = $5, decided_at = $6
         WHERE project_id = $1 AND id = $2`,
        [projectId, id, decision, reason, actor.memberId, await this.clock.now(manager)],
      );
      await this.merge(manager, projectId);
      await this.audit.record(manager, actor, {
        action: 'participant-pair.decide',
        objectType: 'participant-pair',
        objectId: id,
        before: { decision: before.decision },
        after: { decision },
      });
      return pairDto(await this.read(manager, projectId, id));
    });
  }

  private async read(manager: EntityManager, projectId: string, id: string): Promise<ShownPairRow> {
    const rows = (await manager.query(
      `${SELECT_PAIR} WHERE participant_pair.project_id = $1 AND participant_pair.id = $2`,
      [projectId, id],
    )) as ShownPairRow[];
    const row = rows[0];
    if (row === undefined) throw new NotFound('not-found', 'There is no such pair.');
    return row;
  }

  private async merge(manager: EntityManager, projectId: string): Promise<void> {
    const pairs = (await manager.query(
      `SELECT participant_pair.id, participant_pair.first_id AS "firstId",
         participant_pair.second_id AS "secondId", participant_pair.decision
       FROM participant_pair
       WHERE participant_pair.project_id = $1 AND participant_pair.decision IS NOT NULL
       ORDER BY participant_pair.id`,
      [projectId],
    )) as DecidedPair[];
    const people = (await manager.query(
      `SELECT participant.id, participant.created_at AS "createdAt",
         participant.merged_into AS "mergedInto"
       FROM participant WHERE participant.project_id = $1 AND participant.id = ANY($2)
       ORDER BY participant.id FOR NO KEY UPDATE`,
      [projectId, [...new Set(pairs.flatMap(({ firstId, secondId }) => [firstId, secondId]))]],
    )) as { id: string; createdAt: Date; mergedInto: string | null }[];
    const merging = mergeByDecisions(people, pairs);
    if (!merging.consistent) {
      throw new Conflict(
        'pairs-contradict',
        'Two people who were found to be different would be one: take one of the other decisions back first.',
        { differentPair: merging.pair.id, samePairs: merging.connectedBy },
      );
    }
    for (const { id, mergedInto } of people) {
      const target = merging.mergedInto.get(id) ?? null;
      if (target === mergedInto) continue;
      await manager.query(
        'UPDATE participant SET merged_into = $3 WHERE project_id = $1 AND id = $2',
        [projectId, id, target],
      );
    }
  }
}

function pairDto(row: ShownPairRow): PairDto {
  return {
    id: row.id,
    people: row.people,
    foundBy: row.found_by,
    ...(row.likeness === null ? {} : { likeness: row.likeness }),
    foundAt: row.found_at.toISOString(),
    ...(row.decision === null ? {} : { decision: row.decision }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.decided_by === null ? {} : { decidedBy: row.decided_by }),
    ...(row.decided_at === null ? {} : { decidedAt: row.decided_at.toISOString() }),
  };
}
