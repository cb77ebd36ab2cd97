import { Module } from '@nestjs/common';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { AssignmentConfigReader } from './assignment-config.reader.js';
import { AssignmentsController } from './assignments.controller.js';
import { AssignmentsService } from './assignments.service.js';
import { OfrepStreamsController } from './ofrep-streams.controller.js';
import { OfrepStreamsService } from './ofrep-streams.service.js';

@Module({
  imports: [ExperimentsModule],
  controllers: [AssignmentsController, OfrepStreamsController],
  providers: [AssignmentConfigReader, AssignmentsService, OfrepStreamsService],
  exports: [AssignmentConfigReader],
})
export class AssignmentsModule {}
