import { type DynamicModule, Module } from '@nestjs/common';
import { AssignmentsModule } from './modules/assignments/assignments.module.js';
import { EventsModule } from './modules/events/events.module.js';
import { EvidenceModule } from './modules/evidence/evidence.module.js';
import { ExperimentsModule } from './modules/experiments/experiments.module.js';
import { HealthModule } from './modules/health/health.module.js';
import { MetricsModule } from './modules/metrics/metrics.module.js';
import { ProjectsModule } from './modules/projects/projects.module.js';
import type { Config } from './platform/config/config.js';
import type { Logger } from './platform/logging/logger.js';
import { PlatformModule } from './platform/platform.module.js';

@Module({})
export class AppModule {
  static forRoot(config: Config, databaseUrl: string, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot(config, databaseUrl, logger),
        HealthModule,
        ProjectsModule,
        MetricsModule,
        EvidenceModule,
        ExperimentsModule,
        EventsModule,
        AssignmentsModule,
      ],
    };
  }
}
