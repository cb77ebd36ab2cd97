import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { BrowserTrackingController } from './browser-tracking.controller.js';
import { TrackingController } from './tracking.controller.js';
import { TrackingService } from './tracking.service.js';

@Module({
  imports: [EventsModule, ExperimentsModule, ProjectsModule],
  controllers: [TrackingController, BrowserTrackingController],
  providers: [TrackingService],
})
export class TrackingModule {}
