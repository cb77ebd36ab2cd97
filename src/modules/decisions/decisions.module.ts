import { Module } from '@nestjs/common';
import { EvaluationsModule } from '../evaluations/evaluations.module.js';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { GuardrailsModule } from '../guardrails/guardrails.module.js';
import { LearningModule } from '../learning/learning.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { RereadsModule } from '../rereads/rereads.module.js';
import { DecideInputs } from './decide-inputs.js';
import { DecisionFollowUp } from './decision-follow-up.js';
import { DecisionsController } from './decisions.controller.js';
import { DecisionsQueries } from './decisions.queries.js';
import { DecisionsService } from './decisions.service.js';
import { OverrideRequestsController } from './override-requests.controller.js';
import { OverrideRequestsQueries } from './override-requests.queries.js';
import { OverrideRequestsService } from './override-requests.service.js';
import { StandingLabelsQuery } from './standing-labels.js';

@Module({
  imports: [
    ExperimentsModule,
    EvaluationsModule,
    EvidenceModule,
    GuardrailsModule,
    LearningModule,
    PoliciesModule,
    ProjectsModule,
    RereadsModule,
  ],
  controllers: [DecisionsController, OverrideRequestsController],
  providers: [
    DecisionsService,
    DecisionsQueries,
    DecideInputs,
    DecisionFollowUp,
    OverrideRequestsService,
    OverrideRequestsQueries,
    StandingLabelsQuery,
  ],
})
export class DecisionsModule {}
