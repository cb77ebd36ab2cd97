import { Module } from '@nestjs/common';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { AssignmentConfigReader } from './assignment-config.reader.js';
import { AssignmentsController } from './assignments.controller.js';
import { AssignmentsService } from './assignments.service.js';

@Module({
  imports: [ExperimentsModule],
  controllers: [AssignmentsController],
  providers: [AssignmentConfigReader, AssignmentsService],
  exports: [AssignmentConfigReader],
})
export class AssignmentsModule {}
