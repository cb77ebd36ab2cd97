import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, Invalid, NotFound } from '../../../domain/errors.js';
import { parseInstant } from '../../../domain/events/instant.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { pageById } from '../../../platform/database/page-by-id.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { newId } from '../../../platform/http/ids.js';
import type { Page, PageRequest } from '../../../platform/http/page.js';
import { ParticipantKeys } from '../../../platform/security/participant-keys.js';
import type { Actor } from '../../../platform/security/principal.js';
import { ConsentEntity } from './consent.entity.js';
import type {
  CreateConsentDto,
  CreateParticipantDto,
  ErasureReceiptDto,
} from './participant.dto.js';
import { ParticipantEntity } from './participant.entity.js';

/** People under pseudonyms, what they agreed to, and their right to be forgotten. */
@Injectable()
export class ParticipantsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly keys: ParticipantKeys,
  ) {}

  async create(actor: Actor, body: CreateParticipantDto): Promise<ParticipantEntity> {
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      const person = manager.create(ParticipantEntity, {
        projectId,
        id: newId(),
        pseudonym: body.pseudonym,
        kind: body.kind,
        population: body.population,
        accountRef: body.accountRef ?? null,
        buyingRoles: body.buyingRoles ?? [],
        conflict: body.conflict ?? 'none',
        identitySealed: null,
        erasedAt: null,
        createdAt: await this.clock.now(manager),
      });
      await manager.insert(ParticipantEntity, person);
      await this.keys.create(manager, projectId, person.id);
      if (body.identity !== undefined) {
        const ring = await this.keys.ring(manager, projectId, [person.id]);
        const sealed = ring.seal(person.id, JSON.stringify(body.identity), identityContext(person));
        person.identitySealed = sealed;
        await manager.update(
          ParticipantEntity,
          { projectId, id: person.id },
          { identitySealed: sealed },
        );
      }
      await this.audit.record(manager, actor, {
        action: 'participant.create',
        objectType: 'participant',
        objectId: person.id,
      });
      return person;
    });
  }

  async byId(projectId: string, id: string): Promise<ParticipantEntity> {
    return await this.find(this.transactions.manager, projectId, id);
  }

  async list<T>(
    projectId: string,
    page: PageRequest,
    show: (person: ParticipantEntity) => T,
  ): Promise<Page<T>> {
    return await pageById(this.transactions.manager, ParticipantEntity, projectId, page, show);
  }

  async consent(
    actor: Actor,
    participantId: string,
    body: CreateConsentDto,
  ): Promise<ConsentEntity> {
    return await this.transactions.run(async (manager) => {
      const person = await this.find(manager, actor.projectId, participantId);
      if (person.erasedAt !== null) {
        throw new Conflict('participant-erased', 'This person asked to be forgotten.');
      }
      const now = await this.clock.now(manager);
      const givenAt = instant(body.givenAt);
      if (givenAt > now) {
        throw new Invalid('validation-failed', 'A consent is recorded after it was given.', [
          { pointer: '/givenAt', code: 'in-future' },
        ]);
      }
      const consent = manager.create(ConsentEntity, {
        projectId: actor.projectId,
        id: newId(),
        participantId: person.id,
        scopes: [...new Set(body.scopes)],
        givenAt,
        how: body.how,
        noticeVersion: body.noticeVersion,
        retainUntil: body.retainUntil === undefined ? null : instant(body.retainUntil),
        withdrawnAt: null,
        createdAt: now,
      });
      await manager.insert(ConsentEntity, consent);
      await this.audit.record(manager, actor, {
        action: 'consent.create',
        objectType: 'consent',
        objectId: consent.id,
      });
      return consent;
    });
  }

  async withdraw(actor: Actor, consentId: string): Promise<ConsentEntity> {
    return await this.transactions.run(async (manager) => {
      const consent = await manager.findOne(ConsentEntity, {
        where: { projectId: actor.projectId, id: consentId },
        lock: { mode: 'pessimistic_write' },
      });
      if (consent === null) throw new NotFound('not-found', 'There is no such consent.');
      if (consent.withdrawnAt !== null) return consent;
      consent.withdrawnAt = await this.clock.now(manager);
      await manager.update(
        ConsentEntity,
        { projectId: actor.projectId, id: consentId },
        { withdrawnAt: consent.withdrawnAt },
      );
      await this.audit.record(manager, actor, {
        action: 'consent.withdraw',
        objectType: 'consent',
        objectId: consent.id,
      });
      return consent;
    });
  }

  /** Destroys the person's key and their identity; asking twice gives the same receipt. */
  async erase(actor: Actor, participantId: string): Promise<ErasureReceiptDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      const person = await this.find(manager, projectId, participantId);
      const erasedAt = person.erasedAt ?? (await this.clock.now(manager));
      if (person.erasedAt === null) {
        await this.keys.destroy(manager, projectId, person.id, erasedAt);
        await manager.update(
          ParticipantEntity,
          { projectId, id: person.id },
          { identitySealed: null, erasedAt, pseudonym: `erased-${person.id}`, accountRef: null },
        );
        await this.audit.record(manager, actor, {
          action: 'participant.erase',
          objectType: 'participant',
          objectId: person.id,
        });
      }
      const counts = (await manager.query(
        `SELECT
           (SELECT count(*) FROM turn
             WHERE turn.project_id = $1 AND turn.key_participant_id = $2)::int
           + (SELECT count(*) FROM observation
             WHERE observation.project_id = $1 AND observation.participant_id = $2)::int AS passages,
           (SELECT count(*) FROM quote
             WHERE quote.project_id = $1 AND quote.participant_id = $2)::int AS quotes`,
        [projectId, person.id],
      )) as { passages: number; quotes: number }[];
      return {
        participantId: person.id,
        erasedAt: erasedAt.toISOString(),
        passages: counts[0]?.passages ?? 0,
        quotes: counts[0]?.quotes ?? 0,
      };
    });
  }

  private async find(
    manager: EntityManager,
    projectId: string,
    id: string,
  ): Promise<ParticipantEntity> {
    const person = await manager.findOneBy(ParticipantEntity, { projectId, id });
    if (person === null) throw new NotFound('not-found', 'There is no such participant.');
    return person;
  }
}

function identityContext(person: { projectId: string; id: string }): string {
  return `${person.projectId}/participant/${person.id}/identity`;
}

/** An instant that the DTO has checked already. */
export function instant(text: string): Date {
  const at = parseInstant(text);
  if (at === null) throw new Invalid('validation-failed', 'Not an instant.');
  return at;
}
