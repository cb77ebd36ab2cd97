import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Invalid } from '../../../domain/errors.js';
import { Clock } from '../../../platform/clock/clock.js';
import { newId } from '../../../platform/http/ids.js';

/** A code as it comes from another tool: children name their parent, which stands before them. */
export interface IncomingCode {
  name: string;
  /** Position of the parent in the same list; null at the top. */
  parent: number | null;
  codable: boolean;
}

/** The codes of a study, and the quotes they mark. Saturation is counted over them. */
@Injectable()
export class Codebook {
  constructor(private readonly clock: Clock) {}

  /** Marks a quote with codes of its study, by name; a new name becomes a new code. */
  async mark(
    manager: EntityManager,
    projectId: string,
    interviewId: string,
    quoteId: string,
    names: readonly string[],
  ): Promise<void> {
    const rows = (await manager.query(
      `SELECT interview.study_id AS "studyId" FROM interview
       WHERE interview.project_id = $1 AND interview.id = $2`,
      [projectId, interviewId],
    )) as { studyId: string | null }[];
    const studyId = rows[0]?.studyId ?? null;
    if (studyId === null) {
      throw new Invalid('no-study', 'A codebook belongs to a study; this interview is in none.');
    }
    const ids: string[] = [];
    for (const name of new Set(names)) {
      ids.push(await this.byName(manager, projectId, studyId, name));
    }
    await this.attach(manager, projectId, quoteId, ids);
  }

  /** Adds a codebook to a study and answers the ids, in the order given; known codes stay. */
  async add(
    manager: EntityManager,
    projectId: string,
    studyId: string,
    codes: readonly IncomingCode[],
  ): Promise<string[]> {
    const ids: string[] = [];
    for (const { name, parent, codable } of codes) {
      const parentId = parent === null ? null : (ids[parent] ?? null);
      ids.push(await this.upsert(manager, projectId, { studyId, name, parentId, codable }));
    }
    return ids;
  }

  async attach(
    manager: EntityManager,
    projectId: string,
    quoteId: string,
    codeIds: readonly string[],
  ): Promise<void> {
    await manager.query(
      `INSERT INTO quote_code (project_id, quote_id, code_id)
       SELECT $1, $2, given.id FROM unnest($3::uuid[]) AS given (id) ON CONFLICT DO NOTHING`,
      [projectId, quoteId, codeIds],
    );
  }

  /** Names of the codes of each quote, in alphabetical order. */
  async ofQuotes(
    manager: EntityManager,
    projectId: string,
    quotes: readonly { id: string }[],
  ): Promise<ReadonlyMap<string, string[]>> {
    const rows = (await manager.query(
      `SELECT quote_code.quote_id AS "quoteId", array_agg(code.name ORDER BY code.name) AS names
       FROM quote_code JOIN code ON code.project_id = quote_code.project_id
         AND code.id = quote_code.code_id
       WHERE quote_code.project_id = $1 AND quote_code.quote_id = ANY($2)
       GROUP BY quote_code.quote_id`,
      [projectId, quotes.map(({ id }) => id)],
    )) as { quoteId: string; names: string[] }[];
    return new Map(rows.map(({ quoteId, names }) => [quoteId, names]));
  }

  private async byName(
    manager: EntityManager,
    projectId: string,
    studyId: string,
    name: string,
  ): Promise<string> {
    const known = (await manager.query(
      `SELECT code.id FROM code WHERE code.project_id = $1 AND code.study_id = $2
         AND code.name = $3 AND code.codable ORDER BY code.id LIMIT 1`,
      [projectId, studyId, name],
    )) as { id: string }[];
    return (
      known[0]?.id ??
      (await this.upsert(manager, projectId, { studyId, name, parentId: null, codable: true }))
    );
  }

  private async upsert(
    manager: EntityManager,
    projectId: string,
    code: { studyId: string; name: string; parentId: string | null; codable: boolean },
  ): Promise<string> {
    const rows = (await manager.query(
      `INSERT INTO code (project_id, id, study_id, name, parent_id, codable, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (project_id, study_id, coalesce(parent_id, study_id), name)
         DO UPDATE SET codable = code.codable OR EXCLUDED.codable
       RETURNING code.id`,
      [
        projectId,
        newId(),
        code.studyId,
        code.name,
        code.parentId,
        code.codable,
        await this.clock.now(manager),
      ],
    )) as { id: string }[];
    const [row] = rows;
    if (row === undefined) throw new Error('the code was not stored');
    return row.id;
  }
}
