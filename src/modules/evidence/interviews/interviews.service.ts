import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, type FieldError, Invalid, NotFound } from '../../../domain/errors.js';
import type { SpokenTurn } from '../../../domain/evidence/locate-quote.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { newId } from '../../../platform/http/ids.js';
import { type Page, pageOf, type PageRequest } from '../../../platform/http/page.js';
import { ParticipantKeys } from '../../../platform/security/participant-keys.js';
import type { Actor } from '../../../platform/security/principal.js';
import type {
  CreateInterviewDto,
  InterviewDto,
  InterviewWordsDto,
  ObservationDto,
  TranscriptDto,
} from './interview.dto.js';
import { interviewDto, type InterviewRow, SELECT_INTERVIEW } from './interview-rows.js';
import { instant } from '../people/participants.service.js';
import { StudyEntity } from '../studies/study.entity.js';

interface TurnRow {
  index: number;
  participant_id: string | null;
  key_participant_id: string;
  sealed: Buffer;
  start_ms: number | null;
}

/** A turn as it can be read now; the words are gone when the person was erased. */
export interface OpenTurn {
  index: number;
  participantId: string | null;
  speaker: string | null;
  text: string | null;
  startMs: number | null;
}

/** Sessions with people: who took part, what they said, sealed with the speaker's own key. */
@Injectable()
export class InterviewsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly keys: ParticipantKeys,
  ) {}

  async create(actor: Actor, body: CreateInterviewDto): Promise<InterviewDto> {
    requireConsistent(body);
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      const id = newId();
      const now = await this.clock.now(manager);
      await this.requireKnown(manager, projectId, body);
      await manager.query(
        `INSERT INTO interview (project_id, id, study_id, method, modality, interactive, started_at,
           ended_at, interviewer, anchor_event_at, exposure_to, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
        [
          projectId,
          id,
          body.studyId ?? null,
          body.method,
          body.modality,
          body.interactive,
          instant(body.startedAt),
          instant(body.endedAt),
          body.interviewer,
          body.anchorEventAt === undefined ? null : instant(body.anchorEventAt),
          body.exposureTo ?? null,
          actor.memberId,
          now,
        ],
      );
      for (const [position, { participantId, speaksFor }] of body.participants.entries()) {
        await manager.query(
          `INSERT INTO interview_participant
             (project_id, interview_id, participant_id, position, speaks_for)
           VALUES ($1, $2, $3, $4, $5)`,
          [projectId, id, participantId, position, JSON.stringify(speaksFor)],
        );
      }
      const people = body.participants.map(({ participantId }) => participantId);
      if (body.transcript !== undefined) {
        await this.storeTranscript(manager, projectId, { id, people }, body.transcript);
      }
      if (body.observations !== undefined) {
        await this.storeObservations(manager, projectId, id, body.observations);
      }
      if (body.transcript !== undefined || (body.observations?.length ?? 0) > 0) {
        await this.markIngested(manager, projectId, id, now);
      }
      await this.audit.record(manager, actor, {
        action: 'interview.create',
        objectType: 'interview',
        objectId: id,
      });
      return await this.read(manager, projectId, id);
    });
  }

  /** Adds the words of an interview that was recorded without them; words are never replaced. */
  async addTranscript(actor: Actor, id: string, transcript: TranscriptDto): Promise<InterviewDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      await manager.query('SELECT 1 FROM interview WHERE project_id = $1 AND id = $2 FOR UPDATE', [
        projectId,
        id,
      ]);
      const interview = await this.read(manager, projectId, id);
      if (interview.turns > 0) {
        throw new Conflict('transcript-exists', 'This interview has its transcript already.');
      }
      const people = interview.participants.map(({ participantId }) => participantId);
      requireSpeakers(transcript, people, '');
      await this.storeTranscript(manager, projectId, { id, people }, transcript);
      await this.markIngested(manager, projectId, id, await this.clock.now(manager));
      await this.audit.record(manager, actor, {
        action: 'transcript.create',
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
  async list(projectId: string, page: PageRequest): Promise<Page<InterviewDto>> {
    const rows = (await this.transactions.manager.query(
      `${SELECT_INTERVIEW} WHERE interview.project_id = $1 AND ($2::uuid IS NULL OR interview.id > $2)
       ORDER BY interview.id LIMIT $3`,
      [projectId, page.after, page.limit + 1],
    )) as InterviewRow[];
    return pageOf(rows, page.limit, interviewDto);
  }

  /** The words themselves. Each reading is in the audit log: who, which, when. */
  async words(actor: Actor, id: string): Promise<InterviewWordsDto> {
    return await this.transactions.run(async (manager) => {
      const interview = await this.read(manager, actor.projectId, id);
      const turns = await this.turns(manager, actor.projectId, id);
      await this.audit.record(manager, actor, {
        action: 'transcript.read',
        objectType: 'interview',
        objectId: id,
      });
      return {
        ...interview,
        transcript: turns.map((turn) => ({
          index: turn.index,
          ...(turn.speaker === null ? {} : { speaker: turn.speaker }),
          ...(turn.participantId === null ? {} : { participantId: turn.participantId }),
          ...(turn.text === null ? {} : { text: turn.text }),
          ...(turn.startMs === null ? {} : { startMs: turn.startMs }),
        })),
      };
    });
  }

  /** Every turn of an interview, opened. */
  async turns(manager: EntityManager, projectId: string, id: string): Promise<OpenTurn[]> {
    const rows = (await manager.query(
      `SELECT turn.index, turn.participant_id, turn.key_participant_id, turn.sealed, turn.start_ms
       FROM turn WHERE turn.project_id = $1 AND turn.interview_id = $2 ORDER BY turn.index`,
      [projectId, id],
    )) as TurnRow[];
    const ring = await this.keys.ring(
      manager,
      projectId,
      rows.map((row) => row.key_participant_id),
    );
    return rows.map((row) => {
      const opened = ring.open(row.key_participant_id, row.sealed, turnContext(id, row.index));
      const words = opened === null ? null : (JSON.parse(opened) as SealedTurn);
      return {
        index: row.index,
        participantId: row.participant_id,
        speaker: words?.speaker ?? null,
        text: words?.text ?? null,
        startMs: row.start_ms,
      };
    });
  }

  private async read(manager: EntityManager, projectId: string, id: string): Promise<InterviewDto> {
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
    body: CreateInterviewDto,
  ): Promise<void> {
    const ids = body.participants.map(({ participantId }) => participantId);
    const known = (await manager.query(
      `SELECT participant.id, participant.erased_at FROM participant
       WHERE participant.project_id = $1 AND participant.id = ANY($2)`,
      [projectId, ids],
    )) as { id: string; erased_at: Date | null }[];
    const errors: FieldError[] = ids.flatMap((id, index) => {
      const person = known.find((row) => row.id === id);
      const pointer = `/participants/${index}/participantId`;
      if (person === undefined) return [{ pointer, code: 'unknown-participant' }];
      return person.erased_at === null ? [] : [{ pointer, code: 'participant-erased' }];
    });
    if (body.studyId !== undefined) {
      const exists = await manager.existsBy(StudyEntity, { projectId, id: body.studyId });
      if (!exists) errors.push({ pointer: '/studyId', code: 'unknown-study' });
    }
    if (errors.length > 0) {
      throw new Invalid('validation-failed', 'The interview names what does not exist.', errors);
    }
  }

  /** A turn is sealed with its speaker's key, the interviewer's with the first participant's. */
  private async storeTranscript(
    manager: EntityManager,
    projectId: string,
    interview: { id: string; people: readonly string[] },
    transcript: TranscriptDto,
  ): Promise<void> {
    const { id, people } = interview;
    const first = people[0];
    if (first === undefined) throw new Error('an interview has a participant');
    const ring = await this.keys.ring(manager, projectId, people);
    const columns = transcript.turns.map((turn, index) => {
      const keyOwner = turn.participantId ?? first;
      const words: SealedTurn = { speaker: turn.speaker, text: turn.text };
      return {
        speaker: turn.participantId ?? null,
        keyOwner,
        sealed: ring.seal(keyOwner, JSON.stringify(words), turnContext(id, index)),
        startMs: turn.startMs ?? null,
      };
    });
    await manager.query(
      `INSERT INTO turn
         (project_id, interview_id, index, participant_id, key_participant_id, sealed, start_ms)
       SELECT $1, $2, given.position - 1, given.speaker, given.key_owner, given.sealed, given.start_ms
       FROM unnest($3::uuid[], $4::uuid[], $5::bytea[], $6::int[])
         WITH ORDINALITY AS given (speaker, key_owner, sealed, start_ms, position)`,
      [
        projectId,
        id,
        columns.map((turn) => turn.speaker),
        columns.map((turn) => turn.keyOwner),
        columns.map((turn) => turn.sealed),
        columns.map((turn) => turn.startMs),
      ],
    );
    await manager.query(
      'UPDATE interview SET language = $3, produced_by = $4 WHERE project_id = $1 AND id = $2',
      [projectId, id, transcript.language, transcript.producedBy],
    );
  }

  private async storeObservations(
    manager: EntityManager,
    projectId: string,
    id: string,
    observations: readonly ObservationDto[],
  ): Promise<void> {
    const people = observations.map(({ participantId }) => participantId);
    const ring = await this.keys.ring(manager, projectId, people);
    for (const [index, { participantId, at, text }] of observations.entries()) {
      await manager.query(
        `INSERT INTO observation (project_id, interview_id, index, participant_id, at, sealed)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [
          projectId,
          id,
          index,
          participantId,
          instant(at),
          ring.seal(participantId, text, `${id}/observation/${index}`),
        ],
      );
    }
  }

  private async markIngested(
    manager: EntityManager,
    projectId: string,
    id: string,
    at: Date,
  ): Promise<void> {
    await manager.query('UPDATE interview SET ingested_at = $3 WHERE project_id = $1 AND id = $2', [
      projectId,
      id,
      at,
    ]);
  }
}

