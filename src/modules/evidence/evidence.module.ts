import { Module } from '@nestjs/common';
import { EvidenceReader } from './evidence.reader.js';
import { InsightsController } from './insights.controller.js';
import { InsightsService } from './insights.service.js';
import { InterviewsController } from './interviews.controller.js';
import { InterviewsService } from './interviews.service.js';
import { NegativeSearchesService } from './negative-searches.service.js';
import { ParticipantsController } from './participants.controller.js';
import { ParticipantsService } from './participants.service.js';
import { QuotesService } from './quotes.service.js';

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
