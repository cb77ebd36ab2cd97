import { Module } from '@nestjs/common';
import { EvaluationsModule } from '../evaluations/evaluations.module.js';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { GuardrailAnswersReader } from './guardrail-answers.reader.js';
import { GuardrailsController } from './guardrails.controller.js';
import { GuardrailsService } from './guardrails.service.js';

@Module({
  imports: [EvaluationsModule, ExperimentsModule, ProjectsModule],
  controllers: [GuardrailsController],
  providers: [GuardrailAnswersReader, GuardrailsService],
  exports: [GuardrailAnswersReader],
})
export class GuardrailsModule {}
