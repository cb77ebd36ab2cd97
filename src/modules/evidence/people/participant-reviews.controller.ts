import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { idFromPath } from '../../../platform/http/ids.js';
import { PageQueryDto } from '../../../platform/http/page-query.dto.js';
import { pageRequest } from '../../../platform/http/page.js';
import { Scoped } from '../../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../../platform/security/principal.js';
import {
  ReconsentPageDto,
  ReconsentQueryDto,
  RetentionPageDto,
} from './participant-consent.dto.js';
import { DecidePairDto, PairDto, PairPageDto, PairQueryDto } from './participant-pair.dto.js';
import { ParticipantPairs } from './participant-pairs.js';
import { ParticipantReconsents, scopesFrom } from './participant-reconsents.js';
import { ParticipantRetention } from './participant-retention.js';

/** What is to be looked after about people; registered before the routes that end in an id. */
@ApiTags('Evidence')
@Controller('v1/participants')
export class ParticipantReviewsController {
  constructor(
    private readonly pairs: ParticipantPairs,
    private readonly reconsents: ParticipantReconsents,
    private readonly retention: ParticipantRetention,
  ) {}

  /**
   * Lists pseudonyms that may be one person: the same e-mail address or telephone number, or words too
   * alike for two people. Nothing is merged until you decide; the gate counts the two as one until then.
   */
  @Get('pairs')
  @Scoped('evidence:read')
  async listParticipantPairs(
    @Caller() caller: Principal,
    @Query() query: PairQueryDto,
  ): Promise<PairPageDto> {
    return await this.pairs.list(caller.projectId, query.state, pageRequest(query));
  }

  /**
   * Decides whether two pseudonyms are one person. The younger is merged into the older; another decision
   * later takes that back. Decisions are in the audit log.
   * @throws {409} `participant-erased`: one of the two asked to be forgotten. `pairs-contradict`: other
   *   decisions say the opposite; the problem names them.
   */
  @Put('pairs/:id')
  @Scoped('evidence:write')
  async decideParticipantPair(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: DecidePairDto,
  ): Promise<PairDto> {
    return await this.pairs.decide(actor, idFromPath(id), body);
  }

  /**
   * Lists whom to ask again: people whose consents in force lack a scope, and the interviews that wait
   * for it.
   * @throws {422} `invalid-query`: scopes names one that does not exist.
   */
  @Get('reconsents')
  @Scoped('evidence:read')
  async listReconsents(
    @Caller() caller: Principal,
    @Query() query: ReconsentQueryDto,
  ): Promise<ReconsentPageDto> {
    const scopes = scopesFrom(query.scopes);
    return await this.reconsents.list(caller.projectId, scopes, pageRequest(query));
  }

  /** Lists who will be erased within 30 days, because their retention ends or they withdrew, and when. */
  @Get('retention')
  @Scoped('evidence:read')
  async listRetention(
    @Caller() caller: Principal,
    @Query() query: PageQueryDto,
  ): Promise<RetentionPageDto> {
    return await this.retention.list(caller.projectId, pageRequest(query));
  }
}
