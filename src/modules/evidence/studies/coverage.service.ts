import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { BUYING_ROLES, type Population } from '../../../domain/evidence/dossier.js';
import {
  type Coverage,
  coverageOf,
  type HeardPerson,
} from '../../../domain/evidence/measures/coverage.js';
import type { Market } from '../../../domain/evidence/project-facts.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { ProjectsReader } from '../../projects/projects.reader.js';
import { StudiesService } from './studies.service.js';
import type { StudyEntity } from './study.entity.js';

interface HeardRow {
  person_id: string;
  buying_roles: string[];
  population: Population;
  stage: string | null;
}

export interface CoverageReport {
  coverage: Coverage;
  /** Interviews that it looks at. */
  interviews: number;
}

/** Whom have we not heard: of a study, and of the whole project. */
@Injectable()
export class CoverageService {
  constructor(
    private readonly transactions: Transactions,
    private readonly projects: ProjectsReader,
    private readonly studies: StudiesService,
  ) {}

  async ofStudy(projectId: string, studyId: string): Promise<CoverageReport> {
    return await this.transactions.run(async (manager) => {
      const study = await this.studies.byId(projectId, studyId, manager);
      return await this.report(manager, projectId, [study], studyId);
    }, 'REPEATABLE READ');
  }

  /** Everybody heard in the project, against the plans of all its studies. */
  async ofProject(projectId: string): Promise<CoverageReport> {
    return await this.transactions.run(
      async (manager) =>
        await this.report(manager, projectId, await this.studies.all(projectId, manager), null),
      'REPEATABLE READ',
    );
  }

  private async report(
    manager: EntityManager,
    projectId: string,
    studies: readonly StudyEntity[],
    studyId: string | null,
  ): Promise<CoverageReport> {
    const { stages, market } = await this.projects.settings(projectId, manager);
    const counted = (await manager.query(
      `SELECT count(*)::int AS interviews FROM interview
       WHERE interview.project_id = $1 AND interview.ingested_at IS NOT NULL
         AND ($2::uuid IS NULL OR interview.study_id = $2)`,
      [projectId, studyId],
    )) as { interviews: number }[];
    const coverage = coverageOf({
      stages,
      buyingRoles: rolesOf(market),
      plan: studies.flatMap((study) => study.peoplePlan ?? []),
      heard: await heardPeople(manager, projectId, studyId),
    });
    return { coverage, interviews: counted[0]?.interviews ?? 0 };
  }
}

/** Where accounts buy, every part in the purchase is somebody to hear. */
function rolesOf(market: Market): readonly string[] {
  return market === 'b2b' ? BUYING_ROLES.filter((role) => role !== 'single_buyer') : [];
}

/**
 * What each person spoke for, once. Two pseudonyms found to be one person count once; whoever asked to
 * be forgotten, and what no human said, is not heard. Who declared nothing speaks for their own group.
 */
async function heardPeople(
  manager: EntityManager,
  projectId: string,
  studyId: string | null,
): Promise<HeardPerson[]> {
  const rows = (await manager.query(
    `SELECT DISTINCT person.id AS person_id, person.buying_roles,
       COALESCE(lived.experience ->> 'population', person.population) AS population,
       lived.experience ->> 'stage' AS stage
     FROM interview
     JOIN interview_participant ON interview_participant.project_id = interview.project_id
       AND interview_participant.interview_id = interview.id
     JOIN participant AS named ON named.project_id = interview_participant.project_id
       AND named.id = interview_participant.participant_id
     JOIN participant AS person ON person.project_id = named.project_id
       AND person.id = COALESCE(named.merged_into, named.id)
     LEFT JOIN LATERAL jsonb_array_elements(interview_participant.speaks_for)
       AS lived (experience) ON true
     WHERE interview.project_id = $1 AND interview.ingested_at IS NOT NULL
       AND ($2::uuid IS NULL OR interview.study_id = $2)
       AND named.kind = 'human' AND named.erased_at IS NULL
     ORDER BY person_id, population, stage`,
    [projectId, studyId],
  )) as HeardRow[];
  return rows.map((row) => ({
    participantId: row.person_id,
    population: row.population,
    ...(row.stage === null ? {} : { stage: row.stage }),
    buyingRoles: row.buying_roles,
  }));
}
