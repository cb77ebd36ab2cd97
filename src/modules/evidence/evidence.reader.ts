import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { validate } from 'uuid';
import type {
  ConsentScope,
  Dossier,
  DossierConsent,
  DossierEntry,
  DossierInsight,
  DossierInterview,
  DossierParticipant,
  DossierQuote,
  DossierSearch,
} from '../../domain/evidence/dossier.js';
import { Transactions } from '../../platform/database/transactions.js';
import { ParticipantKeys } from '../../platform/security/participant-keys.js';
import { InterviewsService, type OpenTurn } from './interviews/interviews.service.js';
import { openQuote, type QuoteRow } from './interviews/quotes.service.js';

/** A cited voice as a page shows it: words, who (pseudonym), how and when it was heard. */
export interface Voice {
  quoteId: string;
  insightId: string;
  disposition: string;
  /** The answer to a contradiction. */
  response: string | null;
  /** Null when the words were erased at the person's request. */
  exact: string | null;
  pseudonym: string;
  method: string;
  heardAt: Date;
}

/** Evidence as other features may read it. */
@Injectable()
export class EvidenceReader {
  constructor(
    private readonly transactions: Transactions,
    private readonly keys: ParticipantKeys,
    private readonly interviews: InterviewsService,
  ) {}

  /**
   * Everything these citations lead to, opened; ids that do not exist are left out. Consents and
   * people are locked for the transaction: a withdrawal waits for the gate, or the gate sees it.
   */
  async dossier(
    manager: EntityManager,
    projectId: string,
    cited: { insightIds: readonly string[]; quoteIds: readonly string[] },
  ): Promise<Dossier> {
    const insights = await this.insights(manager, projectId, uuids(cited.insightIds));
    const entries = insights.flatMap((insight) => insight.entries);
    const quoteRows = await this.quoteRows(manager, projectId, [
      ...uuids(cited.quoteIds),
      ...entries.flatMap(({ quoteId }) => quoteId ?? []),
    ]);
    const interviews = await this.interviewRows(manager, projectId, [
      ...quoteRows.map((row) => row.interview_id),
      ...entries.flatMap(({ interviewId }) => interviewId ?? []),
    ]);
    const people = new Set([
      ...quoteRows.map((row) => row.participant_id),
      ...interviews.flatMap(({ participants }) => participants.map((one) => one.participantId)),
    ]);
    return {
      insights,
      quotes: await this.quotes(manager, projectId, quoteRows),
      interviews,
      participants: await this.participants(manager, projectId, [...people]),
      observations: await this.observations(
        manager,
        projectId,
        interviews.map(({ id }) => id),
      ),
    };
  }

  /** The voices of these insights, supporting and contradicting, for pages that people read. */
  async voices(
    projectId: string,
    insightIds: readonly string[],
    manager: EntityManager = this.transactions.manager,
  ): Promise<Voice[]> {
    const rows = (await manager.query(
      `SELECT quote.*, evidence_entry.insight_id, evidence_entry.disposition,
         evidence_entry.response, participant.pseudonym, interview.method, interview.ended_at
       FROM evidence_entry
       JOIN quote ON quote.project_id = evidence_entry.project_id
         AND quote.id = evidence_entry.quote_id
       JOIN participant ON participant.project_id = quote.project_id
         AND participant.id = quote.participant_id
       JOIN interview ON interview.project_id = quote.project_id
         AND interview.id = quote.interview_id
       WHERE evidence_entry.project_id = $1 AND evidence_entry.insight_id = ANY($2)
       ORDER BY evidence_entry.insight_id, evidence_entry.id`,
      [projectId, uuids(insightIds)],
    )) as (QuoteRow & {
      insight_id: string;
      disposition: string;
      response: string | null;
      pseudonym: string;
      method: string;
      ended_at: Date;
    })[];
    const ring = await this.keys.ring(
      manager,
      projectId,
      rows.map((row) => row.participant_id),
    );
    return rows.map((row) => ({
      quoteId: row.id,
      insightId: row.insight_id,
      disposition: row.disposition,
      response: row.response,
      exact: openQuote(ring, row),
      pseudonym: row.pseudonym,
      method: row.method,
      heardAt: row.ended_at,
    }));
  }

  /** What the insights claim. */
  async statements(
    projectId: string,
    insightIds: readonly string[],
    manager: EntityManager = this.transactions.manager,
  ): Promise<string[]> {
    const insights = await this.insights(manager, projectId, uuids(insightIds));
    return insights.map(({ statement }) => statement);
  }

