import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../platform/security/access.js';
import { Caller, type Principal } from '../../platform/security/principal.js';
import { TrackingAnswerDto, TrackingBatchDto, TrackingMessageDto } from './dto/tracking.dto.js';
import { messagesOf } from './message-batch.js';
import { TrackingRoute } from './tracking-route.js';
import { TrackingService } from './tracking.service.js';

/** The same calls under the names that Segment's client for browsers gives them. */
@ApiTags('Tracking')
@Controller('v1')
export class BrowserTrackingController {
  constructor(private readonly tracking: TrackingService) {}

  /** The name of `POST /v1/batch` in browsers: set `apiHost` of the client to this host and `/v1`. */
  @Post('b')
  @Scoped('events:write-browser', 'write-key')
  @TrackingRoute(TrackingBatchDto)
  async trackBatchInBrowser(
    @Caller() caller: Principal,
    @Body() body: unknown,
  ): Promise<TrackingAnswerDto> {
    return await this.tracking.record(caller, messagesOf(body));
  }

  /** The name of `POST /v1/track` in browsers. */
  @Post('t')
  @Scoped('events:write-browser', 'write-key')
  @TrackingRoute(TrackingMessageDto)
  async trackInBrowser(
    @Caller() caller: Principal,
    @Body() body: object,
  ): Promise<TrackingAnswerDto> {
    return await this.tracking.recordOne(caller, 'track', body);
  }

  /** The name of `POST /v1/identify` in browsers; a public key may not say who is who. */
  @Post('i')
  @Scoped('events:write-browser', 'write-key')
  @TrackingRoute(TrackingMessageDto)
  async identifyInBrowser(
    @Caller() caller: Principal,
    @Body() body: object,
  ): Promise<TrackingAnswerDto> {
    return await this.tracking.recordOne(caller, 'identify', body);
  }

  /** The name of `POST /v1/alias` in browsers; a public key may not say who is who. */
  @Post('a')
  @Scoped('events:write-browser', 'write-key')
  @TrackingRoute(TrackingMessageDto)
  async aliasInBrowser(
    @Caller() caller: Principal,
    @Body() body: object,
  ): Promise<TrackingAnswerDto> {
    return await this.tracking.recordOne(caller, 'alias', body);
  }

  /** The name of `POST /v1/group` in browsers; a public key may not say who is who. */
  @Post('g')
  @Scoped('events:write-browser', 'write-key')
  @TrackingRoute(TrackingMessageDto)
  async groupInBrowser(
    @Caller() caller: Principal,
    @Body() body: object,
  ): Promise<TrackingAnswerDto> {
    return await this.tracking.recordOne(caller, 'group', body);
  }

  /** The name of `POST /v1/page` in browsers. */
  @Post('p')
  @Scoped('events:write-browser', 'write-key')
  @TrackingRoute(TrackingMessageDto)
  async pageInBrowser(
    @Caller() caller: Principal,
    @Body() body: object,
  ): Promise<TrackingAnswerDto> {
    return await this.tracking.recordOne(caller, 'page', body);
  }
}
