import { Module } from '@nestjs/common';
import { EvaluationsModule } from '../evaluations/evaluations.module.js';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { GuardrailsModule } from '../guardrails/guardrails.module.js';
import { LearningModule } from '../learning/learning.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { RereadsModule } from '../rereads/rereads.module.js';
import { BriefAftermath } from './brief-aftermath.js';
import { BriefEvidence } from './brief-evidence.js';
import { BriefRecordsQueries } from './brief-records.queries.js';
import { BriefsController } from './briefs.controller.js';
import { BriefsService } from './briefs.service.js';

@Module({
  imports: [
    EvidenceModule,
    EvaluationsModule,
    ExperimentsModule,
    GuardrailsModule,
    LearningModule,
    PoliciesModule,
    ProjectsModule,
    RereadsModule,
  ],
  controllers: [BriefsController],
  providers: [BriefsService, BriefEvidence, BriefAftermath, BriefRecordsQueries],
})
export class BriefsModule {}
