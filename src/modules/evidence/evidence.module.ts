import { Module } from '@nestjs/common';
import { EvidenceReader } from './evidence.reader.js';
import { InsightsController } from './insights/insights.controller.js';
import { InsightsService } from './insights/insights.service.js';
import { InterviewsController } from './interviews/interviews.controller.js';
import { InterviewsService } from './interviews/interviews.service.js';
import { NegativeSearchesService } from './insights/negative-searches.service.js';
import { ParticipantsController } from './people/participants.controller.js';
import { ParticipantsService } from './people/participants.service.js';
import { QuotesService } from './interviews/quotes.service.js';

@Module({
  controllers: [ParticipantsController, InterviewsController, InsightsController],
  providers: [
    ParticipantsService,
    InterviewsService,
    QuotesService,
    InsightsService,
    NegativeSearchesService,
    EvidenceReader,
  ],
  exports: [EvidenceReader],
})
export class EvidenceModule {}
