import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  type CodedInterview,
  measureSaturation,
  SATURATION_ORDERS,
} from '../../../domain/evidence/measures/saturation.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { CoverageService } from './coverage.service.js';
import { SaturationDto } from './saturation.dto.js';
import { StudiesService } from './studies.service.js';

/** Keeps one answer under a second where a study has thousands of coded interviews. */
const WORK_MAX = 4_000_000;
/** Fewer orders would not tell a 5th percentile. */
const ORDERS_MIN = 100;

interface CodedRow {
  id: string;
  ended_at: Date;
  codes: string[];
  words: number | null;
}

/** Whether the interviews of a study still bring anything new. */
@Injectable()
export class SaturationService {
  constructor(
    private readonly transactions: Transactions,
    private readonly studies: StudiesService,
    private readonly coverage: CoverageService,
  ) {}

  /** The same study gives the same answer: the random orders come from its id. */
  async ofStudy(projectId: string, studyId: string): Promise<SaturationDto> {
    const { coverage } = await this.coverage.ofStudy(projectId, studyId);
    return await this.transactions.run(async (manager) => {
      const study = await this.studies.byId(projectId, studyId, manager);
      const rows = await codedInterviews(manager, projectId, studyId);
      const coded = rows.filter(({ codes }) => codes.length > 0);
      const parents = await parentsOf(manager, projectId, studyId);
      const found = measureSaturation({
        interviews: coded,
        ...(parents.size === 0 ? {} : { parents }),
        unheard: coverage.plan.flatMap(({ heard, toHear }) =>
          heard > 0
            ? []
            : [
                [toHear.population, toHear.stage, toHear.buyingRole]
                  .filter((part) => part !== undefined)
                  .join(' '),
              ],
        ),
        seed: Number.parseInt(study.id.slice(-8), 16),
        orders: ordersFor(coded),
      });
      const counts = { interviews: coded.length, uncoded: rows.length - coded.length };
      return SaturationDto.from(found, counts);
    }, 'REPEATABLE READ');
  }
}

function ordersFor(interviews: readonly CodedInterview[]): number {
  const perOrder = interviews.reduce((sum, { codes }) => sum + codes.length + 1, 1);
  return Math.max(ORDERS_MIN, Math.min(SATURATION_ORDERS, Math.floor(WORK_MAX / perOrder)));
}

async function codedInterviews(
  manager: EntityManager,
  projectId: string,
  studyId: string,
): Promise<CodedInterview[]> {
  const rows = (await manager.query(
    `SELECT interview.id, interview.ended_at,
       (SELECT COALESCE(array_agg(DISTINCT quote_code.code_id::text), '{}')
        FROM quote
        JOIN quote_code ON quote_code.project_id = quote.project_id
          AND quote_code.quote_id = quote.id
        JOIN code ON code.project_id = quote_code.project_id AND code.id = quote_code.code_id
          AND code.study_id = interview.study_id
        WHERE quote.project_id = interview.project_id
          AND quote.interview_id = interview.id) AS codes,
       (SELECT sum(turn.word_count)::int FROM turn
        WHERE turn.project_id = interview.project_id AND turn.interview_id = interview.id
          AND turn.version = interview.transcript_version
          AND turn.participant_id IS NOT NULL) AS words
     FROM interview
     WHERE interview.project_id = $1 AND interview.study_id = $2
       AND interview.ingested_at IS NOT NULL
     ORDER BY interview.ended_at, interview.id`,
    [projectId, studyId],
  )) as CodedRow[];
  return rows.map((row) => ({
    id: row.id,
    endedAt: row.ended_at,
    codes: row.codes,
    words: row.words,
  }));
}

async function parentsOf(
  manager: EntityManager,
  projectId: string,
  studyId: string,
): Promise<Map<string, string>> {
  const rows = (await manager.query(
    `SELECT code.id, code.parent_id FROM code
     WHERE code.project_id = $1 AND code.study_id = $2 AND code.parent_id IS NOT NULL`,
    [projectId, studyId],
  )) as { id: string; parent_id: string }[];
  return new Map(rows.map((row) => [row.id, row.parent_id]));
}
