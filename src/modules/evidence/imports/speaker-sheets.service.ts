import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { NotFound } from '../../../domain/errors.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Transactions } from '../../../platform/database/transactions.js';
import type { Actor } from '../../../platform/security/principal.js';
import { guessesIn } from '../interviews/transcript-files.service.js';
import { TranscriptStore } from '../interviews/transcript-store.js';
import { TranscriptsService } from '../interviews/transcripts.service.js';
import { ParticipantEntity } from '../people/participant.entity.js';
import { ParticipantIdentities } from '../people/participant-identities.js';
import { StudyEntity } from '../studies/study.entity.js';
import {
  SHEET_INTERVIEWS_MAX,
  type SheetInterviewDto,
  type SpeakerSheetDto,
} from './import.dto.js';

interface OpenRow {
  id: string;
  version: number;
  interviewer: string;
  people: string[];
}

/** One sheet for a whole study: who speaks in each transcript that nobody has confirmed yet. */
@Injectable()
export class SpeakerSheetsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly identities: ParticipantIdentities,
    private readonly turns: TranscriptStore,
    private readonly transcripts: TranscriptsService,
  ) {}

  /** The sheet as it stands; each reading is in the audit log, because names are words too. */
  async open(actor: Actor, studyId: string): Promise<SpeakerSheetDto> {
    const { projectId } = actor;
    return await this.transactions.run(async (manager) => {
      await requireStudy(manager, projectId, studyId);
      const rows = (await manager.query(
        `SELECT interview.id, transcript.version, interview.interviewer,
           (SELECT json_agg(interview_participant.participant_id
               ORDER BY interview_participant.position)
             FROM interview_participant
             WHERE interview_participant.project_id = interview.project_id
               AND interview_participant.interview_id = interview.id) AS people
         FROM interview
         JOIN transcript ON transcript.project_id = interview.project_id
           AND transcript.interview_id = interview.id
           AND transcript.speakers_confirmed_at IS NULL
         WHERE interview.project_id = $1 AND interview.study_id = $2
         ORDER BY interview.id LIMIT $3`,
        [projectId, studyId, SHEET_INTERVIEWS_MAX],
      )) as OpenRow[];
      const interviews: SpeakerSheetDto['interviews'] = [];
      for (const row of rows) {
        const open = await this.interview(manager, projectId, row);
        if (open !== null) interviews.push(open);
      }
      await this.audit.record(manager, actor, {
        action: 'speakers.read',
        objectType: 'study',
        objectId: studyId,
      });
      return { interviews };
    });
  }

  /** Null when the words were erased: nobody has to say who said them. */
  private async interview(
    manager: EntityManager,
    projectId: string,
    { id, version, interviewer, people }: OpenRow,
  ): Promise<SpeakerSheetDto['interviews'][number] | null> {
    const turns = await this.turns.version(manager, projectId, id, version);
    const said = turns.flatMap(({ speaker, text }) => (text === null ? [] : [{ speaker, text }]));
    if (said.length === 0) return null;
    const known = await manager.findBy(ParticipantEntity, { projectId, id: In(people) });
    const persons = people.flatMap((one) => known.find((person) => person.id === one) ?? []);
    const expected: { participantId: string; names: string[] }[] = [];
    for (const person of persons) {
      const identity = await this.identities.open(manager, person);
      const names = [person.pseudonym, identity?.name ?? person.pseudonym];
      expected.push({ participantId: person.id, names });
    }
    return {
      interviewId: id,
      people: persons.map((person) => ({
        participantId: person.id,
        pseudonym: person.pseudonym,
      })),
      guesses: guessesIn({ turns: said }, { interviewer, people: expected }),
    };
  }

  /** Confirms the whole sheet, or nothing of it. */
  async confirm(
    actor: Actor,
    studyId: string,
    interviews: readonly SheetInterviewDto[],
  ): Promise<string[]> {
    return await this.transactions.run(async (manager) => {
      await requireStudy(manager, actor.projectId, studyId);
      // All at once and in one order: whoever reads several of them waits instead of deadlocking.
      await manager.query(
        `SELECT 1 FROM interview WHERE interview.project_id = $1 AND interview.id = ANY($2)
         ORDER BY interview.id FOR UPDATE`,
        [actor.projectId, interviews.map(({ interviewId }) => interviewId)],
      );
      await this.transcripts.requireInStudy(
        manager,
        actor.projectId,
        studyId,
        interviews.map(({ interviewId }) => interviewId),
        '/interviews',
      );
      for (const [at, { interviewId, speakers }] of interviews.entries()) {
        const pointer = `/interviews/${at}`;
        await this.transcripts.nameSpeakers(manager, actor, interviewId, speakers, pointer);
      }
      return interviews.map(({ interviewId }) => interviewId);
    });
  }
}

async function requireStudy(manager: EntityManager, projectId: string, id: string): Promise<void> {
  if (await manager.existsBy(StudyEntity, { projectId, id })) return;
  throw new NotFound('not-found', 'There is no such study.');
}
