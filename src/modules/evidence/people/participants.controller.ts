import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { idFromPath } from '../../../platform/http/ids.js';
import { pageRequest } from '../../../platform/http/page.js';
import { Creates } from '../../../platform/idempotency/creates.js';
import { Scoped } from '../../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../../platform/security/principal.js';
import { ParticipantErasure } from './participant-erasure.js';
import { ParticipantExportDto } from './participant-export.dto.js';
import { ParticipantExport } from './participant-export.js';
import { ParticipantPageDto } from './participant-page.dto.js';
import { ParticipantQueryDto } from './participant-query.dto.js';
import {
  ConsentDto,
  CreateConsentDto,
  CreatedParticipantDto,
  CreateParticipantDto,
  ErasureReceiptDto,
  ParticipantDto,
} from './participant.dto.js';
import { ParticipantsService, type ShownPerson } from './participants.service.js';

@ApiTags('Evidence')
@Controller('v1')
export class ParticipantsController {
  constructor(
    private readonly participants: ParticipantsService,
    private readonly erasure: ParticipantErasure,
    private readonly exports: ParticipantExport,
  ) {}

  /**
   * Adds somebody we heard, under a pseudonym, with their consent where it is known. Their identity goes
   * to the vault only; an e-mail address or telephone number that another person has too makes a pair
   * for you to decide on.
   * @throws {409} `already-exists`: the pseudonym is taken.
   * @throws {422} `retention-too-long`: the consent asks to keep words for more than ten years.
   */
  @Post('participants')
  @Creates()
  @Scoped('evidence:write')
  async createParticipant(
    @ActingMember() actor: Actor,
    @Body() body: CreateParticipantDto,
  ): Promise<CreatedParticipantDto> {
    const { consent, ...shown } = await this.participants.create(actor, body);
    return { ...dto(shown), ...(consent === null ? {} : { consent: ConsentDto.from(consent) }) };
  }

  /** Lists the people we heard, all or those of one study. */
  @Get('participants')
  @Scoped('evidence:read')
  async listParticipants(
    @Caller() caller: Principal,
    @Query() query: ParticipantQueryDto,
  ): Promise<ParticipantPageDto> {
    const filter = query.studyId === undefined ? {} : { studyId: query.studyId };
    return await this.participants.list(caller.projectId, filter, pageRequest(query), dto);
  }

  /** Shows one person, without their identity. */
  @Get('participants/:id')
  @Scoped('evidence:read')
  async getParticipant(
    @Caller() caller: Principal,
    @Param('id') id: string,
  ): Promise<ParticipantDto> {
    return dto(await this.participants.byId(caller.projectId, idFromPath(id)));
  }

  /**
   * Records what a person agreed to.
   * @throws {409} `participant-erased`: this person asked to be forgotten.
   * @throws {422} `retention-too-long`: words are kept for ten years at most.
   */
  @Post('participants/:id/consents')
  @Creates()
  @Scoped('evidence:write')
  async createConsent(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: CreateConsentDto,
  ): Promise<ConsentDto> {
    return ConsentDto.from(await this.participants.consent(actor, idFromPath(id), body));
  }

  /**
   * Withdraws a consent: what rests on it passes no gate from now on. Somebody who has withdrawn every
   * consent is erased after 30 days.
   */
  @Post('consents/:id/withdraw')
  @HttpCode(200)
  @Scoped('evidence:write')
  async withdrawConsent(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
  ): Promise<ConsentDto> {
    return ConsentDto.from(await this.participants.withdraw(actor, idFromPath(id)));
  }

  /**
   * Forgets a person: their key is destroyed, and with it every word of theirs. The receipt says where
   * members pasted such words into texts of their own, for you to clean.
   */
  @Post('participants/:id/erasure')
  @HttpCode(200)
  @Scoped('evidence:write')
  async eraseParticipant(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
  ): Promise<ErasureReceiptDto> {
    return await this.erasure.erase(actor, idFromPath(id));
  }

  /**
   * Everything held about one person, to be given to them when they ask: who they are, what they agreed
   * to, all they said, and where it is used. Each export is in the audit log.
   * @throws {410} `participant-erased`: this person asked to be forgotten, and nothing is held.
   */
  @Get('participants/:id/export')
  @Scoped('evidence:read-words')
  async exportParticipant(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
  ): Promise<ParticipantExportDto> {
    return await this.exports.of(actor, idFromPath(id));
  }
}

function dto({ person, undecidedPairs }: ShownPerson): ParticipantDto {
  return ParticipantDto.from(person, undecidedPairs);
}
