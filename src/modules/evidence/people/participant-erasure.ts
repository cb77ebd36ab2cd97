import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { FreeTextPlace } from '../../../domain/evidence/people/free-text-echoes.js';
import type { RetentionReason } from '../../../domain/evidence/people/retention.js';
import { NotFound } from '../../../domain/errors.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { IdempotentAnswers } from '../../../platform/idempotency/idempotent-answers.js';
import { ParticipantKeys } from '../../../platform/security/participant-keys.js';
import type { Actor } from '../../../platform/security/principal.js';
import { FreeText } from './free-text.js';
import type { ErasureReceiptDto } from './participant.dto.js';
import { ParticipantEntity } from './participant.entity.js';
import { ParticipantWords } from './participant-words.js';

/** The right to be forgotten: at a person's request, or because nothing entitles us to keep the words. */
@Injectable()
export class ParticipantErasure {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly keys: ParticipantKeys,
    private readonly words: ParticipantWords,
    private readonly freeText: FreeText,
    private readonly answers: IdempotentAnswers,
  ) {}

  /**
   * Destroys the person's key and all that could tell who they are. Asking twice gives the same receipt,
   * but for the places in free text: once the words are gone nobody can look for them.
   */
  async erase(actor: Actor, participantId: string): Promise<ErasureReceiptDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      const person = await lockPerson(manager, projectId, participantId);
      const erasedAt = person.erasedAt ?? (await this.clock.now(manager));
      const freeText = person.erasedAt === null ? await this.forget(manager, person, erasedAt) : [];
      const receipt = await this.receipt(manager, person, erasedAt);
      if (person.erasedAt !== null) return receipt;
      await this.audit.record(manager, actor, {
        action: 'participant.erase',
        objectType: 'participant',
        objectId: person.id,
      });
      return { ...receipt, freeText };
    });
  }

  /**
   * The same by the service, in the caller's transaction and on a person that it locked and that is
   * not erased yet. Answers where in free text their words stand.
   */
  async eraseBySystem(
    manager: EntityManager,
    person: ParticipantEntity,
    why: RetentionReason,
  ): Promise<FreeTextPlace[]> {
    const places = await this.forget(manager, person, await this.clock.now(manager));
    await this.audit.append(manager, {
      projectId: person.projectId,
      actor: 'system',
      action: 'participant.erase',
      objectType: 'participant',
      objectId: person.id,
      reason: why,
    });
    return places;
  }

  private async forget(
    manager: EntityManager,
    { projectId, id }: ParticipantEntity,
    at: Date,
  ): Promise<FreeTextPlace[]> {
    const places = await this.freeText.placesOf(
      manager,
      projectId,
      await this.words.of(manager, projectId, id),
    );
    for (const table of ['participant_digest', 'participant_sketch']) {
      await manager.query(`DELETE FROM ${table} WHERE project_id = $1 AND participant_id = $2`, [
        projectId,
        id,
      ]);
    }
    await this.emptyUnsettled(manager, projectId, id);
    await this.keys.destroy(manager, projectId, id, at);
    // An answer may repeat any of their words.
    await this.answers.forget(manager, projectId);
    await manager.update(
      ParticipantEntity,
      { projectId, id },
      { identitySealed: null, erasedAt: at, pseudonym: `erased-${id}`, accountRef: null },
    );
    return places;
  }

  /**
   * Where nobody has settled yet who speaks, a talk of several is sealed with the first person's key
   * and any word of it may be this person's: nothing of it stays.
   */
  private async emptyUnsettled(
    manager: EntityManager,
    projectId: string,
    participantId: string,
  ): Promise<void> {
    await manager.query(
      `UPDATE turn SET sealed = ''::bytea, word_count = 0
       FROM interview_participant, transcript
       WHERE interview_participant.project_id = $1 AND interview_participant.participant_id = $2
         AND transcript.project_id = $1
         AND transcript.interview_id = interview_participant.interview_id
         AND transcript.speakers_confirmed_at IS NULL
         AND turn.project_id = $1 AND turn.interview_id = transcript.interview_id
         AND turn.version = transcript.version`,
      [projectId, participantId],
    );
  }

  private async receipt(
    manager: EntityManager,
    { projectId, id }: ParticipantEntity,
    erasedAt: Date,
  ): Promise<ErasureReceiptDto> {
    const counts = (await manager.query(
      `SELECT
         (SELECT count(*) FROM interview_participant
           JOIN turn ON turn.project_id = interview_participant.project_id
             AND turn.interview_id = interview_participant.interview_id
           WHERE interview_participant.project_id = $1
             AND interview_participant.participant_id = $2 AND turn.key_participant_id = $2)::int
         + (SELECT count(*) FROM observation
           WHERE observation.project_id = $1 AND observation.participant_id = $2)::int AS passages,
         (SELECT count(*) FROM quote
           WHERE quote.project_id = $1 AND quote.participant_id = $2)::int AS quotes`,
      [projectId, id],
    )) as { passages: number; quotes: number }[];
    const others = (await manager.query(
      `SELECT other.id FROM participant AS this
       JOIN participant AS other ON other.project_id = this.project_id AND other.id <> this.id
         AND coalesce(other.merged_into, other.id) = coalesce(this.merged_into, this.id)
       WHERE this.project_id = $1 AND this.id = $2 AND other.erased_at IS NULL ORDER BY other.id`,
      [projectId, id],
    )) as { id: string }[];
    return {
      participantId: id,
      erasedAt: erasedAt.toISOString(),
      passages: counts[0]?.passages ?? 0,
      quotes: counts[0]?.quotes ?? 0,
      otherPseudonyms: others.map((other) => other.id),
    };
  }
}

/** Waits for whatever is being read or added about the person. @throws NotFound */
export async function lockPerson(
  manager: EntityManager,
  projectId: string,
  id: string,
): Promise<ParticipantEntity> {
  const person = await manager.findOne(ParticipantEntity, {
    where: { projectId, id },
    lock: { mode: 'pessimistic_write' },
  });
  if (person === null) throw new NotFound('not-found', 'There is no such participant.');
  return person;
}
