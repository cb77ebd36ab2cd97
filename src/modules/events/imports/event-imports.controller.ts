import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { idFromPath } from '../../../platform/http/ids.js';
import { pageRequest } from '../../../platform/http/page.js';
import { Scoped } from '../../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../../platform/security/principal.js';
import {
  EventImportDto,
  EventImportPageDto,
  EventImportQueryDto,
  ReverseImportDto,
} from './dto/event-import.dto.js';
import { ImportRows } from './import-rows.js';

@ApiTags('Events')
@Controller('v1/imports')
export class EventImportsController {
  constructor(private readonly imports: ImportRows) {}

  /**
   * Lists the files of events that came in, newest first: how far each has been read, how fast, and
   * what became of its events. Files are sent to `POST /v1/events`.
   */
  @Get()
  @Scoped('project:read')
  async listImports(
    @Caller() caller: Principal,
    @Query() query: EventImportQueryDto,
  ): Promise<EventImportPageDto> {
    const { status = null, name = null } = query;
    return await this.imports.list(caller.projectId, pageRequest(query), { status, name });
  }

  /** Shows one import; look again while it runs to see it move. */
  @Get(':id')
  @Scoped('project:read')
  async getImport(@Caller() caller: Principal, @Param('id') id: string): Promise<EventImportDto> {
    return await this.imports.byId(caller.projectId, idFromPath(id));
  }

  /**
   * Undoes an import: from the next evaluation on, nothing it brought counts, and results show that
   * they changed. Nothing is deleted; one entry with your reason voids it all. Doing it again changes
   * nothing.
   *
   * The ids of its events stay taken, so that a late copy cannot bring a voided event back: sent
   * again, the same event is a `duplicate` and stays void, and another event under that id is an
   * `event-id-conflict`. To correct a file, send the corrected events under new ids.
   * @throws {404} `not-found`: there is no such import.
   * @throws {409} `import-running`: the file is still being read; stop sending it first.
   */
  @Post(':id/reverse')
  @HttpCode(200)
  @Scoped('project:write')
  async reverseImport(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: ReverseImportDto,
  ): Promise<EventImportDto> {
    return await this.imports.reverse(actor, idFromPath(id), body.reason);
  }
}
