import { Body, Controller, HttpCode, Post, Put } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { BodyConfig } from '../../platform/http/front-door.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import { EventBatchDto, EventResultsDto } from './dto/event.dto.js';
import { ExchangeRatesDto, StoredExchangeRatesDto } from './dto/exchange-rates.dto.js';
import { EVENT_BATCH_MAX_BYTES, eventsOf } from './event-batch.js';
import { EventsService } from './events.service.js';
import { ExchangeRatesService } from './exchange-rates.service.js';

@ApiTags('Events')
@Controller('v1')
export class EventsController {
  constructor(
    private readonly events: EventsService,
    private readonly rates: ExchangeRatesService,
  ) {}

  /**
   * Records what happened: who met which variant, what they did, and the money that moved.
   *
   * Each event gets its own answer, in order; one that is wrong never fails the others. `accepted`
   * is said after the event is committed. Sending a batch again is always safe: an id counts once in
   * its project, for as long as the event is kept, and a copy with another time is still the same
   * event. Another event under a known id is rejected with `event-id-conflict`, and the first stays.
   *
   * Exposures need a launched experiment. When its enrolment has ended they are stored and stay
   * outside the cohort. Public keys send exposures and events, never money.
   * @throws {413} `batch-too-large`: send at most 500 events at once.
   */
  @Post('events')
  @HttpCode(200)
  @Scoped('events:write-browser')
  @RouteConfig({ bodyMaxBytes: EVENT_BATCH_MAX_BYTES } satisfies BodyConfig)
  @ApiBody({ type: EventBatchDto })
  async recordEvents(@Caller() caller: Principal, @Body() body: unknown): Promise<EventResultsDto> {
    return { results: await this.events.record(caller, eventsOf(body)) };
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
