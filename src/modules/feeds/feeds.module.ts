import { Module } from '@nestjs/common';
import { FeedsController } from './feeds.controller.js';
import { FeedsReader } from './feeds.reader.js';
import { FeedsService } from './feeds.service.js';

@Module({
  controllers: [FeedsController],
  providers: [FeedsService, FeedsReader],
  exports: [FeedsReader],
})
export class FeedsModule {}
