import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, Invalid, NotFound } from '../../../domain/errors.js';
import type { ConflictOfInterest } from '../../../domain/evidence/dossier.js';
import { isEmployersAddress } from '../../../domain/evidence/people/identity.js';
import {
  isRetentionTooLong,
  RETENTION_YEARS_MAX,
} from '../../../domain/evidence/people/retention.js';
import { parseInstant } from '../../../domain/events/instant.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { newId } from '../../../platform/http/ids.js';
import { type Page, pageOf, type PageRequest } from '../../../platform/http/page.js';
import { ParticipantKeys } from '../../../platform/security/participant-keys.js';
import type { Actor } from '../../../platform/security/principal.js';
import { ProjectsReader } from '../../projects/projects.reader.js';
import { ConsentEntity } from './consent.entity.js';
import type { CreateConsentDto, CreateParticipantDto } from './participant.dto.js';
import { ParticipantEntity } from './participant.entity.js';
import { ParticipantIdentities } from './participant-identities.js';
import { ParticipantPairs } from './participant-pairs.js';

/** A person, and how many pairs of theirs wait for a decision. */
export interface ShownPerson {
  person: ParticipantEntity;
  undecidedPairs: number;
}

/** People under pseudonyms, and what they agreed to. */
@Injectable()
export class ParticipantsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly keys: ParticipantKeys,
    private readonly identities: ParticipantIdentities,
    private readonly pairs: ParticipantPairs,
    private readonly projects: ProjectsReader,
  ) {}

  /** A new person, and what they agreed to where it was sent along. */
  async create(
    actor: Actor,
    body: CreateParticipantDto,
  ): Promise<ShownPerson & { consent: ConsentEntity | null }> {
    return await this.transactions.run(async (manager) => {
      const person = await this.insert(manager, actor, body);
      const consent =
        body.consent === undefined
          ? null
          : await this.insertConsent(manager, actor, person.id, body.consent, '/consent');
      return { ...(await this.show(manager, person)), consent };
    });
  }

  /** A new person without consents, in the caller's transaction. */
  async insert(
    manager: EntityManager,
    actor: Actor,
    body: Omit<CreateParticipantDto, 'consent'>,
  ): Promise<ParticipantEntity> {
    const { projectId } = actor;
    await this.requireRecruiter(manager, projectId, body.recruitedBy);
    const person = manager.create(ParticipantEntity, {
      projectId,
      id: newId(),
      pseudonym: body.pseudonym,
      kind: body.kind,
      population: body.population,
      accountRef: body.accountRef ?? null,
      buyingRoles: body.buyingRoles ?? [],
      conflict: await this.conflictOf(manager, projectId, body),
      recruitedBy: body.recruitedBy ?? null,
      identitySealed: null,
      mergedInto: null,
      erasedAt: null,
      createdAt: await this.clock.now(manager),
    });
    await manager.insert(ParticipantEntity, person);
    await this.keys.create(manager, projectId, person.id);
    if (body.identity !== undefined) {
      person.identitySealed = await this.identities.keep(manager, person, body.identity);
    }
    await this.audit.record(manager, actor, {
      action: 'participant.create',
      objectType: 'participant',
      objectId: person.id,
    });
    return person;
  }

  /** Whoever has an address of the company works there, whatever the form says. */
  private async conflictOf(
    manager: EntityManager,
    projectId: string,
    { conflict = 'none', identity }: Pick<CreateParticipantDto, 'conflict' | 'identity'>,
  ): Promise<ConflictOfInterest> {
    if (conflict !== 'none' || identity?.email === undefined) return conflict;
    const { employerDomains } = await this.projects.settings(projectId, manager);
    return isEmployersAddress(identity.email, employerDomains) ? 'employee' : conflict;
  }

  private async requireRecruiter(
    manager: EntityManager,
    projectId: string,
    memberId: string | undefined,
  ): Promise<void> {
    if (memberId === undefined) return;
    const members = await this.projects.memberNames(projectId, manager);
    if (members.has(memberId)) return;
    throw new Invalid('validation-failed', 'Nobody of this project has that id.', [
      { pointer: '/recruitedBy', code: 'unknown-member' },
    ]);
  }

  async byId(projectId: string, id: string): Promise<ShownPerson> {
    const { manager } = this.transactions;
    return await this.show(manager, await this.find(manager, projectId, id));
  }

  /** People in the order they were added; with `studyId` those heard in that study. */
  async list<T>(
    projectId: string,
    filter: { studyId?: string },
    page: PageRequest,
    show: (shown: ShownPerson) => T,
  ): Promise<Page<T>> {
    const { manager } = this.transactions;
    const query = manager
      .createQueryBuilder(ParticipantEntity, 'participant')
      .where('participant.project_id = :projectId', { projectId })
      .orderBy('participant.id', 'ASC')
      .limit(page.limit + 1);
    if (page.after !== null) query.andWhere('participant.id > :after', { after: page.after });
    if (filter.studyId !== undefined) {
      query.andWhere(
        `EXISTS (SELECT FROM interview_participant
           JOIN interview ON interview.project_id = interview_participant.project_id
             AND interview.id = interview_participant.interview_id
           WHERE interview_participant.project_id = participant.project_id
             AND interview_participant.participant_id = participant.id
             AND interview.study_id = :studyId)`,
        { studyId: filter.studyId },
      );
    }
    const people = await query.getMany();
    const ids = people.map(({ id }) => id);
    const undecided = await this.pairs.undecidedOf(manager, projectId, ids);
    return pageOf(people, page.limit, (person) =>
      show({ person, undecidedPairs: undecided.get(person.id) ?? 0 }),
    );
  }

  async consent(
    actor: Actor,
    participantId: string,
    body: CreateConsentDto,
  ): Promise<ConsentEntity> {
    return await this.transactions.run((manager) =>
      this.insertConsent(manager, actor, participantId, body),
    );
  }

  /** The same in the caller's transaction. @param pointer where the consent stands in the body */
  async insertConsent(
    manager: EntityManager,
    actor: Actor,
    participantId: string,
    body: CreateConsentDto,
    pointer = '',
  ): Promise<ConsentEntity> {
    const { projectId } = actor;
    // An erasure that is under way comes first, or sees the new consent.
    const person = await this.find(manager, projectId, participantId, 'pessimistic_read');
    if (person.erasedAt !== null) {
      throw new Conflict('participant-erased', 'This person asked to be forgotten.');
    }
    const createdAt = await this.clock.now(manager);
    const givenAt = instant(body.givenAt);
    const retainUntil = body.retainUntil === undefined ? null : instant(body.retainUntil);
    requireConsentTimes({ givenAt, retainUntil }, createdAt, pointer);
    const consent = manager.create(ConsentEntity, {
      projectId,
      id: newId(),
      participantId,
      scopes: [...new Set(body.scopes)],
      givenAt,
      how: body.how,
      noticeVersion: body.noticeVersion,
      retainUntil,
      withdrawnAt: null,
      createdAt,
    });
    await manager.insert(ConsentEntity, consent);
    await this.audit.record(manager, actor, {
      action: 'consent.create',
      objectType: 'consent',
      objectId: consent.id,
    });
    return consent;
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

  private async show(manager: EntityManager, person: ParticipantEntity): Promise<ShownPerson> {
    const undecided = await this.pairs.undecidedOf(manager, person.projectId, [person.id]);
    return { person, undecidedPairs: undecided.get(person.id) ?? 0 };
  }

  private async find(
    manager: EntityManager,
    projectId: string,
    id: string,
    lock?: 'pessimistic_read',
  ): Promise<ParticipantEntity> {
    const person = await manager.findOne(ParticipantEntity, {
      where: { projectId, id },
      ...(lock === undefined ? {} : { lock: { mode: lock } }),
    });
    if (person === null) throw new NotFound('not-found', 'There is no such participant.');
    return person;
  }
}

function requireConsentTimes(
  { givenAt, retainUntil }: { givenAt: Date; retainUntil: Date | null },
  now: Date,
  pointer: string,
): void {
  if (givenAt > now) {
    throw new Invalid('validation-failed', 'A consent is recorded after it was given.', [
      { pointer: `${pointer}/givenAt`, code: 'in-future' },
    ]);
  }
  if (retainUntil === null) return;
  if (retainUntil <= givenAt) {
    throw new Invalid('validation-failed', 'Words are kept from the consent on, if at all.', [
      { pointer: `${pointer}/retainUntil`, code: 'before-given' },
    ]);
  }
  if (isRetentionTooLong(retainUntil, now)) {
    throw new Invalid(
      'retention-too-long',
      `Words are kept for ${RETENTION_YEARS_MAX} years at most; ask again when they have passed.`,
      [{ pointer: `${pointer}/retainUntil`, code: 'retention-too-long' }],
    );
  }
}

/** An instant that the DTO has checked already. */
export function instant(text: string): Date {
  const at = parseInstant(text);
  if (at === null) throw new Invalid('validation-failed', 'Not an instant.');
  return at;
}
