import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { pageRequest } from '../../platform/http/page.js';
import { Scoped } from '../../platform/security/access.js';
import { ActingMember, type Actor } from '../../platform/security/principal.js';
import {
  NotificationPageDto,
  NotificationQueryDto,
  ReadNotificationsDto,
  ReadStateDto,
} from './dto/notification.dto.js';
import { NotificationsService } from './notifications.service.js';

@ApiTags('Results')
@Controller('v1/notifications')
export class NotificationsController {
  constructor(private readonly notifications: NotificationsService) {}

  /**
   * Lists what is worth knowing about your experiments, the newest first: arms of the wrong size, a
   * guardrail that is breached, a click that has won and waits for its money, money that is all in, a
   * verdict that did not last, words that were taken back. Each is told once for as long as it holds, and
   * says what the result says that it follows from.
   */
  @Get()
  @Scoped('results:read')
  async listNotifications(
    @ActingMember() actor: Actor,
    @Query() query: NotificationQueryDto,
  ): Promise<NotificationPageDto> {
    return await this.notifications.page(actor, query, pageRequest(query));
  }

  /** Marks a notice and everything older as read by you; others have their own marks. */
  @Post('read')
  @HttpCode(200)
  @Scoped('results:read')
  async readNotifications(
    @ActingMember() actor: Actor,
    @Body() body: ReadNotificationsDto,
  ): Promise<ReadStateDto> {
    return await this.notifications.read(actor, body.upTo);
  }
}
