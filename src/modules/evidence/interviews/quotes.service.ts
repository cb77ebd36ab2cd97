import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Invalid } from '../../../domain/errors.js';
import { contextOf } from '../../../domain/evidence/interviews/quote-context.js';
import { locateQuote, type SpokenTurn, verifySpan } from '../../../domain/evidence/locate-quote.js';
import { countWords, sliceCodePoints } from '../../../domain/evidence/text.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { newId } from '../../../platform/http/ids.js';
import { type KeyRing, ParticipantKeys } from '../../../platform/security/participant-keys.js';
import type { Actor } from '../../../platform/security/principal.js';
import { grants } from '../../../platform/security/scopes.js';
import { Codebook } from './codebook.js';
import type { CreateQuotesDto, QuoteDto, QuoteInputDto, StudyQuoteInputDto } from './quote.dto.js';
import { openContext, openQuote, quoteDto, type QuoteRow, sealQuote } from './quote-rows.js';
import { InterviewsService } from './interviews.service.js';
import { readable, TranscriptStore } from './transcript-store.js';
import { TranscriptsService } from './transcripts.service.js';

interface Span {
  turn: number;
  start: number;
  end: number;
  exact: string;
  participantId: string;
}

/** A quote to be marked, and where the request speaks of it. */
interface Wanted {
  interviewId: string;
  quote: QuoteInputDto;
  pointer: string;
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
    private readonly turns: TranscriptStore,
    private readonly codebook: Codebook,
    private readonly transcripts: TranscriptsService,
  ) {}

  /**
   * All or none: a batch with one wrong quote stores nothing and says which and why. Words are in
   * the answer only for callers who may read them.
   */
  async create(actor: Actor, interviewId: string, body: CreateQuotesDto): Promise<QuoteDto[]> {
    const { quotes, ...single } = body;
    const wanted = (quotes ?? [single]).map((quote, index) => ({
      interviewId,
      quote,
      pointer: quotes === undefined ? '' : `/quotes/${index}`,
    }));
    await this.interviews.byId(actor.projectId, interviewId);
    return await this.transactions.run((manager) => this.mark(manager, actor, wanted));
  }

  /** The same over the interviews of one study. */
  async createInStudy(
    actor: Actor,
    studyId: string,
    quotes: readonly StudyQuoteInputDto[],
  ): Promise<QuoteDto[]> {
    return await this.transactions.run(async (manager) => {
      await this.transcripts.requireInStudy(
        manager,
        actor.projectId,
        studyId,
        quotes.map(({ interviewId }) => interviewId),
        '/quotes',
      );
      const wanted = quotes.map(({ interviewId, ...quote }, index) => ({
        interviewId,
        quote,
        pointer: `/quotes/${index}`,
      }));
      return await this.mark(manager, actor, wanted);
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
    const ring = await this.ring(manager, projectId, rows);
    const codes = await this.codebook.ofQuotes(manager, projectId, rows);
    return rows.map((row) => {
      const exact = openQuote(ring, row);
      const words = exact === null ? null : { exact, context: openContext(ring, row) };
      return quoteDto(row, words, codes.get(row.id));
    });
  }

  /** Verifies and stores quotes of any interviews, in the caller's transaction. */
  async mark(manager: EntityManager, actor: Actor, wanted: readonly Wanted[]): Promise<QuoteDto[]> {
    const { projectId } = actor;
    const ids = [...new Set(wanted.map(({ interviewId }) => interviewId))];
    const versions = await this.versions(manager, projectId, ids);
    const opened = await this.turns.current(manager, projectId, ids);
    const mayRead = grants(actor.scopes, 'evidence:read-words');
    const spans = wanted.map(({ interviewId, quote, pointer }) => {
      const turns = readable(opened.get(interviewId) ?? []);
      return { span: spanOf(quote, turns, pointer, mayRead), turns };
    });
    const people = spans.map(({ span }) => ({ participant_id: span.participantId }));
    const ring = await this.ring(manager, projectId, people);
    const stored: QuoteDto[] = [];
    for (const [index, { span, turns }] of spans.entries()) {
      const { interviewId, quote } = wanted[index] as Wanted;
      const version = versions.get(interviewId) ?? 1;
      const said = turns.find((turn) => turn.index === span.turn)?.text ?? '';
      const context = contextOf(said, span.start, span.end);
      const seat = { interviewId, version, ...span, context };
      const row = await this.store(manager, actor, sealQuote(ring, seat), seat, quote);
      const codes = quote.codes ?? [];
      if (codes.length > 0)
        await this.codebook.mark(manager, projectId, interviewId, row.id, codes);
      stored.push(quoteDto(row, mayRead ? { exact: span.exact, context } : null, codes));
    }
    for (const interviewId of ids) {
      await this.audit.record(manager, actor, {
        action: 'quote.create',
        objectType: 'interview',
        objectId: interviewId,
        after: stored.filter((one) => one.interviewId === interviewId).map(({ id }) => id),
      });
    }
    return stored;
  }

  /** The same span is the same quote: marking it twice gives the first one back. */
  private async store(
    manager: EntityManager,
    actor: Actor,
    sealed: { exact: Buffer; context: Buffer },
    seat: Span & { interviewId: string; version: number },
    input: QuoteInputDto,
  ): Promise<QuoteRow> {
    const { interviewId, version, turn, start, end } = seat;
    await manager.query(
      `INSERT INTO quote (project_id, id, interview_id, transcript_version, turn_index, start_at,
         end_at, participant_id, exact_sealed, context_sealed, word_count, temporality, elicitation,
         force, moment, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
       ON CONFLICT ON CONSTRAINT quote_span_uq DO NOTHING`,
      [
        actor.projectId,
        newId(),
        interviewId,
        version,
        turn,
        start,
        end,
        seat.participantId,
        sealed.exact,
        sealed.context,
        countWords(seat.exact),
        input.temporality ?? null,
        input.elicitation ?? null,
        input.force ?? null,
        input.moment ?? null,
        actor.memberId,
        await this.clock.now(manager),
      ],
    );
    const rows = (await manager.query(
      `SELECT quote.* FROM quote WHERE quote.project_id = $1 AND quote.interview_id = $2
         AND quote.transcript_version = $3 AND quote.turn_index = $4 AND quote.start_at = $5
         AND quote.end_at = $6`,
      [actor.projectId, interviewId, version, turn, start, end],
    )) as QuoteRow[];
    const row = rows[0];
    if (row === undefined) throw new Error('the quote was not stored');
    return row;
  }

  private async versions(
    manager: EntityManager,
    projectId: string,
    interviewIds: readonly string[],
  ): Promise<Map<string, number>> {
    // A new version of the words waits until these quotes are stored, and then moves them.
    const rows = (await manager.query(
      `SELECT interview.id, interview.transcript_version AS version FROM interview
       WHERE interview.project_id = $1 AND interview.id = ANY($2)
       ORDER BY interview.id FOR SHARE`,
      [projectId, interviewIds],
    )) as { id: string; version: number | null }[];
    return new Map(rows.map(({ id, version }) => [id, version ?? 1]));
  }

  private async ring(
    manager: EntityManager,
    projectId: string,
    rows: readonly Pick<QuoteRow, 'participant_id'>[],
  ): Promise<KeyRing> {
    const people = rows.map((row) => row.participant_id);
    return await this.keys.ring(manager, projectId, people);
  }
}

function spanOf(
  quote: QuoteInputDto,
  turns: readonly SpokenTurn[],
  pointer: string,
  mayRead: boolean,
): Span {
  const { turn, start, end, text, prefix, suffix } = quote;
  const context = {
    ...(prefix === undefined ? {} : { prefix }),
    ...(suffix === undefined ? {} : { suffix }),
  };
  if (text !== undefined && turn === undefined && start === undefined && end === undefined) {
    const found = locateQuote({ text, turns, context });
    if (found.found) return found;
    throw refusal(found.reason, `${pointer}/text`, found.closest, mayRead ? turns : null);
  }
  if (text !== undefined || turn === undefined || start === undefined || end === undefined) {
    throw new Invalid('validation-failed', 'A quote is turn, start and end, or text.', [
      { pointer, code: 'position-or-text' },
    ]);
  }
  const verified = verifySpan({ turns, turn, start, end, context });
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
