import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, Invalid, NotFound } from '../../../domain/errors.js';
import type { Producer } from '../../../domain/evidence/dossier.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import type { Actor } from '../../../platform/security/principal.js';
import { ParticipantSketches } from '../people/participant-sketches.js';
import type { TranscriptDto } from './interview.dto.js';
import { QuoteAnchors } from './quote-anchors.js';
import type { SpeakerNameDto, TranscriptStateDto, TranscriptWordsDto } from './transcript.dto.js';
import { type NewTurn, type OpenTurn, readable, TranscriptStore } from './transcript-store.js';

/** Words on their way in, whatever file or form they came in. */
export interface IncomingTranscript {
  language: string;
  producedBy: Producer;
  /** `raw` for the first version, `corrected` after it, unless somebody says otherwise. */
  kind?: string;
  format: string | null;
  /** Whether it is settled who speaks; guesses are confirmed by a person first. */
  confirmed: boolean;
  turns: readonly NewTurn[];
}

interface VersionRow {
  version: number;
  kind: string;
  language: string;
  produced_by: Producer;
  format: string | null;
  speakers_confirmed_at: Date | null;
  created_at: Date;
}

/** What was said: versions that are never edited, and who speaks in them. */
@Injectable()
export class TranscriptsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly turns: TranscriptStore,
    private readonly anchors: QuoteAnchors,
    private readonly sketches: ParticipantSketches,
  ) {}

  /** Adds the words of an interview, or a newer version of them, and moves the quotes that still stand. */
  async add(actor: Actor, id: string, incoming: IncomingTranscript): Promise<TranscriptStateDto> {
    return await this.transactions.run(async (manager) => {
      const people = await this.lock(manager, actor.projectId, id);
      requireSpeakers(incoming.turns, people, '');
      const now = await this.clock.now(manager);
      return await this.store(manager, actor, { id, people }, incoming, now);
    });
  }

  /** The same in the caller's transaction. */
  async store(
    manager: EntityManager,
    actor: Actor,
    interview: { id: string; people: readonly string[] },
    incoming: IncomingTranscript,
    now: Date,
  ): Promise<TranscriptStateDto> {
    const { projectId, memberId } = actor;
    const { id, people } = interview;
    const [firstParticipantId] = people;
    if (firstParticipantId === undefined) throw new Error('an interview has a participant');
    await this.requireNotErased(manager, projectId, people);
    const latest = (await this.versions(manager, projectId, id)).at(-1);
    if (latest !== undefined && latest.speakers_confirmed_at === null) {
      throw new Conflict(
        'speakers-unconfirmed',
        'Confirm who speaks in the last version before you add another.',
      );
    }
    const version = (latest?.version ?? 0) + 1;
    await this.turns.insert(manager, projectId, {
      interviewId: id,
      version,
      kind: incoming.kind ?? (version === 1 ? 'raw' : 'corrected'),
      language: incoming.language,
      producedBy: incoming.producedBy,
      format: incoming.format,
      speakersConfirmedAt: incoming.confirmed ? now : null,
      createdBy: memberId,
      createdAt: now,
      turns: incoming.turns,
      firstParticipantId,
    });
    await manager.query(
      `UPDATE interview SET ingested_at = COALESCE(ingested_at, $3),
         transcript_version = CASE WHEN transcript_version IS NULL OR $5 THEN $4
           ELSE transcript_version END
       WHERE project_id = $1 AND id = $2`,
      [projectId, id, now, version, incoming.confirmed],
    );
    await this.audit.record(manager, actor, {
      action: 'transcript.create',
      objectType: 'interview',
      objectId: id,
      after: { version },
    });
    if (incoming.confirmed) await this.settle(manager, actor, id, version);
    return await this.state(manager, projectId, id);
  }

  /** Settles who speaks in the last version; only then can anybody be quoted from it. */
  async confirmSpeakers(
    actor: Actor,
    id: string,
    speakers: readonly SpeakerNameDto[],
  ): Promise<TranscriptStateDto> {
    return await this.transactions.run((manager) =>
      this.nameSpeakers(manager, actor, id, speakers, ''),
    );
  }

  /** The same in the caller's transaction. @param pointer where the speakers stand in the body */
  async nameSpeakers(
    manager: EntityManager,
    actor: Actor,
    id: string,
    speakers: readonly SpeakerNameDto[],
    pointer: string,
  ): Promise<TranscriptStateDto> {
    const { projectId } = actor;
    const people = await this.lock(manager, projectId, id);
    const latest = (await this.versions(manager, projectId, id)).at(-1);
    if (latest === undefined) throw new NotFound('not-found', 'There is no transcript yet.');
    const { version } = latest;
    if (await this.anchors.any(manager, projectId, id, version)) {
      throw new Conflict(
        'speakers-quoted',
        'Somebody is quoted from this version already; add a corrected version instead.',
      );
    }
    const turns = await this.turns.version(manager, projectId, id, version);
    const named = namedBy(speakers, turns, people, pointer);
    const speaking = [...named.values()].flatMap((participantId) => participantId ?? []);
    await this.requireNotErased(manager, projectId, [firstOf(people), ...speaking]);
    const place = { interviewId: id, version, firstParticipantId: firstOf(people) };
    await this.turns.rewrite(
      manager,
      projectId,
      place,
      turns.map((turn) => ({ ...turn, participantId: named.get(turn.speaker ?? '') ?? null })),
    );
    const now = await this.clock.now(manager);
    await manager.query(
      `UPDATE transcript SET speakers_confirmed_at = $4
       WHERE project_id = $1 AND interview_id = $2 AND version = $3`,
      [projectId, id, version, now],
    );
    await manager.query(
      'UPDATE interview SET transcript_version = $3 WHERE project_id = $1 AND id = $2',
      [projectId, id, version],
    );
    await this.audit.record(manager, actor, {
      action: 'transcript.confirm-speakers',
      objectType: 'interview',
      objectId: id,
      after: { version },
    });
    await this.settle(manager, actor, id, version);
    return await this.state(manager, projectId, id);
  }

  /** The words in force. Each reading is in the audit log: who, which, when. */
  async words(actor: Actor, id: string): Promise<TranscriptWordsDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      const state = await this.state(manager, projectId, id);
      const turns = await this.turns.version(manager, projectId, id, state.version);
      await this.audit.record(manager, actor, {
        action: 'transcript.read',
        objectType: 'interview',
        objectId: id,
      });
      return { ...state, turns: turns.map(turnDto) };
    });
  }

  /** The version in force, or the newest where none has its speakers confirmed yet. */
  async state(manager: EntityManager, projectId: string, id: string): Promise<TranscriptStateDto> {
    const versions = await this.versions(manager, projectId, id);
    const newest = versions.at(-1);
    if (newest === undefined) throw new NotFound('not-found', 'There is no transcript yet.');
    return {
      interviewId: id,
      version: newest.version,
      kind: newest.kind,
      language: newest.language,
      producedBy: newest.produced_by,
      ...(newest.format === null ? {} : { format: newest.format }),
      speakersConfirmed: newest.speakers_confirmed_at !== null,
      lostQuotes: await this.anchors.lost(manager, projectId, id),
      versions: versions.map((one) => ({
        version: one.version,
        kind: one.kind,
        createdAt: one.created_at.toISOString(),
      })),
    };
  }

  /** Once it is settled who said what: quotes find their places, people's words can be compared. */
  async settle(
    manager: EntityManager,
    { projectId }: Actor,
    id: string,
    version: number,
  ): Promise<void> {
    const turns = await this.turns.version(manager, projectId, id, version);
    await this.anchors.move(manager, projectId, id, version, readable(turns));
    const spoken = new Map<string, string[]>();
    for (const { participantId, text } of turns) {
      if (participantId === null || text === null) continue;
      spoken.set(participantId, [...(spoken.get(participantId) ?? []), text]);
    }
    await this.sketches.afterWords(
      manager,
      projectId,
      id,
      [...spoken].map(([participantId, texts]) => ({ participantId, texts })),
    );
  }

  /** Locks an interview and answers who took part, the owner of the interviewer's words first. */
  async lock(manager: EntityManager, projectId: string, id: string): Promise<string[]> {
    const rows = (await manager.query(
      `SELECT interview.id FROM interview
       WHERE interview.project_id = $1 AND interview.id = $2 FOR UPDATE`,
      [projectId, id],
    )) as { id: string }[];
    if (rows.length === 0) throw new NotFound('not-found', 'There is no such interview.');
    const people = (await manager.query(
      `SELECT interview_participant.participant_id AS id FROM interview_participant
       WHERE interview_participant.project_id = $1 AND interview_participant.interview_id = $2
       ORDER BY interview_participant.position`,
      [projectId, id],
    )) as { id: string }[];
    return people.map((person) => person.id);
  }

  /** @throws Invalid `not-in-study` at `pointer` for interviews that the study does not have */
  async requireInStudy(
    manager: EntityManager,
    projectId: string,
    studyId: string,
    interviewIds: readonly string[],
    pointer: string,
  ): Promise<void> {
    const rows = (await manager.query(
      `SELECT interview.id FROM interview
       WHERE interview.project_id = $1 AND interview.study_id = $2 AND interview.id = ANY($3)`,
      [projectId, studyId, interviewIds],
    )) as { id: string }[];
    const known = new Set(rows.map(({ id }) => id));
    const errors = interviewIds.flatMap((interviewId, index) =>
      known.has(interviewId)
        ? []
        : [{ pointer: `${pointer}/${index}/interviewId`, code: 'not-in-study' }],
    );
    if (errors.length > 0) {
      throw new Invalid('validation-failed', 'The study has no such interviews.', errors);
    }
  }

  private async versions(
    manager: EntityManager,
    projectId: string,
    id: string,
  ): Promise<VersionRow[]> {
    return (await manager.query(
      `SELECT transcript.* FROM transcript
       WHERE transcript.project_id = $1 AND transcript.interview_id = $2
       ORDER BY transcript.version`,
      [projectId, id],
    )) as VersionRow[];
  }

  private async requireNotErased(
    manager: EntityManager,
    projectId: string,
    people: readonly string[],
  ): Promise<void> {
    // An erasure waits until the words are sealed, and then finds them.
    const rows = (await manager.query(
      `SELECT participant.erased_at AS "erasedAt" FROM participant
       WHERE participant.project_id = $1 AND participant.id = ANY($2)
       ORDER BY participant.id FOR SHARE`,
      [projectId, people],
    )) as { erasedAt: Date | null }[];
    if (rows.some(({ erasedAt }) => erasedAt !== null)) {
      throw new Conflict('participant-erased', 'Somebody in it asked to be forgotten.');
    }
  }
}

