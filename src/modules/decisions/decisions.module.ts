import { Module } from '@nestjs/common';
import { EvaluationsModule } from '../evaluations/evaluations.module.js';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { GuardrailsModule } from '../guardrails/guardrails.module.js';
import { LearningModule } from '../learning/learning.module.js';
import { RereadsModule } from '../rereads/rereads.module.js';
import { DecideInputs } from './decide-inputs.js';
import { DecisionsController } from './decisions.controller.js';
import { DecisionsQueries } from './decisions.queries.js';
import { DecisionsService } from './decisions.service.js';

@Module({
  imports: [
    ExperimentsModule,
    EvaluationsModule,
    EvidenceModule,
    GuardrailsModule,
    LearningModule,
    RereadsModule,
  ],
  controllers: [DecisionsController],
  providers: [DecisionsService, DecisionsQueries, DecideInputs],
})
export class DecisionsModule {}
