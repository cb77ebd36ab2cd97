import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { contextOf, type QuoteContext } from '../../../domain/evidence/interviews/quote-context.js';
import { reanchorQuote } from '../../../domain/evidence/interviews/reanchor-quote.js';
import { redact, spansWithin } from '../../../domain/evidence/interviews/redact.js';
import type { SpokenTurn } from '../../../domain/evidence/locate-quote.js';
import { type KeyRing, ParticipantKeys } from '../../../platform/security/participant-keys.js';
import { openContext, openQuote, type QuoteRow, sealQuote } from './quote-rows.js';
import { TranscriptStore } from './transcript-store.js';

/** Where stored quotes stand when the words around them change. */
@Injectable()
export class QuoteAnchors {
  constructor(
    private readonly keys: ParticipantKeys,
    private readonly turns: TranscriptStore,
  ) {}

  /** Whether anything is quoted from this version. */
  async any(
    manager: EntityManager,
    projectId: string,
    interviewId: string,
    version: number,
  ): Promise<boolean> {
    const rows = (await manager.query(
      `SELECT 1 FROM quote WHERE quote.project_id = $1 AND quote.interview_id = $2
         AND quote.transcript_version = $3 LIMIT 1`,
      [projectId, interviewId, version],
    )) as unknown[];
    return rows.length > 0;
  }

  /** Quotes whose words the newest version does not have. */
  async lost(manager: EntityManager, projectId: string, interviewId: string): Promise<string[]> {
    const rows = (await manager.query(
      `SELECT quote.id FROM quote WHERE quote.project_id = $1 AND quote.interview_id = $2
         AND quote.lost_in_version IS NOT NULL ORDER BY quote.id`,
      [projectId, interviewId],
    )) as { id: string }[];
    return rows.map(({ id }) => id);
  }

  /** Moves every quote to its place in a newer version; one without a place is marked, not moved. */
  async move(
    manager: EntityManager,
    projectId: string,
    interviewId: string,
    version: number,
    turns: readonly SpokenTurn[],
  ): Promise<void> {
    const rows = await this.older(manager, projectId, interviewId, version);
    const ring = await this.ring(manager, projectId, rows);
    const taken = new Set<string>();
    for (const row of rows) {
      const exact = openQuote(ring, row);
      const anchored = {
        exact: exact ?? '',
        participantId: row.participant_id,
        turn: row.turn_index,
        start: row.start_at,
        context: openContext(ring, row),
      };
      const place = exact === null ? null : reanchorQuote(anchored, turns);
      const key = place === null ? '' : `${place.turn}/${place.start}/${place.end}`;
      // Two quotes cannot become one: the second keeps its old place and is marked.
      if (place === null || exact === null || taken.has(key)) {
        await manager.query(
          'UPDATE quote SET lost_in_version = $3 WHERE project_id = $1 AND id = $2',
          [projectId, row.id, version],
        );
        continue;
      }
      taken.add(key);
      const said = turns.find(({ index }) => index === place.turn);
      const context = contextOf(said?.text ?? '', place.start, place.end);
      await this.place(manager, projectId, ring, row, { ...place, version, exact, context });
    }
  }

  /** Blacks out what quotes share with the redacted spans. */
  async redact(
    manager: EntityManager,
    projectId: string,
    where: { id: string; version: number },
    spans: readonly { turn: number; start: number; end: number }[],
  ): Promise<void> {
    const { id, version } = where;
    const rows = (await manager.query(
      `SELECT quote.* FROM quote WHERE quote.project_id = $1 AND quote.interview_id = $2
         AND quote.transcript_version = $3 AND quote.turn_index = ANY($4)`,
      [projectId, id, version, spans.map(({ turn }) => turn)],
    )) as QuoteRow[];
    const ring = await this.ring(manager, projectId, rows);
    const turns = await this.turns.version(manager, projectId, id, version);
    for (const row of rows) {
      const text = turns.find(({ index }) => index === row.turn_index)?.text ?? null;
      const exact = openQuote(ring, row);
      if (text === null || exact === null) continue;
      const own = spans.filter(({ turn }) => turn === row.turn_index);
      const { turn_index: turn, start_at: start, end_at: end } = row;
      await this.place(manager, projectId, ring, row, {
        turn,
        start,
        end,
        version,
        exact: redact(exact, spansWithin(own, start, end)),
        context: contextOf(redact(text, own), start, end),
      });
    }
  }

  private async place(
    manager: EntityManager,
    projectId: string,
    ring: KeyRing,
    row: QuoteRow,
    to: {
      turn: number;
      start: number;
      end: number;
      version: number;
      exact: string;
      context: QuoteContext;
    },
  ): Promise<void> {
    const { interview_id: interviewId, participant_id: participantId } = row;
    const sealed = sealQuote(ring, { interviewId, participantId, ...to });
    await manager.query(
      `UPDATE quote SET transcript_version = $3, turn_index = $4, start_at = $5, end_at = $6,
         exact_sealed = $7, context_sealed = $8, lost_in_version = NULL
       WHERE project_id = $1 AND id = $2`,
      [projectId, row.id, to.version, to.turn, to.start, to.end, sealed.exact, sealed.context],
    );
  }

  private async older(
    manager: EntityManager,
    projectId: string,
    interviewId: string,
    version: number,
  ): Promise<QuoteRow[]> {
    return (await manager.query(
      `SELECT quote.* FROM quote WHERE quote.project_id = $1 AND quote.interview_id = $2
         AND quote.transcript_version < $3 ORDER BY quote.id FOR UPDATE`,
      [projectId, interviewId, version],
    )) as QuoteRow[];
  }

  private async ring(
    manager: EntityManager,
    projectId: string,
    rows: readonly QuoteRow[],
  ): Promise<KeyRing> {
    const people = rows.map((row) => row.participant_id);
    return await this.keys.ring(manager, projectId, people);
  }
}
