import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Transactions } from '../../../platform/database/transactions.js';
import type { Actor } from '../../../platform/security/principal.js';
import { guessesIn } from '../interviews/transcript-files.service.js';
import { TranscriptStore } from '../interviews/transcript-store.js';
import { TranscriptsService } from '../interviews/transcripts.service.js';
import { ParticipantEntity } from '../people/participant.entity.js';
import { ParticipantIdentities } from '../people/participant-identities.js';

import type { SheetInterviewDto, SpeakerSheetDto } from './import.dto.js';

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
    private readonly identities: ParticipantIdentities,
    private readonly turns: TranscriptStore,
    private readonly transcripts: TranscriptsService,
  ) {}

  async open({ projectId }: Actor, studyId: string): Promise<SpeakerSheetDto> {
    return await this.transactions.run(async (manager) => {
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
         WHERE interview.project_id = $1 AND interview.study_id = $2 ORDER BY interview.id`,
        [projectId, studyId],
      )) as OpenRow[];
      const interviews: SpeakerSheetDto['interviews'] = [];
      for (const { id, version, interviewer, people } of rows) {
        const persons = await manager.findBy(ParticipantEntity, { projectId, id: In(people) });
        const expected: { participantId: string; names: string[] }[] = [];
        for (const person of persons) {
          const identity = await this.identities.open(manager, person);
          const names = [person.pseudonym, identity?.name ?? person.pseudonym];
          expected.push({ participantId: person.id, names });
        }
        const turns = await this.turns.version(manager, projectId, id, version);
        const said = turns.map(({ speaker, text }) => ({ speaker, text: text ?? '' }));
        interviews.push({
          interviewId: id,
          people: persons.map(({ pseudonym }) => pseudonym),
          guesses: guessesIn({ turns: said }, { interviewer, people: expected }),
        });
      }
      return { interviews };
    });
  }

  /** Confirms the whole sheet, or nothing of it. */
  async confirm(
    actor: Actor,
    studyId: string,
    interviews: readonly SheetInterviewDto[],
  ): Promise<string[]> {
    return await this.transactions.run(async (manager) => {
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
