import { Module } from '@nestjs/common';
import { AnalyticsModule } from '../analytics/analytics.module.js';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { LearningModule } from '../learning/learning.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { DueRereads } from './due-rereads.js';
import { ProgrammeController } from './programme.controller.js';
import { ProgrammeQueries } from './programme.queries.js';
import { RereadComputation } from './reread-computation.js';
import { RereadRunner } from './reread-runner.js';
import { RereadStore } from './reread-store.js';
import { RereadsController } from './rereads.controller.js';
import { RereadsReader } from './rereads.reader.js';
import { RereadsService } from './rereads.service.js';
import { RereadsWriter } from './rereads.writer.js';

@Module({
  imports: [
    AnalyticsModule,
    ExperimentsModule,
    LearningModule,
    NotificationsModule,
    ProjectsModule,
  ],
  controllers: [RereadsController, ProgrammeController],
  providers: [
    RereadsReader,
    RereadsWriter,
    RereadsService,
    ProgrammeQueries,
    RereadStore,
    RereadComputation,
    RereadRunner,
    DueRereads,
  ],
  exports: [RereadsReader, RereadsWriter],
})
export class RereadsModule {}
