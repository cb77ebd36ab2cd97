import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { DossierQuotes } from './dossier/dossier-quotes.js';
import { ImportsController } from './imports/imports.controller.js';
import { RefiImportsService } from './imports/refi-imports.service.js';
import { SessionWriter } from './imports/session-writer.js';
import { SpeakerSheetsService } from './imports/speaker-sheets.service.js';
import { StudyImportsService } from './imports/study-imports.service.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { EvidenceReader } from './evidence.reader.js';
import { EvidenceWriter } from './evidence.writer.js';
import { ExposedPeopleReader } from './exposed-people.reader.js';
import { EvidenceEntriesService } from './insights/evidence-entries.service.js';
import { InsightStrengthService } from './insights/insight-strength.service.js';
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
import { FreeText } from './people/free-text.js';
import { ParticipantErasure } from './people/participant-erasure.js';
import { ParticipantExport } from './people/participant-export.js';
import { ParticipantIdentities } from './people/participant-identities.js';
import { ParticipantPairs } from './people/participant-pairs.js';
import { ParticipantReconsents } from './people/participant-reconsents.js';
import { ParticipantRetention } from './people/participant-retention.js';
import { ParticipantReviewsController } from './people/participant-reviews.controller.js';
import { ParticipantSketches } from './people/participant-sketches.js';
import { ParticipantWords } from './people/participant-words.js';
import { ParticipantsController } from './people/participants.controller.js';
import { ParticipantsService } from './people/participants.service.js';
import { QuestionsService } from './studies/questions.service.js';
import { QuotesService } from './interviews/quotes.service.js';
import { CoverageService } from './studies/coverage.service.js';
import { LedgerService } from './studies/ledger.service.js';
import { SaturationService } from './studies/saturation.service.js';
import { StudyEvidenceController } from './studies/study-evidence.controller.js';
import { StudiesController } from './studies/studies.controller.js';
import { StudiesService } from './studies/studies.service.js';

@Module({
  imports: [MetricsModule, PoliciesModule, ProjectsModule],
  controllers: [
    ParticipantReviewsController,
    ParticipantsController,
    StudiesController,
    StudyEvidenceController,
    InterviewsController,
    StudyQuotesController,
    ImportsController,
    InsightsController,
  ],
  providers: [
    ParticipantsService,
    ParticipantIdentities,
    ParticipantPairs,
    ParticipantSketches,
    ParticipantWords,
    FreeText,
    ParticipantErasure,
    ParticipantExport,
    ParticipantReconsents,
    ParticipantRetention,
    InterviewsService,
    SessionWriter,
    StudyImportsService,
    RefiImportsService,
    SpeakerSheetsService,
    TranscriptStore,
    TranscriptsService,
    TranscriptFilesService,
    RedactionsService,
    QuoteAnchors,
    Codebook,
    QuotesService,
    QuestionsService,
    StudiesService,
    CoverageService,
    LedgerService,
    SaturationService,
    InsightsService,
    EvidenceEntriesService,
    InsightStrengthService,
    ReadingsService,
    NegativeSearchesService,
    DossierQuotes,
    EvidenceReader,
    EvidenceWriter,
    ExposedPeopleReader,
  ],
  exports: [EvidenceReader, EvidenceWriter, ExposedPeopleReader],
})
export class EvidenceModule {}
