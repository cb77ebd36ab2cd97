import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Gone, NotFound } from '../../../domain/errors.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Transactions } from '../../../platform/database/transactions.js';
import type { Actor } from '../../../platform/security/principal.js';
import { ConsentEntity } from './consent.entity.js';
import { FreeText } from './free-text.js';
import type {
  CitedByDto,
  ExportedInterviewDto,
  ExportedSpeaksForDto,
  ParticipantExportDto,
} from './participant-export.dto.js';
import { ParticipantIdentities } from './participant-identities.js';
import { ParticipantPairs } from './participant-pairs.js';
import { ConsentDto, ParticipantDto } from './participant.dto.js';
import { ParticipantEntity } from './participant.entity.js';
import { type OwnWords, ParticipantWords } from './participant-words.js';

interface SessionRow {
  id: string;
  study_id: string | null;
  method: string;
  modality: string;
  started_at: Date;
  ended_at: Date;
  interviewer: string;
  anchor_event_at: Date | null;
  exposure_to: string | null;
  speaks_for: ExportedSpeaksForDto[];
}

/** The right of access: everything held about one person, for that person. */
@Injectable()
export class ParticipantExport {
  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly identities: ParticipantIdentities,
    private readonly pairs: ParticipantPairs,
    private readonly words: ParticipantWords,
    private readonly freeText: FreeText,
  ) {}

  /** Reads words, so each export is in the audit log. @throws NotFound; Gone `participant-erased` */
  async of(actor: Actor, participantId: string): Promise<ParticipantExportDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      // An erasure waits for the export, or the export finds the person erased.
      const person = await manager.findOne(ParticipantEntity, {
        where: { projectId, id: participantId },
        lock: { mode: 'pessimistic_read' },
      });
      if (person === null) throw new NotFound('not-found', 'There is no such participant.');
      if (person.erasedAt !== null) {
        throw new Gone('participant-erased', 'This person asked to be forgotten: nothing is held.');
      }
      const { id } = person;
      const words = await this.words.of(manager, projectId, id);
      const identity = await this.identities.open(manager, person);
      const undecided = await this.pairs.undecidedOf(manager, projectId, [id]);
      const exported: ParticipantExportDto = {
        participant: ParticipantDto.from(person, undecided.get(id)),
        ...(identity === null ? {} : { identity }),
        consents: await this.consents(manager, projectId, id),
        interviews: await this.interviews(manager, projectId, id, words),
        quotes: words.quotes,
        pairs: await this.pairs.of(manager, projectId, id),
        citedBy: await this.citedBy(manager, projectId, id),
        freeText: await this.freeText.placesOf(manager, projectId, words),
      };
      await this.audit.record(manager, actor, {
        action: 'participant.export',
        objectType: 'participant',
        objectId: id,
      });
      return exported;
    });
  }

  private async consents(
    manager: EntityManager,
    projectId: string,
    participantId: string,
  ): Promise<ConsentDto[]> {
    const consents = await manager.find(ConsentEntity, {
      where: { projectId, participantId },
      order: { givenAt: 'ASC', id: 'ASC' },
    });
    return consents.map((consent) => ConsentDto.from(consent));
  }

  private async interviews(
    manager: EntityManager,
    projectId: string,
    participantId: string,
    words: OwnWords,
  ): Promise<ExportedInterviewDto[]> {
    const rows = (await manager.query(
      `SELECT interview.*, interview_participant.speaks_for FROM interview_participant
       JOIN interview ON interview.project_id = interview_participant.project_id
         AND interview.id = interview_participant.interview_id
       WHERE interview_participant.project_id = $1 AND interview_participant.participant_id = $2
       ORDER BY interview.id`,
      [projectId, participantId],
    )) as SessionRow[];
    return rows.map((row) => exportedInterview(row, words));
  }

  /**
   * Experiments are read here by SQL, as `free-text.ts` does: their feature already reads this one.
   * Ids cannot be mistaken for anything else, so looking for them in the whole definition is enough.
   */
  private async citedBy(
    manager: EntityManager,
    projectId: string,
    participantId: string,
  ): Promise<CitedByDto> {
    const insights = (await manager.query(
      `SELECT DISTINCT evidence_entry.insight_id AS id FROM interview_participant
       LEFT JOIN quote ON quote.project_id = interview_participant.project_id
         AND quote.interview_id = interview_participant.interview_id
         AND quote.participant_id = interview_participant.participant_id
       JOIN evidence_entry ON evidence_entry.project_id = interview_participant.project_id
         AND (evidence_entry.quote_id = quote.id
           OR evidence_entry.interview_id = interview_participant.interview_id)
       WHERE interview_participant.project_id = $1 AND interview_participant.participant_id = $2
       ORDER BY id`,
      [projectId, participantId],
    )) as { id: string }[];
    const insightIds = insights.map(({ id }) => id);
    const experiments = (await manager.query(
      `SELECT experiment.key FROM experiment
       WHERE experiment.project_id = $1 AND EXISTS (
         SELECT FROM (SELECT unnest($3::text[]) AS id
           UNION ALL SELECT quote.id::text FROM interview_participant
           JOIN quote ON quote.project_id = interview_participant.project_id
             AND quote.interview_id = interview_participant.interview_id
             AND quote.participant_id = interview_participant.participant_id
           WHERE interview_participant.project_id = $1
             AND interview_participant.participant_id = $2) AS cited
         WHERE strpos(lower(experiment.definition::text), cited.id) > 0)
       ORDER BY experiment.key`,
      [projectId, participantId, insightIds],
    )) as { key: string }[];
    return { insightIds, experimentKeys: experiments.map(({ key }) => key) };
  }
}

function exportedInterview(row: SessionRow, words: OwnWords): ExportedInterviewDto {
  return {
    id: row.id,
    ...(row.study_id === null ? {} : { studyId: row.study_id }),
    method: row.method,
    modality: row.modality,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at.toISOString(),
    interviewer: row.interviewer,
    ...(row.anchor_event_at === null ? {} : { anchorEventAt: row.anchor_event_at.toISOString() }),
    ...(row.exposure_to === null ? {} : { exposureTo: row.exposure_to }),
    speaksFor: row.speaks_for,
    turns: words.turns
      .filter(({ interviewId }) => interviewId === row.id)
      .map(({ version, index, text, startMs }) => ({
        version,
        index,
        text,
        ...(startMs === null ? {} : { startMs }),
      })),
    observations: words.observations
      .filter(({ interviewId }) => interviewId === row.id)
      .map(({ at, text }) => ({ at: at.toISOString(), text })),
  };
}
