import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ParticipantKeys } from '../../../platform/security/participant-keys.js';
import { openQuote, type QuoteRow } from '../interviews/quote-rows.js';
import { observationContext, TranscriptStore } from '../interviews/transcript-store.js';

interface OwnTurn {
  interviewId: string;
  version: number;
  index: number;
  text: string;
  startMs: number | null;
}

interface OwnObservation {
  interviewId: string;
  at: Date;
  text: string;
}

interface OwnQuote {
  id: string;
  interviewId: string;
  turn: number;
  exact: string;
}

/** What was said by one person and written down about them, in every version, as far as it can be read. */
export interface OwnWords {
  turns: OwnTurn[];
  observations: OwnObservation[];
  quotes: OwnQuote[];
}

/** Opens all the words of one person, for themselves or before they are erased. */
@Injectable()
export class ParticipantWords {
  constructor(
    private readonly keys: ParticipantKeys,
    private readonly transcripts: TranscriptStore,
  ) {}

  async of(manager: EntityManager, projectId: string, participantId: string): Promise<OwnWords> {
    return {
      turns: await this.turns(manager, projectId, participantId),
      observations: await this.observations(manager, projectId, participantId),
      quotes: await this.quotes(manager, projectId, participantId),
    };
  }

  private async turns(
    manager: EntityManager,
    projectId: string,
    participantId: string,
  ): Promise<OwnTurn[]> {
    const versions = (await manager.query(
      `SELECT DISTINCT turn.interview_id, turn.version
       FROM interview_participant JOIN turn ON turn.project_id = interview_participant.project_id
         AND turn.interview_id = interview_participant.interview_id
       WHERE interview_participant.project_id = $1 AND interview_participant.participant_id = $2
         AND turn.participant_id = $2
       ORDER BY turn.interview_id, turn.version`,
      [projectId, participantId],
    )) as { interview_id: string; version: number }[];
    const own: OwnTurn[] = [];
    for (const { interview_id: interviewId, version } of versions) {
      for (const turn of await this.transcripts.version(manager, projectId, interviewId, version)) {
        const { index, text, startMs } = turn;
        if (turn.participantId !== participantId || text === null) continue;
        own.push({ interviewId, version, index, text, startMs });
      }
    }
    return own;
  }

  private async observations(
    manager: EntityManager,
    projectId: string,
    participantId: string,
  ): Promise<OwnObservation[]> {
    const rows = (await manager.query(
      `SELECT observation.interview_id, observation.index, observation.at, observation.sealed
       FROM interview_participant
       JOIN observation ON observation.project_id = interview_participant.project_id
         AND observation.interview_id = interview_participant.interview_id
         AND observation.participant_id = interview_participant.participant_id
       WHERE interview_participant.project_id = $1 AND interview_participant.participant_id = $2
       ORDER BY observation.interview_id, observation.index`,
      [projectId, participantId],
    )) as { interview_id: string; index: number; at: Date; sealed: Buffer }[];
    const ring = await this.keys.ring(manager, projectId, [participantId]);
    return rows.flatMap(({ interview_id: interviewId, index, at, sealed }) => {
      const text = ring.open(participantId, sealed, observationContext(interviewId, index));
      return text === null ? [] : [{ interviewId, at, text }];
    });
  }

  private async quotes(
    manager: EntityManager,
    projectId: string,
    participantId: string,
  ): Promise<OwnQuote[]> {
    const rows = (await manager.query(
      `SELECT quote.* FROM interview_participant
       JOIN quote ON quote.project_id = interview_participant.project_id
         AND quote.interview_id = interview_participant.interview_id
         AND quote.participant_id = interview_participant.participant_id
       WHERE interview_participant.project_id = $1 AND interview_participant.participant_id = $2
       ORDER BY quote.id`,
      [projectId, participantId],
    )) as QuoteRow[];
    const ring = await this.keys.ring(manager, projectId, [participantId]);
    return rows.flatMap((row) => {
      const exact = openQuote(ring, row);
      if (exact === null) return [];
      return [{ id: row.id, interviewId: row.interview_id, turn: row.turn_index, exact }];
    });
  }
}
