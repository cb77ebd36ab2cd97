import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Invalid } from '../../../domain/errors.js';
import { redact } from '../../../domain/evidence/interviews/redact.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import type { Actor } from '../../../platform/security/principal.js';
import { QuoteAnchors } from './quote-anchors.js';
import type { RedactionDto, TranscriptStateDto } from './transcript.dto.js';
import { type OpenTurn, TranscriptStore } from './transcript-store.js';
import { firstOf, TranscriptsService } from './transcripts.service.js';

/** Words about other people, card numbers, health: made unreadable where they stand. */
@Injectable()
export class RedactionsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly turns: TranscriptStore,
    private readonly anchors: QuoteAnchors,
    private readonly transcripts: TranscriptsService,
  ) {}

  /**
   * Blacks words out for good. Lengths stay, so every position stays true, and a quote of such words
   * is blacked out the same way and still verifies. Older versions, which hold the words too, are
   * emptied.
   */
  async redact(
    actor: Actor,
    id: string,
    spans: readonly RedactionDto[],
  ): Promise<TranscriptStateDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId, memberId } = actor;
      const people = await this.transcripts.lock(manager, projectId, id);
      const { version } = await this.transcripts.state(manager, projectId, id);
      const turns = await this.turns.version(manager, projectId, id, version);
      requireSpans(spans, turns);
      await this.anchors.redact(manager, projectId, { id, version }, spans);
      await this.turns.rewrite(
        manager,
        projectId,
        { interviewId: id, version, firstParticipantId: firstOf(people) },
        turns.flatMap((turn) => {
          const own = spans.filter((span) => span.turn === turn.index);
          if (own.length === 0 || turn.text === null) return [];
          return [{ ...turn, text: redact(turn.text, own) }];
        }),
      );
      await this.emptyOlder(manager, projectId, id, version);
      await manager.query(
        `INSERT INTO redaction (project_id, interview_id, version, turn_index, start_at, end_at,
           reason, made_by, made_at)
         SELECT $1, $2, $3, given.turn_index, given.start_at, given.end_at, given.reason, $8, $9
         FROM unnest($4::int[], $5::int[], $6::int[], $7::text[])
           AS given (turn_index, start_at, end_at, reason)
         ON CONFLICT DO NOTHING`,
        [
          projectId,
          id,
          version,
          spans.map(({ turn }) => turn),
          spans.map(({ start }) => start),
          spans.map(({ end }) => end),
          spans.map(({ reason }) => reason),
          memberId,
          await this.clock.now(manager),
        ],
      );
      await this.audit.record(manager, actor, {
        action: 'transcript.redact',
        objectType: 'interview',
        objectId: id,
        after: { version, spans: spans.length },
      });
      await this.transcripts.settle(manager, actor, id, version);
      return await this.transcripts.state(manager, projectId, id);
    });
  }

  private async emptyOlder(
    manager: EntityManager,
    projectId: string,
    id: string,
    version: number,
  ): Promise<void> {
    await manager.query(
      `UPDATE turn SET sealed = ''::bytea, word_count = 0
       WHERE project_id = $1 AND interview_id = $2 AND version < $3`,
      [projectId, id, version],
    );
    // A quote whose words only an emptied version had is a quote without words now.
    await manager.query(
      `UPDATE quote SET exact_sealed = ''::bytea, context_sealed = NULL
       WHERE project_id = $1 AND interview_id = $2 AND transcript_version < $3`,
      [projectId, id, version],
    );
  }
}

function requireSpans(spans: readonly RedactionDto[], turns: readonly OpenTurn[]): void {
  const errors = spans.flatMap(({ turn, start, end }, index) => {
    const text = turns.find((one) => one.index === turn)?.text ?? null;
    const inside = text !== null && start < end && end <= Array.from(text).length;
    return inside ? [] : [{ pointer: `/redactions/${index}`, code: 'not-in-transcript' }];
  });
  if (errors.length > 0) {
    throw new Invalid('validation-failed', 'There are no such words to black out.', errors);
  }
}
