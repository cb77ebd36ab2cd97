import { Module } from '@nestjs/common';
import { AnalyticsModule } from '../analytics/analytics.module.js';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { LearningModule } from '../learning/learning.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { DueRereads } from './due-rereads.js';
import { RereadComputation } from './reread-computation.js';
import { RereadRunner } from './reread-runner.js';
import { RereadStore } from './reread-store.js';
import { RereadsReader } from './rereads.reader.js';
import { RereadsWriter } from './rereads.writer.js';

@Module({
  imports: [AnalyticsModule, ExperimentsModule, LearningModule, NotificationsModule],
  providers: [
    RereadsReader,
    RereadsWriter,
    RereadStore,
    RereadComputation,
    RereadRunner,
    DueRereads,
  ],
  exports: [RereadsReader, RereadsWriter],
})
export class RereadsModule {}
