import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type FieldError, Invalid, NotFound } from '../../../domain/errors.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { newId } from '../../../platform/http/ids.js';
import { type Page, pageOf, type PageRequest } from '../../../platform/http/page.js';
import { ParticipantKeys } from '../../../platform/security/participant-keys.js';
import type { Actor } from '../../../platform/security/principal.js';
import { instant } from '../people/participants.service.js';
import { holdStudy } from '../dossier/dossier-locks.js';
import { StudyEntity } from '../studies/study.entity.js';
import type {
  CreateInterviewDto,
  InterviewDto,
  InterviewParticipantDto,
  ObservationDto,
} from './interview.dto.js';
import { interviewDto, type InterviewRow, SELECT_INTERVIEW } from './interview-rows.js';
import { observationContext } from './transcript-store.js';
import { requireSpeakers, spokenTurns, TranscriptsService } from './transcripts.service.js';

/** A session as the database keeps it, whatever file or form it came in. */
export interface NewInterview {
  studyId: string | null;
  method: string;
  modality: string;
  interactive: boolean;
  startedAt: Date;
  endedAt: Date;
  interviewer: string;
  anchorEventAt: Date | null;
  exposureTo: string | null;
  participants: readonly InterviewParticipantDto[];
}

/** Sessions with people: who took part, when, and what was seen. */
@Injectable()
export class InterviewsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly keys: ParticipantKeys,
    private readonly transcripts: TranscriptsService,
  ) {}

  async create(actor: Actor, body: CreateInterviewDto): Promise<InterviewDto> {
    requireConsistent(body);
    return await this.transactions.run(async (manager) => {
      const now = await this.clock.now(manager);
      const { transcript, observations } = body;
      const id = await this.insert(manager, actor, newInterviewFrom(body), now);
      const people = body.participants.map(({ participantId }) => participantId);
      if (transcript !== undefined) {
        await this.transcripts.store(
          manager,
          actor,
          { id, people },
          { ...transcript, turns: spokenTurns(transcript), format: null, confirmed: true },
          now,
        );
      }
      if (observations !== undefined && observations.length > 0) {
        await this.storeObservations(manager, actor.projectId, id, observations, now);
      }
      return await this.read(manager, actor.projectId, id);
    });
  }

  /** Writes the session itself, in the caller's transaction. @throws Invalid on unknown people */
  async insert(
    manager: EntityManager,
    actor: Actor,
    interview: NewInterview,
    now: Date,
  ): Promise<string> {
    const { projectId, memberId } = actor;
    const id = newId();
    if (interview.studyId !== null) await holdStudy(manager, projectId, interview.studyId);
    await this.requireKnown(manager, projectId, interview);
    await manager.query(
      `INSERT INTO interview (project_id, id, study_id, method, modality, interactive, started_at,
         ended_at, interviewer, anchor_event_at, exposure_to, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        projectId,
        id,
        interview.studyId,
        interview.method,
        interview.modality,
        interview.interactive,
        interview.startedAt,
        interview.endedAt,
        interview.interviewer,
        interview.anchorEventAt,
        interview.exposureTo,
        memberId,
        now,
      ],
    );
    await manager.query(
      `INSERT INTO interview_participant
         (project_id, interview_id, participant_id, position, speaks_for)
       SELECT $1, $2, given.participant_id, given.position - 1, given.speaks_for
       FROM unnest($3::uuid[], $4::jsonb[])
         WITH ORDINALITY AS given (participant_id, speaks_for, position)`,
      [
        projectId,
        id,
        interview.participants.map(({ participantId }) => participantId),
        interview.participants.map(({ speaksFor }) => JSON.stringify(speaksFor)),
      ],
    );
    await this.audit.record(manager, actor, {
      action: 'interview.create',
      objectType: 'interview',
      objectId: id,
    });
    return id;
  }

  /** Adds what was seen to a session that is recorded already. */
  async observe(
    actor: Actor,
    id: string,
    observations: readonly ObservationDto[],
  ): Promise<InterviewDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      await lockInterview(manager, projectId, id);
      const interview = await this.read(manager, projectId, id);
      const people = interview.participants.map(({ participantId }) => participantId);
      requireObserved(observations, people, '/observations');
      const now = await this.clock.now(manager);
      await this.storeObservations(manager, projectId, id, observations, now);
      await this.audit.record(manager, actor, {
        action: 'observation.create',
        objectType: 'interview',
        objectId: id,
      });
      return await this.read(manager, projectId, id);
    });
  }

  async byId(projectId: string, id: string): Promise<InterviewDto> {
    return await this.read(this.transactions.manager, projectId, id);
  }

  /** Sessions in the order they were recorded, without the words. */
  async list(
    projectId: string,
    page: PageRequest,
    studyId: string | null = null,
  ): Promise<Page<InterviewDto>> {
    const rows = (await this.transactions.manager.query(
      `${SELECT_INTERVIEW} WHERE interview.project_id = $1
         AND ($2::uuid IS NULL OR interview.id > $2)
         AND ($4::uuid IS NULL OR interview.study_id = $4)
       ORDER BY interview.id LIMIT $3`,
      [projectId, page.after, page.limit + 1, studyId],
    )) as InterviewRow[];
    return pageOf(rows, page.limit, interviewDto);
  }

  async read(manager: EntityManager, projectId: string, id: string): Promise<InterviewDto> {
    const rows = (await manager.query(
      `${SELECT_INTERVIEW} WHERE interview.project_id = $1 AND interview.id = $2`,
      [projectId, id],
    )) as InterviewRow[];
    const row = rows[0];
    if (row === undefined) throw new NotFound('not-found', 'There is no such interview.');
    return interviewDto(row);
  }

  private async requireKnown(
    manager: EntityManager,
    projectId: string,
    interview: Pick<NewInterview, 'participants' | 'studyId'>,
  ): Promise<void> {
    const ids = interview.participants.map(({ participantId }) => participantId);
    const known = (await manager.query(
      `SELECT participant.id, participant.erased_at FROM participant
       WHERE participant.project_id = $1 AND participant.id = ANY($2)
       ORDER BY participant.id FOR SHARE`,
      [projectId, ids],
    )) as { id: string; erased_at: Date | null }[];
    const errors: FieldError[] = ids.flatMap((id, index) => {
      const person = known.find((row) => row.id === id);
      const pointer = `/participants/${index}/participantId`;
      if (person === undefined) return [{ pointer, code: 'unknown-participant' }];
      return person.erased_at === null ? [] : [{ pointer, code: 'participant-erased' }];
    });
    const { studyId } = interview;
    if (studyId !== null && !(await manager.existsBy(StudyEntity, { projectId, id: studyId }))) {
      errors.push({ pointer: '/studyId', code: 'unknown-study' });
    }
    if (errors.length > 0) {
      throw new Invalid('validation-failed', 'The interview names what does not exist.', errors);
    }
  }

  private async storeObservations(
    manager: EntityManager,
    projectId: string,
    id: string,
    observations: readonly ObservationDto[],
    now: Date,
  ): Promise<void> {
    const people = observations.map(({ participantId }) => participantId);
    const ring = await this.keys.ring(manager, projectId, people);
    const [last] = (await manager.query(
      `SELECT COALESCE(max(observation.index) + 1, 0) AS next FROM observation
       WHERE observation.project_id = $1 AND observation.interview_id = $2`,
      [projectId, id],
    )) as { next: number }[];
    const first = last?.next ?? 0;
    for (const [offset, { participantId, at, text }] of observations.entries()) {
      const index = first + offset;
      await manager.query(
        `INSERT INTO observation (project_id, interview_id, index, participant_id, at, sealed)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [
          projectId,
          id,
          index,
          participantId,
          instant(at),
          ring.seal(participantId, text, observationContext(id, index)),
        ],
      );
    }
    await manager.query(
      `UPDATE interview SET ingested_at = $3
       WHERE project_id = $1 AND id = $2 AND ingested_at IS NULL`,
      [projectId, id, now],
    );
  }
}

