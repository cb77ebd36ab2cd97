import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module.js';
import { DossierQuotes } from './dossier/dossier-quotes.js';
import { EvidenceReader } from './evidence.reader.js';
import { EvidenceEntriesService } from './insights/evidence-entries.service.js';
import { InsightsController } from './insights/insights.controller.js';
import { InsightsService } from './insights/insights.service.js';
import { InterviewsController } from './interviews/interviews.controller.js';
import { Codebook } from './interviews/codebook.js';
import { InterviewsService } from './interviews/interviews.service.js';
import { QuoteAnchors } from './interviews/quote-anchors.js';
import { RedactionsService } from './interviews/redactions.service.js';
import { StudyQuotesController } from './interviews/study-quotes.controller.js';
import { TranscriptFilesService } from './interviews/transcript-files.service.js';
import { TranscriptsService } from './interviews/transcripts.service.js';
import { TranscriptStore } from './interviews/transcript-store.js';
import { NegativeSearchesService } from './insights/negative-searches.service.js';
import { ReadingsService } from './insights/readings.service.js';
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
    StudyQuotesController,
    InsightsController,
  ],
  providers: [
    ParticipantsService,
    InterviewsService,
    TranscriptStore,
    TranscriptsService,
    TranscriptFilesService,
    RedactionsService,
    QuoteAnchors,
    Codebook,
    QuotesService,
    QuestionsService,
    StudiesService,
    InsightsService,
    EvidenceEntriesService,
    ReadingsService,
    NegativeSearchesService,
    DossierQuotes,
    EvidenceReader,
  ],
  exports: [EvidenceReader],
})
export class EvidenceModule {}
