import { Module } from '@nestjs/common';
import { AnalyticsModule } from '../analytics/analytics.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { PlansController } from './plans.controller.js';
import { PlansService } from './plans.service.js';
import { PowerPlansReader } from './power-plans.reader.js';

@Module({
  imports: [AnalyticsModule, MetricsModule, ProjectsModule],
  controllers: [PlansController],
  providers: [PlansService, PowerPlansReader],
  exports: [PowerPlansReader],
})
export class PlansModule {}
