import { Body, Controller, Headers, HttpCode, Post, Put, Query, Res } from '@nestjs/common';
import type { StreamableFile } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiOkResponse,
  ApiQuery,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { BROWSER, type BrowserConfig } from '../../platform/http/cors.js';
import type { BodyConfig } from '../../platform/http/front-door.js';
import { StreamedBody } from '../../platform/http/streamed-body.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import { EventBatchDto, EventResultsDto } from './dto/event.dto.js';
import { ExchangeRatesDto, StoredExchangeRatesDto } from './dto/exchange-rates.dto.js';
import { batchOf, EVENT_BATCH_MAX_BYTES } from './event-batch.js';
import { EventIntake } from './event-intake.writer.js';
import { ExchangeRatesService } from './exchange-rates.service.js';
import { EventImportAnswerDto, ImportedEventDto } from './imports/dto/event-import.dto.js';
import { FORMAT_OF_TYPE } from './imports/event-file.js';
import { EventFiles } from './imports/event-files.js';
import { NDJSON } from './imports/import-answer.js';

const FILE_TYPES = Object.keys(FORMAT_OF_TYPE);
const EVENTS_ROUTE: BodyConfig & BrowserConfig = {
  ...BROWSER,
  bodyMaxBytes: EVENT_BATCH_MAX_BYTES,
  list: 'events',
  streamTypes: FILE_TYPES,
};

@ApiTags('Events')
@ApiExtraModels(EventBatchDto, EventResultsDto, EventImportAnswerDto, ImportedEventDto)
@Controller('v1')
export class EventsController {
  constructor(
    private readonly intake: EventIntake,
    private readonly files: EventFiles,
    private readonly rates: ExchangeRatesService,
  ) {}

  /**
   * Records what happened: who met which variant, what they did, and the money that moved.
   *
   * Each event gets its own answer, in order; one that is wrong, or cannot even be read, never fails
   * the others. `accepted` is said after the event is committed. Sending a batch again is always safe: an id counts once in
   * its project, for as long as the event is kept, and a copy with another time is still the same
   * event. Another event under a known id is rejected with `event-id-conflict`, and the first stays.
   *
   * Exposures need a launched experiment. When its enrolment has ended they are stored and stay
   * outside the cohort. Public keys send exposures and events, never money. An exposure to another
   * variant than the assignment gives the unit is stored and counted as a warning of the experiment.
   *
   * Devices with a wrong clock send `sentAt`, what their clock says as they send: each event then
   * counts as long before we received it as it happened before that. What was rejected can be read
   * again among the dead letters.
   *
   * A file of any length is sent as it is, one JSON event a line (`application/x-ndjson`) or as a
   * table (`text/csv`). It needs the scope `events:write`. It is read while it arrives and stored
   * 5,000 events at a time; a line that is wrong is one verdict, never the end of the file. Its
   * progress, and how to undo it, are under `/v1/imports`. Sending it again is safe, also after it
   * broke off: what is in already is a duplicate. With `Accept: application/x-ndjson` the verdicts
   * come while the file is read, a line each, and the import as the last line; read them while you
   * send.
   *
   * A table has a header line with the columns id, type, occurredAt, and unitKind with unitId; where
   * they are needed sentAt, experiment, variant, name, value, amountMinor, currency, refersTo,
   * fromKind, fromId, toKind, toId, and `attributes.NAME` and `properties.NAME`. An empty cell is a
   * member left out. Cells of attributes and properties that are numbers, true or false are that.
   * @throws {413} `batch-too-large`: send at most 500 events at once.
   * @throws {422} `validation-failed`: the batch is not one. Of a file: `empty-file`,
   *   `unknown-column`, `missing-column` or `duplicate-column` before anything is stored;
   *   `csv-unreadable` where a quote never closes.
   * @throws {429} `rate-limited`: more events wait to be stored than there is room for.
   *   `too-many-imports`: four files are being read.
   */
  @Post('events')
  @HttpCode(200)
  @Scoped('events:write-browser')
  @RouteConfig(EVENTS_ROUTE)
  @ApiConsumes('application/json', ...FILE_TYPES)
  @ApiBody({
    schema: {
      oneOf: [
        { $ref: getSchemaPath(EventBatchDto) },
        { type: 'string', description: 'A file: an event a line, or a table of events.' },
      ],
    },
  })
  @ApiQuery({
    name: 'name',
    required: false,
    schema: { type: 'string', maxLength: 200 },
    description: 'Of a file: what to call the import; the format and the time when absent.',
  })
  @ApiOkResponse({
    description: 'A result for each event of a batch; of a file, the import.',
    content: {
      'application/json': {
        schema: {
          oneOf: [
            { $ref: getSchemaPath(EventResultsDto) },
            { $ref: getSchemaPath(EventImportAnswerDto) },
          ],
        },
      },
      [NDJSON]: { schema: { $ref: getSchemaPath(ImportedEventDto) } },
    },
  })
  async recordEvents(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Query('name') name: unknown,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventResultsDto | EventImportAnswerDto | StreamableFile> {
    if (body instanceof StreamedBody) {
      return await this.files.take(caller, body, { name, accept, reply });
    }
    const { items, ...sent } = batchOf(body);
    const source = caller.kind === 'public' ? 'browser' : 'server';
    return { results: await this.intake.store(caller.projectId, items, { source, ...sent }) };
  }

  /**
   * Stores what currencies were worth on a day, for money in other currencies than the project's.
   *
   * A rate says how much of `base` one unit of the currency is worth: with `base` EUR, `"USD": 0.92`
   * means that 1 USD is worth 0.92 EUR. Many sources publish the inverse. Money is converted with
   * the rate of the day it moved, and a stored rate never changes, so results stay reproducible.
   * @throws {409} `rate-already-used`: another rate is stored for this day and currency.
   */
  @Put('exchange-rates')
  @Scoped('project:write')
  async storeExchangeRates(
    @ActingMember() actor: Actor,
    @Body() body: ExchangeRatesDto,
  ): Promise<StoredExchangeRatesDto> {
    return await this.rates.store(actor, body);
  }
}
