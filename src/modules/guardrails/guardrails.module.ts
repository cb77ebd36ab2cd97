import { Module } from '@nestjs/common';
import { ProjectsModule } from '../projects/projects.module.js';
import { GuardrailAnswersReader } from './guardrail-answers.reader.js';

@Module({
  imports: [ProjectsModule],
  providers: [GuardrailAnswersReader],
  exports: [GuardrailAnswersReader],
})
export class GuardrailsModule {}
