import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../platform/security/access.js';
import { Caller, type Principal } from '../../platform/security/principal.js';
import { TrackingAnswerDto, TrackingBatchDto, TrackingMessageDto } from './dto/tracking.dto.js';
import { messagesOf } from './message-batch.js';
import { TrackingRoute } from './tracking-route.js';
import { TrackingService } from './tracking.service.js';

@ApiTags('Tracking')
@Controller('v1')
export class TrackingController {
  constructor(private readonly tracking: TrackingService) {}

  /**
   * Takes what Segment and RudderStack clients send: point one here and give it a write key.
   *
   * Each message has its own result, in order, and one that is wrong never fails the others. The key
   * is the user name of Basic authentication, or `writeKey` in the body. With a public key, what a
   * page could make up is left out: no money and no identities.
   *
   * `Experiment Viewed` becomes an exposure. `Order Completed` becomes an event and revenue, once for
   * each `order_id`, however many systems report it; `Order Refunded` a refund of that order. Both
   * need `currency`, and amounts in major units as `orderAmount` of the project says. Page and screen
   * views are events `page` and `screen`. `identify` with both ids, `alias` and `group` say who is
   * who; traits and context are not kept.
   * @throws {413} `batch-too-large`: at most 2,500 messages, or 1 MiB when inflated.
   * @throws {422} `validation-failed`: the body has no list `batch`.
   */
  @Post('batch')
  @Scoped('events:write-browser', 'write-key')
  @TrackingRoute(TrackingBatchDto)
  async trackBatch(@Caller() caller: Principal, @Body() body: unknown): Promise<TrackingAnswerDto> {
    return await this.tracking.record(caller, messagesOf(body));
  }

  /** Takes one message that somebody did something, as a batch of one. */
  @Post('track')
  @Scoped('events:write-browser', 'write-key')
  @TrackingRoute(TrackingMessageDto)
  async track(@Caller() caller: Principal, @Body() body: object): Promise<TrackingAnswerDto> {
    return await this.tracking.recordOne(caller, 'track', body);
  }

  /** Takes one message that a visitor is a user, as a batch of one. Traits are not kept. */
  @Post('identify')
  @Scoped('events:write-browser', 'write-key')
  @TrackingRoute(TrackingMessageDto)
  async identify(@Caller() caller: Principal, @Body() body: object): Promise<TrackingAnswerDto> {
    return await this.tracking.recordOne(caller, 'identify', body);
  }

  /** Takes one message that an id was given up for another, as a batch of one. */
  @Post('alias')
  @Scoped('events:write-browser', 'write-key')
  @TrackingRoute(TrackingMessageDto)
  async alias(@Caller() caller: Principal, @Body() body: object): Promise<TrackingAnswerDto> {
    return await this.tracking.recordOne(caller, 'alias', body);
  }

  /** Takes one message that a user belongs to an account, as a batch of one. */
  @Post('group')
  @Scoped('events:write-browser', 'write-key')
  @TrackingRoute(TrackingMessageDto)
  async group(@Caller() caller: Principal, @Body() body: object): Promise<TrackingAnswerDto> {
    return await this.tracking.recordOne(caller, 'group', body);
  }

  /** Takes one message that a page was seen, as a batch of one. */
  @Post('page')
  @Scoped('events:write-browser', 'write-key')
  @TrackingRoute(TrackingMessageDto)
  async page(@Caller() caller: Principal, @Body() body: object): Promise<TrackingAnswerDto> {
    return await this.tracking.recordOne(caller, 'page', body);
  }

  /** Takes one message that a screen of an app was seen, as a batch of one. */
  @Post('screen')
  @Scoped('events:write-browser', 'write-key')
  @TrackingRoute(TrackingMessageDto)
  async screen(@Caller() caller: Principal, @Body() body: object): Promise<TrackingAnswerDto> {
    return await this.tracking.recordOne(caller, 'screen', body);
  }
}
