import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Market, ProjectFacts } from '../../domain/evidence/project-facts.js';
import type { CostDeclarations } from '../../domain/money/costs.js';
import type { OrderAmount } from '../../domain/tracking/order-amount.js';
import { Transactions } from '../../platform/database/transactions.js';
import { DepartmentEntity } from './department.entity.js';
import { MemberEntity } from './member.entity.js';
import { ProjectEntity } from './project.entity.js';

/** What other features need to know of a project. */
export interface ProjectSettings {
  id: string;
  timezone: string;
  currency: string;
  stages: readonly string[];
  costs: CostDeclarations;
  market: Market;
  retentionDays: number;
  employerDomains: readonly string[];
  orderAmount: OrderAmount;
}

@Injectable()
export class ProjectsReader {
  constructor(private readonly transactions: Transactions) {}

  async settings(
    projectId: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<ProjectSettings> {
    return await manager.findOneByOrFail(ProjectEntity, { id: projectId });
  }

  /** What the gates need to know: the funnel, who owns which part of it, and who acts here. */
  async facts(
    projectId: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<ProjectFacts> {
    const { market, stages } = await this.settings(projectId, manager);
    const members = await manager.find(MemberEntity, {
      where: { projectId },
      order: { id: 'ASC' },
    });
    const departments = await manager.find(DepartmentEntity, {
      where: { projectId },
      order: { key: 'ASC' },
    });
    return {
      market,
      stages,
      departments: departments.map(({ key, stages: owned, touchpoints }) => ({
        key,
        stages: owned,
        touchpoints,
        memberIds: members.filter((one) => one.departments.includes(key)).map(({ id }) => id),
      })),
      memberIds: members.map(({ id }) => id),
    };
  }

  /** Names of members by id, for pages people read. */
  async memberNames(
    projectId: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<ReadonlyMap<string, string>> {
    const members = await manager.findBy(MemberEntity, { projectId });
    return new Map(members.map((member) => [member.id, member.name]));
  }
}