interface SealedTurn {
  speaker: string;
  text: string;
}

function turnContext(interviewId: string, index: number): string {
  return `${interviewId}/turn/${index}`;
}

/** The turns whose words can still be read, as the quote rules want them. */
export function readable(turns: readonly OpenTurn[]): SpokenTurn[] {
  return turns.flatMap(({ index, participantId, text }) =>
    text === null ? [] : [{ index, participantId, text }],
  );
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
  for (const [index, { participantId }] of (body.observations ?? []).entries()) {
    if (!people.includes(participantId)) {
      errors.push({ pointer: `/observations/${index}/participantId`, code: 'not-in-interview' });
    }
  }
  if (errors.length > 0) {
    throw new Invalid('validation-failed', 'The interview contradicts itself.', errors);
  }
  if (body.transcript !== undefined) requireSpeakers(body.transcript, people, '/transcript');
}

function requireSpeakers(
  transcript: TranscriptDto,
  people: readonly string[],
  pointer: string,
): void {
  const errors = transcript.turns.flatMap(({ participantId }, index) =>
    participantId === undefined || people.includes(participantId)
      ? []
      : [{ pointer: `${pointer}/turns/${index}/participantId`, code: 'not-in-interview' }],
  );
  if (errors.length > 0) {
    throw new Invalid('validation-failed', 'Somebody speaks who did not take part.', errors);
  }
}
