import { Module } from '@nestjs/common';
import { RereadsReader } from './rereads.reader.js';
import { RereadsWriter } from './rereads.writer.js';

@Module({
  providers: [RereadsReader, RereadsWriter],
  exports: [RereadsReader, RereadsWriter],
})
export class RereadsModule {}
