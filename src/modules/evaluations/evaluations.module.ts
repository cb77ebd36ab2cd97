import { Module } from '@nestjs/common';
import { AnalyticsModule } from '../analytics/analytics.module.js';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { EvaluationHistories } from './evaluation-histories.js';
import { EvaluationWriter } from './evaluation-writer.js';
import { EvaluationsController } from './evaluations.controller.js';
import { EvaluationsReader } from './evaluations.reader.js';
import { EvaluationsService } from './evaluations.service.js';
import { ScheduledEvaluations } from './scheduled-evaluations.js';
import { SlotRunner } from './slot-runner.js';
import { SlotStore } from './slot-store.js';

@Module({
  imports: [AnalyticsModule, ExperimentsModule],
  controllers: [EvaluationsController],
  providers: [
    EvaluationsService,
    EvaluationsReader,
    EvaluationHistories,
    EvaluationWriter,
    SlotStore,
    SlotRunner,
    ScheduledEvaluations,
  ],
  exports: [EvaluationsReader],
})
export class EvaluationsModule {}
