import { Module } from '@nestjs/common';
import { NotificationsWriter } from './notifications.writer.js';

@Module({
  providers: [NotificationsWriter],
  exports: [NotificationsWriter],
})
export class NotificationsModule {}
