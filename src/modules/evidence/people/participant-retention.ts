import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  personRetentionEnd,
  RETENTION_NOTICE_DAYS,
  type RetentionEnd,
  type RetainedConsent,
} from '../../../domain/evidence/people/retention.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { type Page, pageOf, type PageRequest } from '../../../platform/http/page.js';
import { Logger } from '../../../platform/logging/logger.js';
import { type DueWork, DueWorkRegistry } from '../../../platform/scheduling/due-work.js';
import { lockPerson, ParticipantErasure } from './participant-erasure.js';
import type { RetentionDto } from './participant-consent.dto.js';

interface RetainedPerson {
  projectId: string;
  id: string;
  pseudonym: string;
  end: RetentionEnd;
}

/** One tick leaves the rest to the next one, so that nothing else waits for long. */
const ERASED_PER_TICK = 50;
const DAY_MS = 86_400_000;

/** Erases people when nothing entitles us any more to keep their words, and says so a month before. */
@Injectable()
export class ParticipantRetention implements DueWork, OnModuleInit {
  readonly name = 'participant-retention';

  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly registry: DueWorkRegistry,
    private readonly erasure: ParticipantErasure,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async nextDue(after: Date, until: Date): Promise<Date | null> {
    const ends = (await this.endingBy(this.transactions.manager, until))
      .map(({ end }) => end.at)
      .filter((at) => at > after);
    return ends.reduce<Date | null>(
      (first, at) => (first === null || at < first ? at : first),
      null,
    );
  }

  async runDue(now: Date, how: 'inline' | 'queued'): Promise<void> {
    const due = await this.endingBy(this.transactions.manager, now);
    const failures: unknown[] = [];
    for (const person of how === 'inline' ? due : due.slice(0, ERASED_PER_TICK)) {
      try {
        await this.eraseIfDue(person, now);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'some people were not erased');
  }

  /** Who falls due within a month, or has fallen due, by id. */
  async list(projectId: string, page: PageRequest): Promise<Page<RetentionDto>> {
    const now = await this.clock.now();
    const until = new Date(now.getTime() + RETENTION_NOTICE_DAYS * DAY_MS);
    const { manager } = this.transactions;
    const people = (await this.endingBy(manager, until, { projectId })).filter(
      ({ id }) => page.after === null || id > page.after,
    );
    return pageOf(people, page.limit, ({ id, pseudonym, end }) => ({
      participantId: id,
      pseudonym,
      dueAt: end.at.toISOString(),
      why: end.why,
    }));
  }

  /** Another replica may have been faster, or a new consent given, between the list and the lock. */
  private async eraseIfDue({ projectId, id }: RetainedPerson, now: Date): Promise<void> {
    await this.transactions.run(async (manager) => {
      const person = await lockPerson(manager, projectId, id);
      const [still] = await this.endingBy(manager, now, { projectId, id });
      if (still === undefined) return;
      const places = await this.erasure.eraseBySystem(manager, person, still.end.why);
      if (places.length > 0) {
        // Nobody waits for a receipt here. Ids only: a pointer may hold a member's own name for a thing.
        this.logger.concern('words of an erased person stand in free text', {
          participantId: id,
          objects: [
            ...new Set(places.map(({ objectType, objectId }) => `${objectType} ${objectId}`)),
          ],
        });
      }
    });
  }

  /** People whose retention ends by `until`. The statement only leaves out whom a consent still covers. */
  private async endingBy(
    manager: EntityManager,
    until: Date,
    only: { projectId?: string; id?: string } = {},
  ): Promise<RetainedPerson[]> {
    const rows = (await manager.query(
      `SELECT participant.project_id AS "projectId", participant.id, participant.pseudonym,
         project.retention_days AS "retentionDays", array_agg(consent.given_at) AS "givenAt",
         array_agg(consent.withdrawn_at) AS "withdrawnAt",
         array_agg(consent.retain_until) AS "retainUntil"
       FROM participant
       JOIN project ON project.id = participant.project_id
       JOIN consent ON consent.project_id = participant.project_id
         AND consent.participant_id = participant.id
       WHERE participant.erased_at IS NULL AND ($2::uuid IS NULL OR participant.project_id = $2)
         AND ($3::uuid IS NULL OR participant.id = $3)
         AND NOT EXISTS (SELECT FROM consent AS holding
           WHERE holding.project_id = participant.project_id
             AND holding.participant_id = participant.id AND holding.withdrawn_at IS NULL
             AND coalesce(holding.retain_until,
               holding.given_at + project.retention_days * interval '24 hours') > $1)
       GROUP BY participant.project_id, participant.id, participant.pseudonym,
         project.retention_days
       ORDER BY participant.id`,
      [until, only.projectId ?? null, only.id ?? null],
    )) as (Omit<RetainedPerson, 'end'> & {
      retentionDays: number;
      givenAt: Date[];
      withdrawnAt: (Date | null)[];
      retainUntil: (Date | null)[];
    })[];
    return rows.flatMap(({ projectId, id, pseudonym, ...row }) => {
      const consents = row.givenAt.map((givenAt, index): RetainedConsent => ({
        givenAt,
        withdrawnAt: row.withdrawnAt[index] ?? null,
        retainUntil: row.retainUntil[index] ?? null,
      }));
      const end = personRetentionEnd(consents, row.retentionDays);
      return end === null || end.at > until ? [] : [{ projectId, id, pseudonym, end }];
    });
  }
}