/** Turns as somebody sent them, with the speakers they named. */
export function spokenTurns(transcript: Pick<TranscriptDto, 'turns'>): NewTurn[] {
  return transcript.turns.map(({ speaker, participantId, text, startMs }) => ({
    speaker,
    participantId: participantId ?? null,
    text,
    startMs: startMs ?? null,
  }));
}

/** @throws Invalid naming the turns whose speaker did not take part */
export function requireSpeakers(
  turns: readonly NewTurn[],
  people: readonly string[],
  pointer: string,
): void {
  const errors = turns.flatMap(({ participantId }, index) =>
    participantId === null || people.includes(participantId)
      ? []
      : [{ pointer: `${pointer}/turns/${index}/participantId`, code: 'not-in-interview' }],
  );
  if (errors.length > 0) {
    throw new Invalid('validation-failed', 'Somebody speaks who did not take part.', errors);
  }
}

/** The participant whose key seals the interviewer's words. */
export function firstOf(people: readonly string[]): string {
  const [first] = people;
  if (first === undefined) throw new Error('an interview has a participant');
  return first;
}

/** Who each name of the transcript is; null is the interviewer. Every name must be settled. */
function namedBy(
  speakers: readonly SpeakerNameDto[],
  turns: readonly OpenTurn[],
  people: readonly string[],
  pointer: string,
): Map<string, string | null> {
  const named = new Map<string, string | null>();
  const errors = speakers.flatMap(({ speaker, participantId }, index) => {
    named.set(speaker, participantId ?? null);
    if (participantId === undefined || people.includes(participantId)) return [];
    return [{ pointer: `${pointer}/speakers/${index}/participantId`, code: 'not-in-interview' }];
  });
  const open = new Set(turns.flatMap(({ speaker }) => speaker ?? []));
  for (const name of named.keys()) open.delete(name);
  if (open.size > 0) errors.push({ pointer: `${pointer}/speakers`, code: 'speaker-missing' });
  if (errors.length > 0) {
    throw new Invalid('validation-failed', 'Say of every speaker who it is.', errors);
  }
  return named;
}

export function turnDto(turn: OpenTurn): TranscriptWordsDto['turns'][number] {
  return {
    index: turn.index,
    ...(turn.speaker === null ? {} : { speaker: turn.speaker }),
    ...(turn.participantId === null ? {} : { participantId: turn.participantId }),
    ...(turn.text === null ? {} : { text: turn.text }),
    ...(turn.startMs === null ? {} : { startMs: turn.startMs }),
  };
}
