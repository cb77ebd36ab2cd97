import { Module } from '@nestjs/common';
import { NoticeStore } from './notice-store.js';
import { NotificationsWriter } from './notifications.writer.js';

@Module({
  providers: [NoticeStore, NotificationsWriter],
  exports: [NotificationsWriter],
})
export class NotificationsModule {}
