import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module.js';
import { EvidenceReader } from './evidence.reader.js';
import { InsightsController } from './insights/insights.controller.js';
import { InsightsService } from './insights/insights.service.js';
import { InterviewsController } from './interviews/interviews.controller.js';
import { InterviewsService } from './interviews/interviews.service.js';
import { NegativeSearchesService } from './insights/negative-searches.service.js';
import { ParticipantsController } from './people/participants.controller.js';
import { ParticipantsService } from './people/participants.service.js';
import { QuestionsService } from './studies/questions.service.js';
import { QuotesService } from './interviews/quotes.service.js';
import { StudiesController } from './studies/studies.controller.js';
import { StudiesService } from './studies/studies.service.js';

@Module({
  imports: [MetricsModule],
  controllers: [
    ParticipantsController,
    StudiesController,
    InterviewsController,
    InsightsController,
  ],
  providers: [
    ParticipantsService,
    InterviewsService,
    QuotesService,
    QuestionsService,
    StudiesService,
    InsightsService,
    NegativeSearchesService,
    EvidenceReader,
  ],
  exports: [EvidenceReader],
})
export class EvidenceModule {}
