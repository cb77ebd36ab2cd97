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
import { holdClaims } from '../dossier/dossier-locks.js';
import type { DispositionHitsDto, NegativeSearchDto } from './negative-search.dto.js';
import { TranscriptStore } from '../interviews/transcript-store.js';
import { InsightsService } from './insights.service.js';
import { searchScope } from './search-scope.js';

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
  transcript_version: number;
  turn_index: number;
  found_by: string;
  disposition: Disposition | null;
  response: string | null;
}

interface FoundHit {
  interviewId: string;
  version: number | null;
  turn: number;
  source: string;
}

/** Looking for what speaks against a claim, on the server, over words that are sealed on disk. */
@Injectable()
export class NegativeSearchesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly transcripts: TranscriptStore,
    private readonly insights: InsightsService,
  ) {}

  /**
   * Reads everything in scope, then stores what it found. The words are opened from one view of the
   * database, so that no hit names a version that was not the one that was read.
   */
  async run(
    actor: Actor,
    insightId: string,
    queries: readonly string[],
  ): Promise<NegativeSearchDto> {
    const { projectId } = actor;
    const { searched, hits } = await this.transactions.run(
      (manager) => this.search(manager, projectId, insightId, queries),
      'REPEATABLE READ',
    );
    return await this.transactions.run(async (manager) => {
      const id = newId();
      await holdClaims(manager, projectId, [insightId]);
      await manager.query(
        `INSERT INTO negative_search
           (project_id, id, insight_id, queries, interviews_searched, ran_at, ran_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [
          projectId,
          id,
          insightId,
          queries,
          searched,
          await this.clock.now(manager),
          actor.memberId,
        ],
      );
      await manager.query(
        `INSERT INTO negative_search_hit
           (project_id, search_id, interview_id, transcript_version, turn_index, found_by)
         SELECT $1, $2, given.interview_id, given.version, given.turn_index, given.found_by
         FROM unnest($3::uuid[], $4::int[], $5::int[], $6::text[])
           AS given (interview_id, version, turn_index, found_by)`,
        [
          projectId,
          id,
          hits.map((hit) => hit.interviewId),
          hits.map((hit) => hit.version),
          hits.map((hit) => hit.turn),
          hits.map((hit) => hit.source),
        ],
      );
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
      await holdClaims(manager, projectId, [insightId]);
      await this.lock(manager, projectId, insightId, searchId);
      const known = new Set(
        (await this.hitRows(manager, projectId, searchId)).map((row) =>
          placeOf(row.interview_id, row.turn_index),
        ),
      );
      const seen = new Set<string>();
      const errors = body.hits.flatMap((hit, index) => {
        const pointer = `/hits/${index}`;
        const place = placeOf(hit.interviewId, hit.turn);
        if (!known.has(place)) return [{ pointer, code: 'unknown-hit' }];
        if (seen.has(place)) return [{ pointer, code: 'duplicate-hit' }];
        seen.add(place);
        return [];
      });
      if (errors.length > 0) {
        throw new Invalid('validation-failed', 'Each hit of this search is judged once.', errors);
      }
      await manager.query(
        `UPDATE negative_search_hit
         SET disposition = given.disposition, response = given.response
         FROM unnest($3::uuid[], $4::int[], $5::text[], $6::text[])
           AS given (interview_id, turn_index, disposition, response)
         WHERE negative_search_hit.project_id = $1 AND negative_search_hit.search_id = $2
           AND negative_search_hit.interview_id = given.interview_id
           AND negative_search_hit.turn_index = given.turn_index`,
        [
          projectId,
          searchId,
          body.hits.map((hit) => hit.interviewId),
          body.hits.map((hit) => hit.turn),
          body.hits.map((hit) => hit.disposition),
          body.hits.map((hit) => hit.response ?? null),
        ],
      );
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

  private async search(
    manager: EntityManager,
    projectId: string,
    insightId: string,
    queries: readonly string[],
  ): Promise<{ searched: number; hits: FoundHit[] }> {
    const insight = await this.insights.insight(projectId, insightId, manager);
    const { stages = [] } = insight.audience;
    const scope = await searchScope(manager, projectId, { id: insightId, stages });
    const ids = scope.map(({ id }) => id);
    const opened = await this.transcripts.currentOfPeople(manager, projectId, ids);
    const turns: SearchedTurn[] = ids.flatMap((interviewId) =>
      (opened.get(interviewId) ?? []).flatMap(({ index, participantId, text }) =>
        text === null ? [] : [{ interviewId, turn: index, participantId, text }],
      ),
    );
    const found = searchTurns({
      queries,
      claim: insight.statement,
      turns,
      nearestCount: NEAREST_COUNT,
    });
    const versions = new Map(scope.map(({ id, version }) => [id, version]));
    const hits = found.hits.map((hit) => ({
      ...hit,
      version: versions.get(hit.interviewId) ?? null,
    }));
    return { searched: ids.length, hits };
  }

  /** Two who judge at once take turns; what is no search of this insight is not there. */
  private async lock(
    manager: EntityManager,
    projectId: string,
    insightId: string,
    id: string,
  ): Promise<void> {
    const rows = (await manager.query(
      `SELECT 1 FROM negative_search WHERE negative_search.project_id = $1
         AND negative_search.insight_id = $2 AND negative_search.id = $3 FOR UPDATE`,
      [projectId, insightId, id],
    )) as unknown[];
    if (rows.length === 0) throw new NotFound('not-found', 'There is no such search.');
  }

  private async hitRows(
    manager: EntityManager,
    projectId: string,
    searchId: string,
  ): Promise<HitRow[]> {
    return (await manager.query(
      `SELECT negative_search_hit.* FROM negative_search_hit
       WHERE negative_search_hit.project_id = $1 AND negative_search_hit.search_id = $2
       ORDER BY negative_search_hit.interview_id, negative_search_hit.turn_index`,
      [projectId, searchId],
    )) as HitRow[];
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
    const hits = await this.hitRows(manager, projectId, id);
    const turns = await this.transcripts.turnsAt(
      manager,
      projectId,
      hits.map((hit) => ({
        interviewId: hit.interview_id,
        version: hit.transcript_version,
        turn: hit.turn_index,
      })),
    );
    return {
      id: search.id,
      insightId: search.insight_id,
      queries: search.queries,
      ranAt: search.ran_at.toISOString(),
      interviewsSearched: search.interviews_searched,
      hits: hits.map((hit, at) => {
        const text = turns[at]?.text ?? null;
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

function placeOf(interviewId: string, turn: number): string {
  return `${interviewId.toLowerCase()}/${turn}`;
}
