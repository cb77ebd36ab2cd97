import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { idFromPath } from '../../platform/http/ids.js';
import { pageRequest } from '../../platform/http/page.js';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import { Creates } from '../../platform/idempotency/creates.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import {
  ChannelTestDto,
  CreateNotificationChannelDto,
  NotificationChannelDto,
  NotificationChannelPageDto,
} from './dto/notification-channel.dto.js';
import { NotificationChannels } from './notification-channels.service.js';

@ApiTags('Project')
@Controller('v1/notification-channels')
export class NotificationChannelsController {
  constructor(private readonly channels: NotificationChannels) {}

  /**
   * Sends the notices of this project to a chat or by mail from now on, each once, and again for about an
   * hour while the receiver does not answer. The message says what the feed says.
   * @throws {409} `already-exists`: there is a channel of this name.
   * @throws {409} `too-many-channels`: a project has at most 20.
   * @throws {409} `email-not-configured`: whoever runs the service has set no mail server.
   * @throws {422} `outbound-url-forbidden`: the URL leads elsewhere than to https on the public internet;
   *   `errors` says why.
   */
  @Post()
  @Creates()
  @Scoped('project:write')
  async createNotificationChannel(
    @ActingMember() actor: Actor,
    @Body() body: CreateNotificationChannelDto,
  ): Promise<NotificationChannelDto> {
    return await this.channels.create(actor, body);
  }

  /** Lists where notices are sent, and how it goes. Of a webhook's URL no more than how it ends. */
  @Get()
  @Scoped('project:read')
  async listNotificationChannels(
    @Caller() caller: Principal,
    @Query() query: PageQueryDto,
  ): Promise<NotificationChannelPageDto> {
    return await this.channels.page(caller.projectId, pageRequest(query));
  }

  /** Ends a channel and destroys its address; what waited to be sent there is dropped. */
  @Delete(':id')
  @HttpCode(204)
  @Scoped('project:write')
  async deleteNotificationChannel(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
  ): Promise<void> {
    await this.channels.delete(actor, idFromPath(id));
  }

  /**
   * Sends a test message now and says what became of it. One that arrives starts a channel again that was
   * stopped because nobody was there.
   */
  @Post(':id/test')
  @HttpCode(200)
  @Scoped('project:write')
  async testNotificationChannel(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
  ): Promise<ChannelTestDto> {
    return await this.channels.test(actor, idFromPath(id));
  }
}
