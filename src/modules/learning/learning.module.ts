import { Module } from '@nestjs/common';
import { LearningReader } from './learning.reader.js';
import { LearningWriter } from './learning.writer.js';

@Module({
  providers: [LearningReader, LearningWriter],
  exports: [LearningReader, LearningWriter],
})
export class LearningModule {}
