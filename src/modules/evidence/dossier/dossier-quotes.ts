import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { DossierQuote } from '../../../domain/evidence/dossier.js';
import { type EchoingTurn, quoteEchoes } from '../../../domain/evidence/interviews/quote-echoes.js';
import { ParticipantKeys } from '../../../platform/security/participant-keys.js';
import { openContext, openQuote, type QuoteRow } from '../interviews/quote-rows.js';
import { TranscriptStore } from '../interviews/transcript-store.js';

/** Cited quotes, opened, each with the turn it stands in and whoever else said the same. */
@Injectable()
export class DossierQuotes {
  constructor(
    private readonly keys: ParticipantKeys,
    private readonly turns: TranscriptStore,
  ) {}

  async rows(
    manager: EntityManager,
    projectId: string,
    ids: readonly string[],
  ): Promise<QuoteRow[]> {
    return (await manager.query(
      `SELECT quote.* FROM quote WHERE quote.project_id = $1 AND quote.id = ANY($2)
       ORDER BY quote.id`,
      [projectId, [...new Set(ids)]],
    )) as QuoteRow[];
  }

  /** @param among the sessions of the cited studies, where the same words may stand again */
  async open(
    manager: EntityManager,
    projectId: string,
    rows: readonly QuoteRow[],
    among: readonly string[],
  ): Promise<DossierQuote[]> {
    const people = rows.map((row) => row.participant_id);
    const ring = await this.keys.ring(manager, projectId, people);
    const places = rows.map((row) => ({
      interviewId: row.interview_id,
      version: row.transcript_version,
      turn: row.turn_index,
    }));
    const turns = await this.turns.turnsAt(manager, projectId, places);
    const quotes = rows.map((row, at): DossierQuote => {
      const turn = row.lost_in_version === null ? (turns[at] ?? null) : null;
      return {
        id: row.id,
        interviewId: row.interview_id,
        turn: row.turn_index,
        start: row.start_at,
        end: row.end_at,
        exact: openQuote(ring, row),
        participantId: row.participant_id,
        turnText: turn?.text ?? null,
        turnParticipantId: turn?.participantId ?? null,
        context: openContext(ring, row),
        alsoSaidBy: [],
        temporality: row.temporality,
        elicitation: row.elicitation,
        markedBy: row.created_by,
      };
    });
    const echoes = await this.echoes(manager, projectId, quotes, among);
    return quotes.map((quote) => ({ ...quote, alsoSaidBy: echoes.get(quote.id) ?? [] }));
  }

  private async echoes(
    manager: EntityManager,
    projectId: string,
    quotes: readonly DossierQuote[],
    among: readonly string[],
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const opened = await this.turns.currentOfPeople(manager, projectId, among);
    const turns = [...opened].flatMap(([interviewId, said]) =>
      said.flatMap(({ participantId, text }): EchoingTurn[] =>
        text === null ? [] : [{ interviewId, participantId, text }],
      ),
    );
    const known = quotes.flatMap((quote) =>
      quote.exact === null ? [] : [{ ...quote, exact: quote.exact }],
    );
    return quoteEchoes(known, turns);
  }
}
