import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { validate } from 'uuid';
import type { Dossier } from '../../domain/evidence/dossier.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import { ParticipantKeys } from '../../platform/security/participant-keys.js';
import { loadInsights, loadSignals } from './dossier/dossier-claims.js';
import { loadInterviews, loadObservations, loadStudies } from './dossier/dossier-interviews.js';
import { lockClaims, lockSessions } from './dossier/dossier-locks.js';
import { loadPeople, loadUndecidedPairs } from './dossier/dossier-people.js';
import { DossierQuotes } from './dossier/dossier-quotes.js';
import { openQuote, type QuoteRow } from './interviews/quote-rows.js';

/** What a rationale names. */
export interface Cited {
  insightIds: readonly string[];
  quoteIds: readonly string[];
  /** Metrics whose oddities matter. */
  metricKeys: readonly string[];
}

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
    private readonly clock: Clock,
    private readonly keys: ParticipantKeys,
    private readonly quotes: DossierQuotes,
  ) {}

  /**
   * Everything these citations lead to, opened; ids that do not exist are left out. Claims, studies,
   * sessions, people and consents are locked for the transaction: a contradiction, a corrected
   * transcript or a withdrawal waits for the gate, or the gate sees it.
   */
  async dossier(manager: EntityManager, projectId: string, cited: Cited): Promise<Dossier> {
    await lockClaims(manager, projectId, uuids(cited.insightIds));
    const insights = await loadInsights(manager, projectId, uuids(cited.insightIds));
    const entries = insights.flatMap((insight) => insight.entries);
    const quoteIds = [...uuids(cited.quoteIds), ...entries.flatMap(({ quoteId }) => quoteId ?? [])];
    const entryInterviewIds = entries.flatMap(({ interviewId }) => interviewId ?? []);
    await lockSessions(manager, projectId, { quoteIds, interviewIds: entryInterviewIds });
    const quoteRows = await this.quotes.rows(manager, projectId, quoteIds);
    const interviews = await loadInterviews(manager, projectId, [
      ...quoteRows.map((row) => row.interview_id),
      ...entryInterviewIds,
    ]);
    const studyIds = interviews.flatMap(({ studyId }) => studyId ?? []);
    const now = await this.clock.now(manager);
    const studies = await loadStudies(manager, projectId, studyIds, now);
    const sessions = studies.flatMap((study) => study.sessions);
    const people = new Set([
      ...quoteRows.map((row) => row.participant_id),
      ...interviews.flatMap(({ participants }) => participants.map((one) => one.participantId)),
      ...sessions.flatMap(({ participantIds }) => participantIds),
    ]);
    // Before any word is opened: whoever withdraws from here on waits.
    const participants = await loadPeople(manager, projectId, [...people]);
    const interviewIds = interviews.map(({ id }) => id);
    const among = new Set([...interviewIds, ...sessions.map(({ interviewId }) => interviewId)]);
    return {
      insights,
      quotes: await this.quotes.open(manager, projectId, quoteRows, [...among]),
      interviews,
      participants,
      observations: await loadObservations(manager, projectId, interviewIds),
      studies,
      undecidedPairs: await loadUndecidedPairs(manager, projectId, [...people]),
      signals: await loadSignals(manager, projectId, cited.metricKeys),
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
}

/** What is no id at all cannot exist; the gate says so, not the database. */
function uuids(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id) => validate(id)).map((id) => id.toLowerCase()))];
}
