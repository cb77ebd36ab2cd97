import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Put,
  Res,
} from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { etagOf, requiredVersion } from '../../platform/http/preconditions.js';
import { Creates } from '../../platform/idempotency/creates.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import {
  CreatedKeyDto,
  CreateDepartmentDto,
  CreateKeyDto,
  CreateMemberDto,
  DepartmentDto,
  KeyDto,
  MemberDto,
} from './dto/people.dto.js';
import { ProjectDto, UpdateProjectDto } from './dto/project.dto.js';
import { ProjectsService } from './projects.service.js';

@ApiTags('Project')
@Controller('v1')
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  /** Shows the project: its currency, time zone, stages and how each cost is known. */
  @Get('project')
  @Scoped('project:read')
  async getProject(
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProjectDto> {
    const project = await this.projects.project(caller.projectId);
    void reply.header('etag', etagOf(project.version));
    return ProjectDto.from(project);
  }

  /**
   * Changes the project. Send what you read, edited, with its ETag in If-Match.
   * @throws {412} `precondition-failed`: somebody changed it since you read it.
   * @throws {428} `precondition-required`: If-Match is missing.
   */
  @Put('project')
  @Scoped('project:write')
  @ApiHeader({ name: 'If-Match', required: true, description: 'ETag of the version you edited.' })
  async updateProject(
    @ActingMember() actor: Actor,
    @Body() body: UpdateProjectDto,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProjectDto> {
    const project = await this.projects.updateProject(actor, body, requiredVersion(ifMatch));
    void reply.header('etag', etagOf(project.version));
    return ProjectDto.from(project);
  }

  /** Adds a member. What they do later stands under this name. */
  @Post('members')
  @Creates()
  @Scoped('members:write')
  async createMember(
    @ActingMember() actor: Actor,
    @Body() body: CreateMemberDto,
  ): Promise<MemberDto> {
    return MemberDto.from(await this.projects.createMember(actor, body));
  }

  /** Adds a department: whoever owns a stage or touchpoint answers for side effects there. */
  @Post('departments')
  @Creates()
  @Scoped('members:write')
  async createDepartment(
    @ActingMember() actor: Actor,
    @Body() body: CreateDepartmentDto,
  ): Promise<DepartmentDto> {
    return DepartmentDto.from(await this.projects.createDepartment(actor, body));
  }

  /** Makes a key. The secret is shown in this answer only. */
  @Post('keys')
  @Creates({ toldOnce: ['secret'] })
  @Scoped('keys:write')
  async createKey(
    @ActingMember() actor: Actor,
    @Body() body: CreateKeyDto,
  ): Promise<CreatedKeyDto> {
    const { key, secret } = await this.projects.createKey(actor, body);
    return { ...KeyDto.from(key), secret };
  }

  /** Revokes a key; it stops working within five seconds everywhere. */
  @Delete('keys/:id')
  @HttpCode(204)
  @Scoped('keys:write')
  async revokeKey(@ActingMember() actor: Actor, @Param('id') id: string): Promise<void> {
    await this.projects.revokeKey(actor, id);
  }
}
