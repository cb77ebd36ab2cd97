import { Injectable } from '@nestjs/common';
import { Conflict, Forbidden, NotFound } from '../../domain/errors.js';
import {
  acknowledgementRight,
  type AcknowledgementRight,
  concernedDepartments,
  impactStandings,
} from '../../domain/experiments/impacts.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import type { Actor } from '../../platform/security/principal.js';
import { MetricsReader } from '../metrics/metrics.reader.js';
import { ProjectsReader } from '../projects/projects.reader.js';
import { ImpactStandingDto } from './dto/impact.dto.js';
import { ExperimentEntity } from './experiment.entity.js';
import { ExperimentLifecycleWriter } from './experiment-lifecycle.writer.js';
import { digestedImpacts, GateFactsQueries } from './gate-facts.queries.js';

/** What departments will notice, and who of them has said that they know. */
@Injectable()
export class ImpactsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly lifecycle: ExperimentLifecycleWriter,
    private readonly projects: ProjectsReader,
    private readonly metrics: MetricsReader,
    private readonly facts: GateFactsQueries,
  ) {}

  /** Every department concerned, by key, with where it stands. */
  async list(projectId: string, key: string): Promise<ImpactStandingDto[]> {
    const { manager } = this.transactions;
    const experiment = await manager.findOneBy(ExperimentEntity, { projectId, key });
    if (experiment === null) throw new NotFound('not-found', 'There is no such experiment.');
    return await this.standings(experiment);
  }

  private async standings(
    { projectId, id, definition }: ExperimentEntity,
    manager = this.transactions.manager,
  ): Promise<ImpactStandingDto[]> {
    const acknowledgements = await this.facts.acknowledgements(manager, projectId, id);
    const project = await this.projects.facts(projectId, manager);
    const metrics = await this.metrics.all(projectId, manager);
    const standings = impactStandings({
      concerned: concernedDepartments(definition, project, metrics),
      entries: digestedImpacts(definition.rationale),
      acknowledgements,
    });
    return standings.map((standing) => {
      const note = acknowledgements.find(
        ({ department, digest }) =>
          department === standing.department && digest === standing.acknowledgement?.digest,
      )?.note;
      return ImpactStandingDto.from(standing, note ?? null);
    });
  }

  /**
   * A member of the department has read what the change may do to it.
   * @throws NotFound, Forbidden `not-in-department`, Conflict `author-cannot-acknowledge`,
   *   `invalid-state-transition`
   */
  async acknowledge(
    actor: Actor,
    key: string,
    department: string,
    note: string | null,
  ): Promise<ImpactStandingDto> {
    return await this.transactions.run(async (manager) => {
      const { projectId, memberId } = actor;
      const experiment = await this.lifecycle.lock(manager, projectId, key);
      const entry = digestedImpacts(experiment.definition.rationale).find(
        (one) => one.department === department,
      );
      const project = await this.projects.facts(projectId, manager);
      const owner = project.departments.find((one) => one.key === department);
      if (entry === undefined || owner === undefined) {
        throw new NotFound('not-found', 'The experiment says nothing about such a department.');
      }
      if (experiment.status !== 'draft') {
        throw new Conflict(
          'invalid-state-transition',
          'Side effects are acknowledged before the launch.',
          { state: experiment.status },
        );
      }
      const right = acknowledgementRight({
        memberId,
        author: experiment.createdBy,
        departmentMembers: owner.memberIds,
      });
      requireRight(right, department);
      const now = await this.clock.now(manager);
      const added = (await manager.query(
        `INSERT INTO impact_acknowledgement (project_id, experiment_id, department,
           impact_digest, member_id, alone, note, acknowledged_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
         RETURNING impact_acknowledgement.department`,
        [
          projectId,
          experiment.id,
          department,
          entry.digest,
          memberId,
          right === 'alone',
          note,
          now,
        ],
      )) as unknown[];
      if (added.length > 0) {
        await this.lifecycle.note(manager, experiment, 'acknowledge_impact', now, memberId, {
          department,
          alone: right === 'alone',
          impactDigest: entry.digest,
        });
      }
      const standings = await this.standings(experiment, manager);
      const standing = standings.find((one) => one.department === department);
      if (standing === undefined) throw new Error('an entry was just acknowledged');
      return standing;
    });
  }
}

function requireRight(right: AcknowledgementRight, department: string): void {
  if (right === 'not-in-department') {
    throw new Forbidden('not-in-department', 'Only a member of the department can say this.', {
      department,
    });
  }
  if (right === 'author-cannot-acknowledge') {
    throw new Conflict(
      'author-cannot-acknowledge',
      'Whoever proposes a change cannot accept its side effects for others: ask a colleague of the department.',
      { department },
    );
  }
}
