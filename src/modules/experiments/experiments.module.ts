import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { PlansModule } from '../plans/plans.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { CouldShowQuery } from './could-show.js';
import { EnrolmentEnd } from './enrolment-end.js';
import { ExperimentLifecycleWriter } from './experiment-lifecycle.writer.js';
import { ExperimentsController } from './experiments.controller.js';
import { ExperimentsQueries } from './experiments.queries.js';
import { ExperimentsReader } from './experiments.reader.js';
import { ExperimentsService } from './experiments.service.js';
import { EvidenceStandingReader } from './evidence-standing.reader.js';
import { GateDecisionsWriter } from './gate-decisions.writer.js';
import { GatesService } from './gates.service.js';
import { IdeasController } from './ideas.controller.js';
import { IdeasService } from './ideas.service.js';

@Module({
  imports: [EvidenceModule, MetricsModule, PlansModule, ProjectsModule],
  controllers: [IdeasController, ExperimentsController],
  providers: [
    ExperimentsReader,
    ExperimentLifecycleWriter,
    ExperimentsService,
    ExperimentsQueries,
    GatesService,
    CouldShowQuery,
    GateDecisionsWriter,
    EvidenceStandingReader,
    IdeasService,
    EnrolmentEnd,
  ],
  exports: [
    ExperimentsReader,
    EvidenceStandingReader,
    ExperimentLifecycleWriter,
    GateDecisionsWriter,
  ],
})
export class ExperimentsModule {}
