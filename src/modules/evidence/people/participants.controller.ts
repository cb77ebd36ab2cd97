import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
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
import { ParticipantPageDto } from './participant-page.dto.js';
import {
  ConsentDto,
  CreateConsentDto,
  CreateParticipantDto,
  ErasureReceiptDto,
  ParticipantDto,
} from './participant.dto.js';
import { ParticipantsService } from './participants.service.js';

@ApiTags('Evidence')
@Controller('v1')
export class ParticipantsController {
  constructor(private readonly participants: ParticipantsService) {}

  /**
   * Adds somebody we heard, under a pseudonym. Their identity goes to the vault only.
   * @throws {409} `already-exists`: the pseudonym is taken.
   */
  @Post('participants')
  @Scoped('evidence:write')
  async createParticipant(
    @ActingMember() actor: Actor,
    @Body() body: CreateParticipantDto,
  ): Promise<ParticipantDto> {
    return ParticipantDto.from(await this.participants.create(actor, body));
  }

  /** Lists the people we heard. */
  @Get('participants')
  @Scoped('evidence:read')
  async listParticipants(
    @Caller() caller: Principal,
    @Query() query: PageQueryDto,
  ): Promise<ParticipantPageDto> {
    return await this.participants.list(caller.projectId, pageRequest(query), (person) =>
      ParticipantDto.from(person),
    );
  }

  /** Shows one person, without their identity. */
  @Get('participants/:id')
  @Scoped('evidence:read')
  async getParticipant(
    @Caller() caller: Principal,
    @Param('id') id: string,
  ): Promise<ParticipantDto> {
    return ParticipantDto.from(await this.participants.byId(caller.projectId, idFromPath(id)));
  }

  /**
   * Records what a person agreed to.
   * @throws {409} `participant-erased`: this person asked to be forgotten.
   */
  @Post('participants/:id/consents')
  @Scoped('evidence:write')
  async createConsent(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: CreateConsentDto,
  ): Promise<ConsentDto> {
    return ConsentDto.from(await this.participants.consent(actor, idFromPath(id), body));
  }

  /** Withdraws a consent: what rests on it passes no gate from now on. */
  @Post('consents/:id/withdraw')
  @HttpCode(200)
  @Scoped('evidence:write')
  async withdrawConsent(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
  ): Promise<ConsentDto> {
    return ConsentDto.from(await this.participants.withdraw(actor, idFromPath(id)));
  }

  /** Forgets a person: their key is destroyed, and with it every word of theirs. */
  @Post('participants/:id/erasure')
  @HttpCode(200)
  @Scoped('evidence:write')
  async eraseParticipant(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
  ): Promise<ErasureReceiptDto> {
    return await this.participants.erase(actor, idFromPath(id));
  }
}
