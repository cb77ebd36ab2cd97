import { Module } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import { Mailer } from '../../platform/outbound/mailer.js';
import { OutboundHttp } from '../../platform/outbound/outbound-http.js';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { ChannelSender } from './channel-sender.js';
import { ChannelStore } from './channel-store.js';
import { DeliveryStore } from './delivery-store.js';
import { EvidenceNotices } from './evidence-notices.js';
import { NoticeDeliveries } from './notice-deliveries.js';
import { NoticeStore } from './notice-store.js';
import { NotificationChannelsController } from './notification-channels.controller.js';
import { NotificationChannels } from './notification-channels.service.js';
import { NotificationsController } from './notifications.controller.js';
import { NotificationsService } from './notifications.service.js';
import { NotificationsWriter } from './notifications.writer.js';

@Module({
  imports: [ExperimentsModule],
  controllers: [NotificationsController, NotificationChannelsController],
  providers: [
    NoticeStore,
    NotificationsService,
    NotificationsWriter,
    ChannelStore,
    ChannelSender,
    NotificationChannels,
    DeliveryStore,
    NoticeDeliveries,
    EvidenceNotices,
    {
      provide: OutboundHttp,
      inject: [CONFIG],
      useFactory: ({ outbound }: Config) => new OutboundHttp(outbound.trusted),
    },
    {
      provide: Mailer,
      inject: [CONFIG],
      useFactory: ({ outbound }: Config) => new Mailer(outbound.smtp),
    },
  ],
  exports: [NotificationsWriter],
})
export class NotificationsModule {}
