import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { HoldoutsModule } from '../holdouts/holdouts.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { PlansModule } from '../plans/plans.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { BodiesService } from './bodies.service.js';
import { CouldShowQuery } from './could-show.js';
import { DecideGateReader } from './decide-gate.reader.js';
import { DraftsService } from './drafts.service.js';
import { DryRunsService } from './dry-runs.service.js';
import { EnrolmentEnd } from './enrolment-end.js';
import { ExperimentLifecycleWriter } from './experiment-lifecycle.writer.js';
import { ExperimentViews } from './experiment-views.js';
import { ExperimentsController } from './experiments.controller.js';
import { ExperimentsQueries } from './experiments.queries.js';
import { ExperimentsReader } from './experiments.reader.js';
import { ExperimentsService } from './experiments.service.js';
import { EvidenceGapQueries } from './evidence-gap.queries.js';
import { EvidenceGapsService } from './evidence-gaps.service.js';
import { EvidenceStandingReader } from './evidence-standing.reader.js';
import { GateDecisionsWriter } from './gate-decisions.writer.js';
import { GateFactsQueries } from './gate-facts.queries.js';
import { GatesService } from './gates.service.js';
import { IdeasController } from './ideas.controller.js';
import { IdeasService } from './ideas.service.js';
import { ImpactsController } from './impacts.controller.js';
import { ImpactsService } from './impacts.service.js';
import { IntegrityController } from './integrity.controller.js';
import { IntegrityQueries } from './integrity.queries.js';
import { PlanInputs } from './plan-inputs.js';
import { PlanStore } from './plan-store.js';
import { ServedExperimentsReader } from './served-experiments.reader.js';
import { StandingLabelsReader } from './standing-labels.reader.js';

@Module({
  imports: [
    EvidenceModule,
    HoldoutsModule,
    MetricsModule,
    PlansModule,
    PoliciesModule,
    ProjectsModule,
  ],
  controllers: [IdeasController, ExperimentsController, ImpactsController, IntegrityController],
  providers: [
    ExperimentsReader,
    ServedExperimentsReader,
    ExperimentLifecycleWriter,
    ExperimentsService,
    ExperimentsQueries,
    GatesService,
    GateFactsQueries,
    BodiesService,
    DraftsService,
    DryRunsService,
    ExperimentViews,
    EvidenceGapQueries,
    EvidenceGapsService,
    ImpactsService,
    IntegrityQueries,
    PlanStore,
    PlanInputs,
    CouldShowQuery,
    GateDecisionsWriter,
    EvidenceStandingReader,
    DecideGateReader,
    StandingLabelsReader,
    IdeasService,
    EnrolmentEnd,
  ],
  exports: [
    DecideGateReader,
    StandingLabelsReader,
    ExperimentsReader,
    ServedExperimentsReader,
    EvidenceStandingReader,
    ExperimentLifecycleWriter,
    GateDecisionsWriter,
  ],
})
export class ExperimentsModule {}
