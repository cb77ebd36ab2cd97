import { Module } from '@nestjs/common';
import { EvaluationsModule } from '../evaluations/evaluations.module.js';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { BriefsController } from './briefs.controller.js';
import { BriefsService } from './briefs.service.js';

@Module({
  imports: [EvidenceModule, EvaluationsModule, ExperimentsModule, ProjectsModule],
  controllers: [BriefsController],
  providers: [BriefsService],
})
export class BriefsModule {}
