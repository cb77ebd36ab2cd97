import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Invalid, NotFound } from '../../../domain/errors.js';
import type { Disposition } from '../../../domain/evidence/dossier.js';
import { searchTurns, type SearchedTurn } from '../../../domain/evidence/negative-search.js';
import { AuditLog } from '../../../platform/audit/audit-log.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { newId } from '../../../platform/http/ids.js';
import type { Actor } from '../../../platform/security/principal.js';
import { grants } from '../../../platform/security/scopes.js';
import type { DispositionHitsDto, NegativeSearchDto } from './insight.dto.js';
import { InsightsService } from './insights.service.js';
import { InterviewsService } from '../interviews/interviews.service.js';

/** Interviews outside the cited studies that a search reads too, the newest first. */
const OTHERS_MAX = 20;
/** No search opens more interviews than this. */
const INTERVIEWS_MAX = 400;
/** Turns near the claim that are added to what the queries find. */
const NEAREST_COUNT = 5;

interface SearchRow {
  id: string;
  insight_id: string;
  queries: string[];
  ran_at: Date;
  interviews_searched: number;
}

interface HitRow {
  interview_id: string;
  turn_index: number;
  found_by: string;
  disposition: Disposition | null;
  response: string | null;
}

/** Looking for what speaks against a claim, on the server, over words that are sealed on disk. */
@Injectable()
export class NegativeSearchesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly interviews: InterviewsService,
    private readonly insights: InsightsService,
  ) {}

  async run(
    actor: Actor,
    insightId: string,
    queries: readonly string[],
  ): Promise<NegativeSearchDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      const insight = await this.insights.insight(projectId, insightId, manager);
      const ids = await this.scope(manager, projectId, insightId);
      const turns: SearchedTurn[] = [];
      for (const interviewId of ids) {
        for (const turn of await this.interviews.turns(manager, projectId, interviewId)) {
          if (turn.text === null) continue;
          const { index, participantId, text } = turn;
          turns.push({ interviewId, turn: index, participantId, text });
        }
      }
      const found = searchTurns({
        queries,
        claim: insight.statement,
        turns,
        nearestCount: NEAREST_COUNT,
      });
      const id = newId();
      await manager.query(
        `INSERT INTO negative_search
           (project_id, id, insight_id, queries, interviews_searched, ran_at, ran_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [
          projectId,
          id,
          insightId,
          queries,
          ids.length,
          await this.clock.now(manager),
          actor.memberId,
        ],
      );
      for (const hit of found.hits) {
        await manager.query(
          `INSERT INTO negative_search_hit
             (project_id, search_id, interview_id, turn_index, found_by)
           VALUES ($1, $2, $3, $4, $5)`,
          [projectId, id, hit.interviewId, hit.turn, hit.source],
        );
      }
      await this.audit.record(manager, actor, {
        action: 'negative-search.run',
        objectType: 'negative-search',
        objectId: id,
      });
      return await this.answer(manager, actor, insightId, id);
    });
  }

  async disposition(
    actor: Actor,
    insightId: string,
    searchId: string,
    body: DispositionHitsDto,
  ): Promise<NegativeSearchDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId } = actor;
      const search = await this.read(manager, projectId, insightId, searchId);
      const known = new Set(search.hits.map((hit) => `${hit.interviewId}/${hit.turn}`));
      const errors = body.hits.flatMap((hit, index) =>
        known.has(`${hit.interviewId}/${hit.turn}`)
          ? []
          : [{ pointer: `/hits/${index}`, code: 'unknown-hit' }],
      );
      if (errors.length > 0) {
        throw new Invalid('validation-failed', 'These are not hits of this search.', errors);
      }
      for (const hit of body.hits) {
        await manager.query(
          `UPDATE negative_search_hit SET disposition = $5, response = $6
           WHERE project_id = $1 AND search_id = $2 AND interview_id = $3 AND turn_index = $4`,
          [projectId, searchId, hit.interviewId, hit.turn, hit.disposition, hit.response ?? null],
        );
      }
      await this.audit.record(manager, actor, {
        action: 'negative-search.disposition',
        objectType: 'negative-search',
        objectId: searchId,
      });
      return await this.answer(manager, actor, insightId, searchId);
    });
  }

  async byId(projectId: string, insightId: string, id: string): Promise<NegativeSearchDto> {
    return await this.transactions.run((manager) => this.read(manager, projectId, insightId, id));
  }

  /** Every interview of the studies that the insight draws on, and the newest ones beside them. */
  private async scope(
    manager: EntityManager,
    projectId: string,
    insightId: string,
  ): Promise<string[]> {
    const rows = (await manager.query(
      `WITH cited AS (
         SELECT COALESCE(evidence_entry.interview_id, quote.interview_id) AS interview_id
         FROM evidence_entry
         LEFT JOIN quote ON quote.project_id = evidence_entry.project_id
           AND quote.id = evidence_entry.quote_id
         WHERE evidence_entry.project_id = $1 AND evidence_entry.insight_id = $2
       ), ranked AS (
         SELECT interview.id, interview.ended_at,
           interview.id IN (SELECT cited.interview_id FROM cited) OR interview.study_id IN (
             SELECT source.study_id FROM interview AS source
             WHERE source.project_id = $1 AND source.study_id IS NOT NULL
               AND source.id IN (SELECT cited.interview_id FROM cited)
           ) AS in_scope
         FROM interview WHERE interview.project_id = $1 AND interview.ingested_at IS NOT NULL
       )
       (SELECT ranked.id, 0 AS part, ranked.ended_at FROM ranked WHERE ranked.in_scope
         ORDER BY ranked.ended_at DESC, ranked.id LIMIT ${INTERVIEWS_MAX})
       UNION ALL
       (SELECT ranked.id, 1 AS part, ranked.ended_at FROM ranked
         WHERE ranked.in_scope IS NOT TRUE
         ORDER BY ranked.ended_at DESC, ranked.id LIMIT ${OTHERS_MAX})
       ORDER BY part, ended_at DESC, id`,
      [projectId, insightId],
    )) as { id: string }[];
    return rows.map(({ id }) => id);
  }

  /** The search as this caller may see it: without the words for who may not read them. */
  private async answer(
    manager: EntityManager,
    actor: Actor,
    insightId: string,
    id: string,
  ): Promise<NegativeSearchDto> {
    const search = await this.read(manager, actor.projectId, insightId, id);
    if (grants(actor.scopes, 'evidence:read-words')) return search;
    return { ...search, hits: search.hits.map(({ text: _text, ...place }) => place) };
  }

  private async read(
    manager: EntityManager,
    projectId: string,
    insightId: string,
    id: string,
  ): Promise<NegativeSearchDto> {
    const searches = (await manager.query(
      `SELECT negative_search.* FROM negative_search WHERE negative_search.project_id = $1
         AND negative_search.insight_id = $2 AND negative_search.id = $3`,
      [projectId, insightId, id],
    )) as SearchRow[];
    const search = searches[0];
    if (search === undefined) throw new NotFound('not-found', 'There is no such search.');
    const hits = (await manager.query(
      `SELECT negative_search_hit.* FROM negative_search_hit
       WHERE negative_search_hit.project_id = $1 AND negative_search_hit.search_id = $2
       ORDER BY negative_search_hit.interview_id, negative_search_hit.turn_index`,
      [projectId, id],
    )) as HitRow[];
    const words = new Map<string, string | null>();
    for (const interviewId of new Set(hits.map((hit) => hit.interview_id))) {
      for (const turn of await this.interviews.turns(manager, projectId, interviewId)) {
        words.set(`${interviewId}/${turn.index}`, turn.text);
      }
    }
    return {
      id: search.id,
      insightId: search.insight_id,
      queries: search.queries,
      ranAt: search.ran_at.toISOString(),
      interviewsSearched: search.interviews_searched,
      hits: hits.map((hit) => {
        const text = words.get(`${hit.interview_id}/${hit.turn_index}`) ?? null;
        return {
          interviewId: hit.interview_id,
          turn: hit.turn_index,
          source: hit.found_by,
          ...(text === null ? {} : { text }),
          ...(hit.disposition === null ? {} : { disposition: hit.disposition }),
          ...(hit.response === null ? {} : { response: hit.response }),
        };
      }),
    };
  }
}
