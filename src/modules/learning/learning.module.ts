import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { DueFollowUps } from './due-follow-ups.js';
import { FollowUpKeeper } from './follow-up-keeper.js';
import { FollowUpOpener } from './follow-up-opener.js';
import { FollowUpRows } from './follow-up-rows.js';
import { FollowUpsService } from './follow-ups.service.js';
import { InsightEffects } from './insight-effects.js';
import { LearnedRows } from './learned-rows.js';
import { LearningController } from './learning.controller.js';
import { LearningReader } from './learning.reader.js';
import { LearningService } from './learning.service.js';
import { LearningWriter } from './learning.writer.js';

@Module({
  imports: [EvidenceModule, ExperimentsModule, NotificationsModule],
  controllers: [LearningController],
  providers: [
    LearningReader,
    LearningWriter,
    LearningService,
    LearnedRows,
    InsightEffects,
    FollowUpRows,
    FollowUpOpener,
    FollowUpKeeper,
    FollowUpsService,
    DueFollowUps,
  ],
  exports: [LearningReader, LearningWriter],
})
export class LearningModule {}
