import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import { ANY_BODY_MAX_BYTES, type BodyConfig } from '../../../platform/http/front-door.js';
import { idFromPath } from '../../../platform/http/ids.js';
import { Scoped } from '../../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../../platform/security/principal.js';
import { CoverageDto } from './coverage.dto.js';
import { CoverageService } from './coverage.service.js';
import { LedgerDto, LedgerQueryDto, PutLedgerDto } from './ledger.dto.js';
import { LedgerService } from './ledger.service.js';
import { SaturationDto } from './saturation.dto.js';
import { SaturationService } from './saturation.service.js';

/** A ledger is sent back as it was read. */
const LEDGER_BODY: BodyConfig = { bodyMaxBytes: ANY_BODY_MAX_BYTES };

@ApiTags('Evidence')
@Controller('v1')
export class StudyEvidenceController {
  constructor(
    private readonly coverage: CoverageService,
    private readonly ledger: LedgerService,
    private readonly saturation: SaturationService,
  ) {}

  /**
   * Whom have we not heard? The stages of the project and the parts in a purchase, with how many
   * people of any study spoke for each, against what all studies planned, and whom to ask next.
   */
  @Get('coverage')
  @Scoped('evidence:read')
  async getCoverage(@Caller() caller: Principal): Promise<CoverageDto> {
    const { coverage, interviews } = await this.coverage.ofProject(caller.projectId);
    return CoverageDto.from(coverage, interviews);
  }

  /** Whom has this study not heard? People, not interviews, against its plan, and whom to ask next. */
  @Get('studies/:id/coverage')
  @Scoped('evidence:read')
  async getStudyCoverage(
    @Caller() caller: Principal,
    @Param('id') id: string,
  ): Promise<CoverageDto> {
    const { projectId } = caller;
    const { coverage, interviews } = await this.coverage.ofStudy(projectId, idFromPath(id));
    return CoverageDto.from(coverage, interviews);
  }

  /**
   * Shows every completed interview of a study by every insight it bears on. Who cites one interview
   * of a study answers for all of them, so leaving one out is a missing cell and not a silence. What
   * nobody recorded is read off the quotes, or proposed: `not_asked` where no question concerned the
   * claim, and `unread` everywhere else, which keeps the gate shut.
   * @throws {409} `reading-open`: the caller reads one of the insights blind and would see opinions.
   * @throws {422} `ledger-too-large`: name fewer insights.
   */
  @Get('studies/:id/ledger')
  @Scoped('evidence:read')
  async getLedger(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Query() query: LedgerQueryDto,
  ): Promise<LedgerDto> {
    return await this.ledger.read(caller, idFromPath(id), query.insightIds);
  }

  /**
   * Records cells of the ledger in one request, or confirms everything the server proposed other than
   * `unread`. The answer of the GET may be sent back edited; cells that already say it stay as they
   * are, with their reader.
   * @throws {409} `reading-open`: the caller reads one of the insights blind and would see opinions.
   * @throws {422} `ledger-too-large`: name fewer insights.
   */
  @Put('studies/:id/ledger')
  @RouteConfig(LEDGER_BODY)
  @Scoped('evidence:write')
  async putLedger(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: PutLedgerDto,
  ): Promise<LedgerDto> {
    return await this.ledger.confirm(actor, idFromPath(id), body);
  }

  /**
   * Whether the interviews of a study still bring new codes, by Guest's rule, in the order the talks
   * ended and in random orders, with the advice to stop, to hold two more, or to hear other people.
   * It is shown and never asked for: it says nothing about people who were not asked.
   */
  @Get('studies/:id/saturation')
  @Scoped('evidence:read')
  async getSaturation(
    @Caller() caller: Principal,
    @Param('id') id: string,
  ): Promise<SaturationDto> {
    return await this.saturation.ofStudy(caller.projectId, idFromPath(id));
  }
}
