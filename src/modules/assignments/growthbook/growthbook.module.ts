import { Module } from '@nestjs/common';
import { EventsModule } from '../../events/events.module.js';
import { ExperimentsModule } from '../../experiments/experiments.module.js';
import { AssignmentsModule } from '../assignments.module.js';
import { GrowthBookTrackingController } from './growthbook-tracking.controller.js';
import { GrowthBookTracking } from './growthbook-tracking.service.js';
import { GrowthBookController } from './growthbook.controller.js';
import { GrowthBookService } from './growthbook.service.js';

/** GrowthBook SDKs: features, changes, remote evaluation, and the tracking plugin. */
@Module({
  imports: [AssignmentsModule, EventsModule, ExperimentsModule],
  controllers: [GrowthBookController, GrowthBookTrackingController],
  providers: [GrowthBookService, GrowthBookTracking],
})
export class GrowthBookModule {}