  private async insights(
    manager: EntityManager,
    projectId: string,
    ids: readonly string[],
  ): Promise<DossierInsight[]> {
    const rows = (await manager.query(
      `SELECT insight.id, insight.statement FROM insight
       WHERE insight.project_id = $1 AND insight.id = ANY($2) ORDER BY insight.id`,
      [projectId, ids],
    )) as { id: string; statement: string }[];
    const entries = (await manager.query(
      `SELECT evidence_entry.insight_id AS "insightId", evidence_entry.quote_id AS "quoteId",
         evidence_entry.interview_id AS "interviewId", evidence_entry.disposition,
         evidence_entry.response
       FROM evidence_entry
       WHERE evidence_entry.project_id = $1 AND evidence_entry.insight_id = ANY($2)
       ORDER BY evidence_entry.id`,
      [projectId, ids],
    )) as DossierEntry[];
    const searches = (await manager.query(
      `SELECT negative_search.id, negative_search.insight_id AS "insightId",
         negative_search.queries, negative_search.ran_at AS "ranAt",
         COALESCE(json_agg(json_build_object('interviewId', negative_search_hit.interview_id,
           'turn', negative_search_hit.turn_index, 'disposition', negative_search_hit.disposition,
           'response', negative_search_hit.response))
           FILTER (WHERE negative_search_hit.search_id IS NOT NULL), '[]') AS hits
       FROM negative_search
       LEFT JOIN negative_search_hit
         ON negative_search_hit.project_id = negative_search.project_id
         AND negative_search_hit.search_id = negative_search.id
       WHERE negative_search.project_id = $1 AND negative_search.insight_id = ANY($2)
       GROUP BY negative_search.project_id, negative_search.id ORDER BY negative_search.id`,
      [projectId, ids],
    )) as DossierSearch[];
    return rows.map((row) => ({
      ...row,
      entries: entries.filter(({ insightId }) => insightId === row.id),
      searches: searches.filter(({ insightId }) => insightId === row.id),
    }));
  }

  private async quoteRows(
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

  private async quotes(
    manager: EntityManager,
    projectId: string,
    rows: readonly QuoteRow[],
  ): Promise<DossierQuote[]> {
    const ring = await this.keys.ring(
      manager,
      projectId,
      rows.map((row) => row.participant_id),
    );
    const turns = new Map<string, OpenTurn>();
    for (const interviewId of new Set(rows.map((row) => row.interview_id))) {
      for (const turn of await this.interviews.turns(manager, projectId, interviewId)) {
        turns.set(`${interviewId}/${turn.index}`, turn);
      }
    }
    return rows.map((row) => {
      const turn = turns.get(`${row.interview_id}/${row.turn_index}`);
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
        temporality: row.temporality,
        elicitation: row.elicitation,
      };
    });
  }

  private async interviewRows(
    manager: EntityManager,
    projectId: string,
    ids: readonly string[],
  ): Promise<DossierInterview[]> {
    const rows = (await manager.query(
      `SELECT interview.id, interview.study_id AS "studyId", interview.method, interview.modality,
         interview.interactive, interview.started_at AS "startedAt",
         interview.ended_at AS "endedAt", interview.ingested_at AS "ingestedAt",
         interview.anchor_event_at AS "anchorEventAt",
         (SELECT json_agg(json_build_object(
             'participantId', interview_participant.participant_id,
             'speaksFor', interview_participant.speaks_for)
             ORDER BY interview_participant.position)
           FROM interview_participant
           WHERE interview_participant.project_id = interview.project_id
             AND interview_participant.interview_id = interview.id) AS participants
       FROM interview WHERE interview.project_id = $1 AND interview.id = ANY($2)
       ORDER BY interview.id`,
      [projectId, [...new Set(ids)]],
    )) as DossierInterview[];
    return rows.map((row) => ({
      ...row,
      participants: row.participants.map(({ participantId, speaksFor }) => ({
        participantId,
        speaksFor: speaksFor.map(({ from, to, ...what }) => ({
          ...what,
          ...(from === undefined ? {} : { from: new Date(from) }),
          ...(to === undefined ? {} : { to: new Date(to) }),
        })),
      })),
    }));
  }

  private async participants(
    manager: EntityManager,
    projectId: string,
    ids: readonly string[],
  ): Promise<DossierParticipant[]> {
    const rows = (await manager.query(
      `SELECT participant.id, participant.kind, participant.population,
         participant.account_ref AS "accountRef", participant.conflict,
         participant.erased_at IS NOT NULL AS erased
       FROM participant WHERE participant.project_id = $1 AND participant.id = ANY($2)
       ORDER BY participant.id FOR SHARE`,
      [projectId, ids],
    )) as Omit<DossierParticipant, 'consents'>[];
    const consents = (await manager.query(
      `SELECT consent.id, consent.participant_id AS "participantId", consent.scopes,
         consent.given_at AS "givenAt", consent.withdrawn_at AS "withdrawnAt",
         consent.retain_until AS "retainUntil"
       FROM consent WHERE consent.project_id = $1 AND consent.participant_id = ANY($2)
       ORDER BY consent.id FOR SHARE`,
      [projectId, ids],
    )) as (DossierConsent & { participantId: string; scopes: ConsentScope[] })[];
    return rows.map((row) => ({
      ...row,
      consents: consents.filter(({ participantId }) => participantId === row.id),
    }));
  }

  private async observations(
    manager: EntityManager,
    projectId: string,
    interviewIds: readonly string[],
  ): Promise<Dossier['observations']> {
    return (await manager.query(
      `SELECT observation.interview_id AS "interviewId",
         observation.participant_id AS "participantId", observation.at
       FROM observation WHERE observation.project_id = $1 AND observation.interview_id = ANY($2)
       ORDER BY observation.interview_id, observation.index`,
      [projectId, interviewIds],
    )) as Dossier['observations'];
  }
}

/** What is no id at all cannot exist; the gate says so, not the database. */
function uuids(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id) => validate(id)).map((id) => id.toLowerCase()))];
}