/** Whoever changes the words of one interview waits for the others. */
export async function lockInterview(
  manager: EntityManager,
  projectId: string,
  id: string,
): Promise<void> {
  await manager.query('SELECT 1 FROM interview WHERE project_id = $1 AND id = $2 FOR UPDATE', [
    projectId,
    id,
  ]);
}

function newInterviewFrom(body: CreateInterviewDto): NewInterview {
  const { method, modality, interactive, interviewer, participants } = body;
  return {
    studyId: body.studyId ?? null,
    method,
    modality,
    interactive,
    startedAt: instant(body.startedAt),
    endedAt: instant(body.endedAt),
    interviewer,
    anchorEventAt: body.anchorEventAt === undefined ? null : instant(body.anchorEventAt),
    exposureTo: body.exposureTo ?? null,
    participants,
  };
}

function requireConsistent(body: CreateInterviewDto): void {
  const errors: FieldError[] = [];
  if (instant(body.endedAt) < instant(body.startedAt)) {
    errors.push({ pointer: '/endedAt', code: 'ends-before-it-starts' });
  }
  const people = body.participants.map(({ participantId }) => participantId);
  if (new Set(people).size < people.length) {
    errors.push({ pointer: '/participants', code: 'duplicate-participant' });
  }
  if (errors.length > 0) {
    throw new Invalid('validation-failed', 'The interview contradicts itself.', errors);
  }
  requireObserved(body.observations ?? [], people, '/observations');
  if (body.transcript !== undefined) {
    requireSpeakers(spokenTurns(body.transcript), people, '/transcript');
  }
}

function requireObserved(
  observations: readonly ObservationDto[],
  people: readonly string[],
  pointer: string,
): void {
  const errors = observations.flatMap(({ participantId }, index) =>
    people.includes(participantId)
      ? []
      : [{ pointer: `${pointer}/${index}/participantId`, code: 'not-in-interview' }],
  );
  if (errors.length > 0) {
    throw new Invalid('validation-failed', 'Somebody was seen who did not take part.', errors);
  }
}
