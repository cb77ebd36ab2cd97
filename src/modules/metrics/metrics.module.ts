import { Module } from '@nestjs/common';
import { MetricsController } from './metrics.controller.js';
import { MetricsReader } from './metrics.reader.js';
import { MetricsService } from './metrics.service.js';

@Module({
  controllers: [MetricsController],
  providers: [MetricsService, MetricsReader],
  exports: [MetricsReader],
})
export class MetricsModule {}
