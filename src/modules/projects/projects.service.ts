import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Forbidden, Invalid, NotFound, Stale } from '../../domain/errors.js';
import { type CostDeclarations, validateCosts } from '../../domain/money/costs.js';
import { isCurrency } from '../../domain/money/currencies.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';
import { createKeySecret, digestOf } from '../../platform/security/key-secret.js';
import type { Actor } from '../../platform/security/principal.js';
import { FIXED_SCOPES, type Scope } from '../../platform/security/scopes.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { DepartmentEntity } from './department.entity.js';
import type { CreateDepartmentDto, CreateKeyDto, CreateMemberDto } from './dto/people.dto.js';
import type { UpdateProjectDto } from './dto/project.dto.js';
import { MemberEntity } from './member.entity.js';
import { ProjectEntity } from './project.entity.js';
import { parseCosts } from './parse-costs.js';

/** The project's settings, its people and their keys. */
@Injectable()
export class ProjectsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
  ) {}

  async project(projectId: string): Promise<ProjectEntity> {
    return await this.transactions.manager.findOneByOrFail(ProjectEntity, { id: projectId });
  }

  async updateProject(
    actor: Actor,
    body: UpdateProjectDto,
    ifMatch: number,
  ): Promise<ProjectEntity> {
    const costs = parseCosts(body.costs);
    this.requireValid(body, costs);
    return await this.transactions.run(async (manager) => {
      const project = await manager.findOneOrFail(ProjectEntity, {
        where: { id: actor.projectId },
        lock: { mode: 'pessimistic_write' },
      });
      if (project.version !== ifMatch) throw new Stale();
      requireUnchanged(body, project);
      const before = { ...project };
      Object.assign(project, {
        timezone: body.timezone,
        currency: body.currency,
        stages: body.stages,
        costs,
        // Absent is unchanged: clients written before these members must not reset them.
        market: body.market ?? project.market,
        retentionDays: body.retentionDays ?? project.retentionDays,
        employerDomains: body.employerDomains ?? project.employerDomains,
        orderAmount: body.orderAmount ?? project.orderAmount,
      });
      const saved = await manager.save(project);
      await this.audit.record(manager, actor, {
        action: 'project.update',
        objectType: 'project',
        objectId: project.id,
        before,
        after: saved,
      });
      return saved;
    });
  }

  private requireValid(body: UpdateProjectDto, costs: CostDeclarations): void {
    const errors = validateCosts(costs);
    if (!isCurrency(body.currency)) errors.push({ pointer: '/currency', code: 'unknown-currency' });
    if (!Intl.supportedValuesOf('timeZone').includes(body.timezone) && body.timezone !== 'UTC') {
      errors.push({ pointer: '/timezone', code: 'unknown-timezone' });
    }
    if (errors.length > 0)
      throw new Invalid('validation-failed', 'The project is not valid.', errors);
  }

  async createMember(actor: Actor, body: CreateMemberDto): Promise<MemberEntity> {
    return await this.insert(actor, 'member', (createdAt, manager) =>
      manager.save(
        manager.create(MemberEntity, {
          projectId: actor.projectId,
          id: newId(),
          name: body.name,
          departments: body.departments ?? [],
          createdAt,
        }),
      ),
    );
  }

  async createDepartment(actor: Actor, body: CreateDepartmentDto): Promise<DepartmentEntity> {
    return await this.insert(actor, 'department', (createdAt, manager) =>
      manager.save(
        manager.create(DepartmentEntity, {
          projectId: actor.projectId,
          id: newId(),
          key: body.key,
          name: body.name,
          stages: body.stages ?? [],
          touchpoints: body.touchpoints ?? [],
          createdAt,
        }),
      ),
    );
  }

  /** Makes a key; the secret is in the answer and nowhere else. */
  async createKey(
    actor: Actor,
    body: CreateKeyDto,
  ): Promise<{ key: ApiKeyEntity; secret: string }> {
    const scopes = this.scopesFor(actor, body);
    const { id, secret } = createKeySecret(body.kind);
    const key = await this.insert(actor, 'key', async (createdAt, manager) => {
      const memberId = body.kind === 'secret' ? (body.member ?? actor.memberId) : null;
      if (memberId !== null) await this.requireMember(manager, actor.projectId, memberId);
      return await manager.save(
        manager.create(ApiKeyEntity, {
          projectId: actor.projectId,
          id,
          kind: body.kind,
          digest: digestOf(secret),
          scopes,
          memberId,
          name: body.name,
          createdAt,
          revokedAt: null,
        }),
      );
    });
    return { key, secret };
  }

  private scopesFor(actor: Actor, body: CreateKeyDto): Scope[] {
    if (body.kind !== 'secret') {
      if (body.scopes !== undefined || body.member !== undefined) {
        throw new Invalid('validation-failed', `The scopes of a ${body.kind} key are fixed.`, [
          { pointer: '/scopes', code: 'scopes-are-fixed' },
        ]);
      }
      return [...FIXED_SCOPES[body.kind]];
    }
    const scopes = [...new Set(body.scopes ?? [])];
    if (scopes.length === 0) {
      throw new Invalid('validation-failed', 'A secret key needs scopes.', [
        { pointer: '/scopes', code: 'scopes-missing' },
      ]);
    }
    const beyond = scopes.filter((scope) => !actor.scopes.includes(scope));
    if (beyond.length > 0) {
      throw new Forbidden('scope-escalation', 'A key cannot make a stronger key.', {
        scopes: beyond,
      });
    }
    return scopes;
  }

  private async requireMember(
    manager: EntityManager,
    projectId: string,
    id: string,
  ): Promise<void> {
    if (!(await manager.existsBy(MemberEntity, { projectId, id }))) {
      throw new Invalid('validation-failed', 'There is no such member.', [
        { pointer: '/member', code: 'unknown-member-id' },
      ]);
    }
  }

  async revokeKey(actor: Actor, id: string): Promise<void> {
    await this.transactions.run(async (manager) => {
      const key = await manager.findOneBy(ApiKeyEntity, { projectId: actor.projectId, id });
      if (key === null) throw new NotFound('not-found', 'There is no such key.');
      if (key.revokedAt !== null) return;
      // Keys live in real time: the sandbox clock must not bring one back.
      await manager.query('UPDATE api_key SET revoked_at = clock_timestamp() WHERE id = $1', [id]);
      await this.audit.record(manager, actor, {
        action: 'key.revoke',
        objectType: 'key',
        objectId: id,
      });
    });
  }

  private async insert<T extends { id: string }>(
    actor: Actor,
    objectType: string,
    save: (createdAt: Date, manager: EntityManager) => Promise<T>,
  ): Promise<T> {
    return await this.transactions.run(async (manager) => {
      const saved = await save(await this.clock.now(manager), manager);
      await this.audit.record(manager, actor, {
        action: `${objectType}.create`,
        objectType,
        objectId: saved.id,
      });
      return saved;
    });
  }
}

function requireUnchanged(body: UpdateProjectDto, project: ProjectEntity): void {
  const readOnly = { id: project.id, key: project.key, createdAt: project.createdAt.toISOString() };
  const errors = Object.entries(readOnly)
    .filter(([name, value]) => {
      const sent = body[name as keyof typeof readOnly];
      return sent !== undefined && sent !== value;
    })
    .map(([name]) => ({ pointer: `/${name}`, code: 'read-only' }));
  if (errors.length > 0) throw new Invalid('validation-failed', 'Only we set this.', errors);
}
