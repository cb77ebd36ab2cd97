import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Invalid } from '../../../domain/errors.js';
import type { Elicitation, Temporality } from '../../../domain/evidence/dossier.js';
import { locateQuote, type SpokenTurn, verifySpan } from '../../../domain/evidence/locate-quote.js';
import { countWords, sliceCodePoints } from '../../../domain/evidence/text.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { newId } from '../../../platform/http/ids.js';
import { type KeyRing, ParticipantKeys } from '../../../platform/security/participant-keys.js';
import type { Actor } from '../../../platform/security/principal.js';
import { grants } from '../../../platform/security/scopes.js';
import type { CreateQuotesDto, QuoteDto, QuoteInputDto } from './quote.dto.js';
import { InterviewsService, readable } from './interviews.service.js';

export interface QuoteRow {
  id: string;
  interview_id: string;
  turn_index: number;
  start_at: number;
  end_at: number;
  participant_id: string;
  exact_sealed: Buffer;
  word_count: number;
  temporality: Temporality | null;
  elicitation: Elicitation | null;
  force: string | null;
  moment: string | null;
}

interface Span {
  turn: number;
  start: number;
  end: number;
  exact: string;
  participantId: string;
}

/** Verbatim spans of what participants said; the server finds and verifies every one. */
@Injectable()
export class QuotesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly keys: ParticipantKeys,
    private readonly interviews: InterviewsService,
  ) {}

  /**
   * All or none: a batch with one wrong quote stores nothing and says which and why. Words are in
   * the answer only for callers who may read them.
   */
  async create(actor: Actor, interviewId: string, body: CreateQuotesDto): Promise<QuoteDto[]> {
    const { quotes, ...single } = body;
    const wanted = quotes ?? [single];
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      await this.interviews.byId(projectId, interviewId);
      const turns = readable(await this.interviews.turns(manager, projectId, interviewId));
      const at = (index: number): string => (quotes === undefined ? '' : `/quotes/${index}`);
      const mayRead = grants(actor.scopes, 'evidence:read-words');
      const spans = wanted.map((quote, index) => spanOf(quote, turns, at(index), mayRead));
      const ring = await this.keys.ring(
        manager,
        projectId,
        spans.map((span) => span.participantId),
      );
      const stored: QuoteDto[] = [];
      for (const [index, span] of spans.entries()) {
        const row = await this.store(manager, actor, { interviewId, span, ring }, wanted[index]);
        stored.push(quoteDto(row, mayRead ? span.exact : null));
      }
      await this.audit.record(manager, actor, {
        action: 'quote.create',
        objectType: 'interview',
        objectId: interviewId,
        after: stored.map(({ id }) => id),
      });
      return stored;
    });
  }

  async list(projectId: string, interviewId: string): Promise<QuoteDto[]> {
    const { manager } = this.transactions;
    await this.interviews.byId(projectId, interviewId);
    const rows = (await manager.query(
      `SELECT quote.* FROM quote WHERE quote.project_id = $1 AND quote.interview_id = $2
       ORDER BY quote.turn_index, quote.start_at, quote.end_at`,
      [projectId, interviewId],
    )) as QuoteRow[];
    const ring = await this.keys.ring(
      manager,
      projectId,
      rows.map((row) => row.participant_id),
    );
    return rows.map((row) => quoteDto(row, openQuote(ring, row)));
  }

  /** The same span is the same quote: marking it twice gives the first one back. */
  private async store(
    manager: EntityManager,
    actor: Actor,
    where: { interviewId: string; span: Span; ring: KeyRing },
    input: QuoteInputDto | undefined,
  ): Promise<QuoteRow> {
    const { interviewId, span, ring } = where;
    const id = newId();
    await manager.query(
      `INSERT INTO quote (project_id, id, interview_id, turn_index, start_at, end_at, participant_id,
         exact_sealed, word_count, temporality, elicitation, force, moment, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
       ON CONFLICT (project_id, interview_id, turn_index, start_at, end_at) DO NOTHING`,
      [
        actor.projectId,
        id,
        interviewId,
        span.turn,
        span.start,
        span.end,
        span.participantId,
        ring.seal(span.participantId, span.exact, quoteContext(interviewId, span)),
        countWords(span.exact),
        input?.temporality ?? null,
        input?.elicitation ?? null,
        input?.force ?? null,
        input?.moment ?? null,
        actor.memberId,
        await this.clock.now(manager),
      ],
    );
    const rows = (await manager.query(
      `SELECT quote.* FROM quote WHERE quote.project_id = $1 AND quote.interview_id = $2
         AND quote.turn_index = $3 AND quote.start_at = $4 AND quote.end_at = $5`,
      [actor.projectId, interviewId, span.turn, span.start, span.end],
    )) as QuoteRow[];
    const row = rows[0];
    if (row === undefined) throw new Error('the quote was not stored');
    return row;
  }
}

