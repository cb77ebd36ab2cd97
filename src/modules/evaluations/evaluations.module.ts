import { Module } from '@nestjs/common';
import { AnalyticsModule } from '../analytics/analytics.module.js';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { FeedsModule } from '../feeds/feeds.module.js';
import { EvaluationHistories } from './evaluation-histories.js';
import { EvaluationWriter } from './evaluation-writer.js';
import { EvaluationsController } from './evaluations.controller.js';
import { EvaluationsReader } from './evaluations.reader.js';
import { EvaluationsService } from './evaluations.service.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { RebuildRows } from './rebuilds/rebuild-rows.js';
import { RebuildRunner } from './rebuilds/rebuild-runner.js';
import { RebuildsController } from './rebuilds/rebuilds.controller.js';
import { RebuildsService } from './rebuilds/rebuilds.service.js';
import { RunNotices } from './run-notices.js';
import { ScheduledEvaluations } from './scheduled-evaluations.js';
import { SlotHistory } from './slot-history.js';
import { SlotRecorder } from './slot-recorder.js';
import { SlotRecords } from './slot-records.js';
import { SlotRunner } from './slot-runner.js';
import { SlotStore } from './slot-store.js';
import { StateChecks } from './state-checks.js';

@Module({
  imports: [AnalyticsModule, ExperimentsModule, FeedsModule, NotificationsModule],
  controllers: [EvaluationsController, RebuildsController],
  providers: [
    EvaluationsService,
    EvaluationsReader,
    EvaluationHistories,
    EvaluationWriter,
    RunNotices,
    SlotRecords,
    SlotRecorder,
    SlotHistory,
    SlotStore,
    SlotRunner,
    ScheduledEvaluations,
    StateChecks,
    RebuildsService,
    RebuildRows,
    RebuildRunner,
  ],
  exports: [EvaluationsReader],
})
export class EvaluationsModule {}
