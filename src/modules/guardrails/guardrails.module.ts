import { Module } from '@nestjs/common';
import { GuardrailAnswersReader } from './guardrail-answers.reader.js';

@Module({
  providers: [GuardrailAnswersReader],
  exports: [GuardrailAnswersReader],
})
export class GuardrailsModule {}
