import { type DynamicModule, Module } from '@nestjs/common';
import { AssignmentsModule } from './modules/assignments/assignments.module.js';
import { GrowthBookModule } from './modules/assignments/growthbook/growthbook.module.js';
import { EvaluationsModule } from './modules/evaluations/evaluations.module.js';
import { EventsModule } from './modules/events/events.module.js';
import { AuditModule } from './modules/audit/audit.module.js';
import { BriefsModule } from './modules/briefs/briefs.module.js';
import { DecisionsModule } from './modules/decisions/decisions.module.js';
import { EvidenceModule } from './modules/evidence/evidence.module.js';
import { ExperimentsModule } from './modules/experiments/experiments.module.js';
import { GuardrailsModule } from './modules/guardrails/guardrails.module.js';
import { HealthModule } from './modules/health/health.module.js';
import { LearningModule } from './modules/learning/learning.module.js';
import { MetricsModule } from './modules/metrics/metrics.module.js';
import { NotificationsModule } from './modules/notifications/notifications.module.js';
import { PlansModule } from './modules/plans/plans.module.js';
import { PoliciesModule } from './modules/policies/policies.module.js';
import { ProjectsModule } from './modules/projects/projects.module.js';
import { RereadsModule } from './modules/rereads/rereads.module.js';
import { SandboxModule } from './modules/sandbox/sandbox.module.js';
import { StripeModule } from './modules/stripe/stripe.module.js';
import { TrackingModule } from './modules/tracking/tracking.module.js';
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
        PlansModule,
        PoliciesModule,
        EvidenceModule,
        ExperimentsModule,
        EventsModule,
        EvaluationsModule,
        GuardrailsModule,
        NotificationsModule,
        LearningModule,
        RereadsModule,
        DecisionsModule,
        BriefsModule,
        AuditModule,
        SandboxModule,
        AssignmentsModule,
        GrowthBookModule,
        TrackingModule,
        StripeModule,
      ],
    };
  }
}
