import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CostDeclarations } from '../../domain/money/costs.js';
import { Transactions } from '../../platform/database/transactions.js';
import { MemberEntity } from './member.entity.js';
import { ProjectEntity } from './project.entity.js';

/** What other features need to know of a project. */
export interface ProjectSettings {
  id: string;
  timezone: string;
  currency: string;
  stages: readonly string[];
  costs: CostDeclarations;
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

  /** Names of members by id, for pages people read. */
  async memberNames(
    projectId: string,
    manager: EntityManager = this.transactions.manager,
  ): Promise<ReadonlyMap<string, string>> {
    const members = await manager.findBy(MemberEntity, { projectId });
    return new Map(members.map((member) => [member.id, member.name]));
  }
}
