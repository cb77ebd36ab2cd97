import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { NotFound } from '../../domain/errors.js';
import { POLICY_PROFILES, type PolicyProfile } from '../../domain/experiments/definition.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import { PolicyListDto, PolicyVersionDto, SetPolicyDto } from './dto/policy.dto.js';
import { PoliciesService } from './policies.service.js';

const PROFILE = {
  name: 'profile',
  enum: [...POLICY_PROFILES],
  enumName: 'PolicyProfile',
  description: 'How strict: explore, standard or rigorous.',
};

@ApiTags('Experiments')
@Controller('v1/policies')
export class PoliciesController {
  constructor(private readonly policies: PoliciesService) {}

  /** Shows what the gates ask of the evidence: three profiles, their floors and their history. */
  @Get()
  @Scoped('project:read')
  async listPolicies(@Caller() caller: Principal): Promise<PolicyListDto> {
    return { data: await this.policies.list(caller.projectId) };
  }

  /**
   * Sets what a profile asks for, as a new version. A stricter one applies at once; a looser one
   * waits for a second member, where the project has one. What passed before keeps its version.
   * @throws {404} `not-found`: there is no such profile.
   */
  @Put(':profile')
  @Scoped('project:write')
  @ApiParam(PROFILE)
  async setPolicy(
    @ActingMember() actor: Actor,
    @Param('profile') profile: string,
    @Body() body: SetPolicyDto,
  ): Promise<PolicyVersionDto> {
    const { reason, ...given } = body;
    const rules = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    );
    return await this.policies.propose(actor, profileFrom(profile), rules, reason);
  }

  /**
   * Approves a looser version, as a second member.
   * @throws {409} `same-member`: you proposed it yourself.
   * @throws {409} `already-approved`: it needs no approval any more.
   * @throws {409} `superseded`: a newer version was proposed since.
   */
  @Post(':profile/versions/:version/approve')
  @HttpCode(200)
  @Scoped('project:write')
  @ApiParam(PROFILE)
  @ApiParam({ name: 'version', type: 'integer', description: 'Number of the version.' })
  async approvePolicyVersion(
    @ActingMember() actor: Actor,
    @Param('profile') profile: string,
    @Param('version') version: string,
  ): Promise<PolicyVersionDto> {
    return await this.policies.approve(actor, profileFrom(profile), Number(version));
  }
}

function profileFrom(text: string): PolicyProfile {
  const profile = POLICY_PROFILES.find((known) => known === text);
  if (profile === undefined) throw new NotFound('not-found', 'There is no such profile.');
  return profile;
}
