import { Module } from '@nestjs/common';
import { NoticeStore } from './notice-store.js';
import { NotificationsController } from './notifications.controller.js';
import { NotificationsService } from './notifications.service.js';
import { NotificationsWriter } from './notifications.writer.js';

@Module({
  controllers: [NotificationsController],
  providers: [NoticeStore, NotificationsService, NotificationsWriter],
  exports: [NotificationsWriter],
})
export class NotificationsModule {}
