import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { parseInstant } from '../../../domain/events/instant.js';
import type { BodyConfig } from '../../../platform/http/front-door.js';
import { idFromPath } from '../../../platform/http/ids.js';
import { requireFile } from '../../../platform/http/uploaded-file.js';
import { Scoped } from '../../../platform/security/access.js';
import { ActingMember, type Actor } from '../../../platform/security/principal.js';
import {
  CodebookImportDto,
  ConfirmedSheetDto,
  ConfirmSheetDto,
  RefiImportQueryDto,
  SpeakerSheetDto,
  StudyImportDto,
} from './import.dto.js';
import { RefiImportsService } from './refi-imports.service.js';
import { SpeakerSheetsService } from './speaker-sheets.service.js';
import { StudyImportsService } from './study-imports.service.js';

/** A round of interviews: text, never recordings. */
const ARCHIVE_MAX_BYTES = 32 * 1024 * 1024;
const ZIP: BodyConfig = { bodyMaxBytes: ARCHIVE_MAX_BYTES, fileTypes: ['application/zip'] };
const XML: BodyConfig = { bodyMaxBytes: 2 * 1024 * 1024, fileTypes: ['application/xml'] };
/** Five hundred interviews with a few names each. */
const SHEET: BodyConfig = { bodyMaxBytes: 1024 * 1024 };
const FILE = { schema: { type: 'string' as const, format: 'binary' } };

@ApiTags('Evidence')
@Controller('v1/studies/:id')
export class ImportsController {
  constructor(
    private readonly imports: StudyImportsService,
    private readonly refi: RefiImportsService,
    private readonly sheets: SpeakerSheetsService,
  ) {}

  /**
   * Takes in a whole study as one zip: `manifest.csv` (a row per person and file: file, person,
   * started_at, ended_at, interviewer; and what you know of population, stage, account, consent) and
   * the transcripts as they were exported. Each file is stored whole or not at all, and the answer
   * says which and why. Send the same zip again to go on: what is in already is recognised.
   * @throws {404} `not-found`: there is no such study.
   * @throws {413} `payload-too-large`: at most 32 MiB; leave recordings out.
   * @throws {422} `zip-unreadable`: the file is no zip, or not one to trust (`zip-too-large`, `zip-path-escape`); nothing was stored.
   */
  @Post('import')
  @HttpCode(200)
  @RouteConfig(ZIP)
  @Scoped('evidence:write')
  @ApiConsumes('application/zip')
  @ApiBody(FILE)
  async importStudy(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<StudyImportDto> {
    return await this.imports.run(actor, idFromPath(id), requireFile(body).bytes);
  }

  /**
   * Takes in a REFI-QDA project (.qdpx) of another tool: its cases as people, its sources as sessions,
   * its codes and coded spans as quotes. The loss report names everything that has no place here. A
   * source whose text does not tell who asks fails with `speakers-unsettled` until you say it.
   * @throws {404} `not-found`: there is no such study.
   * @throws {413} `payload-too-large`: at most 32 MiB; leave recordings out.
   * @throws {422} `refi-unreadable`: the archive is not a REFI-QDA project 1.0; nothing was stored. `held-at-missing`: neither the project nor the request has a date.
   */
  @Post('import-refi')
  @HttpCode(200)
  @RouteConfig(ZIP)
  @Scoped('evidence:write')
  @ApiConsumes('application/zip')
  @ApiBody(FILE)
  async importRefi(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Query() query: RefiImportQueryDto,
    @Body() body: unknown,
  ): Promise<StudyImportDto> {
    const { heldAt, modality, interviewer } = query;
    return await this.refi.project(actor, idFromPath(id), requireFile(body).bytes, {
      heldAt: heldAt === undefined ? null : parseInstant(heldAt),
      modality: modality ?? null,
      interviewer: interviewer ?? null,
    });
  }

  /**
   * Adds a REFI-QDA codebook (.qdc) to the study; codes it has already stay.
   * @throws {404} `not-found`: there is no such study.
   * @throws {422} `refi-unreadable`: the file is no codebook 1.0.
   */
  @Post('codebook')
  @HttpCode(200)
  @RouteConfig(XML)
  @Scoped('evidence:write')
  @ApiConsumes('application/xml')
  @ApiBody(FILE)
  async importCodebook(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<CodebookImportDto> {
    return await this.refi.codes(actor, idFromPath(id), requireFile(body).bytes);
  }

  /**
   * Lists, on one sheet, who seems to speak in each transcript that nobody has confirmed yet. Each
   * reading is in the audit log, because names are words too.
   * @throws {404} `not-found`: there is no such study.
   */
  @Get('speakers')
  @Scoped('evidence:read-words')
  async getSpeakerSheet(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
  ): Promise<SpeakerSheetDto> {
    return await this.sheets.open(actor, idFromPath(id));
  }

  /**
   * Confirms the sheet: who each name is, leaving `participantId` out for the interviewer. All of it
   * or nothing.
   * @throws {404} `not-found`: there is no such study.
   * @throws {409} `speakers-quoted`: somebody is quoted from one of them already.
   */
  @Put('speakers')
  @RouteConfig(SHEET)
  @Scoped('evidence:write')
  async confirmSpeakerSheet(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: ConfirmSheetDto,
  ): Promise<ConfirmedSheetDto> {
    return { confirmed: await this.sheets.confirm(actor, idFromPath(id), body.interviews) };
  }
}