/**
 * The words of a stored quote; null when they were erased, and when the row was moved or changed
 * behind the product: its seal is bound to its place, so such a quote is one nobody said.
 */
export function openQuote(ring: KeyRing, row: QuoteRow): string | null {
  const span = { turn: row.turn_index, start: row.start_at, end: row.end_at };
  try {
    return ring.open(row.participant_id, row.exact_sealed, quoteContext(row.interview_id, span));
  } catch {
    return null;
  }
}

function quoteContext(
  interviewId: string,
  span: { turn: number; start: number; end: number },
): string {
  return `${interviewId}/quote/${span.turn}/${span.start}/${span.end}`;
}

function spanOf(
  quote: QuoteInputDto,
  turns: readonly SpokenTurn[],
  pointer: string,
  mayRead: boolean,
): Span {
  const { turn, start, end, text } = quote;
  if (text !== undefined && turn === undefined && start === undefined && end === undefined) {
    const found = locateQuote({ text, turns });
    if (found.found) return found;
    throw refusal(found.reason, `${pointer}/text`, found.closest, mayRead ? turns : null);
  }
  if (text !== undefined || turn === undefined || start === undefined || end === undefined) {
    throw new Invalid('validation-failed', 'A quote is turn, start and end, or text.', [
      { pointer, code: 'position-or-text' },
    ]);
  }
  const verified = verifySpan({ turns, turn, start, end });
  if (verified.ok) return { turn, start, end, ...verified };
  throw refusal(verified.reason, pointer, null, null);
}

function refusal(
  reason: 'not-found' | 'not-participant',
  pointer: string,
  closest: { turn: number; start: number; end: number; similarity: number } | null,
  turns: readonly SpokenTurn[] | null,
): Invalid {
  const [code, gateCode, message] =
    reason === 'not-participant'
      ? ([
          'quote-not-participant',
          'QUOTE_NOT_PARTICIPANT',
          'These are the interviewer’s words.',
        ] as const)
      : (['quote-not-found', 'QUOTE_NOT_FOUND', 'Nobody said this, word for word.'] as const);
  const said = turns?.find((turn) => turn.index === closest?.turn);
  const words =
    closest === null || said === undefined
      ? {}
      : { exact: sliceCodePoints(said.text, closest.start, closest.end) };
  return new Invalid(
    code,
    message,
    [{ pointer, code: gateCode }],
    closest === null ? {} : { closest: { ...closest, ...words } },
  );
}

function quoteDto(row: QuoteRow, exact: string | null): QuoteDto {
  return {
    id: row.id,
    interviewId: row.interview_id,
    participantId: row.participant_id,
    turn: row.turn_index,
    start: row.start_at,
    end: row.end_at,
    ...(exact === null ? {} : { exact }),
    words: row.word_count,
    ...(row.temporality === null ? {} : { temporality: row.temporality }),
    ...(row.elicitation === null ? {} : { elicitation: row.elicitation }),
    ...(row.force === null ? {} : { force: row.force }),
    ...(row.moment === null ? {} : { moment: row.moment }),
  };
}
