import { Module } from '@nestjs/common';
import { ProjectsController } from './projects.controller.js';
import { ProjectsReader } from './projects.reader.js';
import { ProjectsService } from './projects.service.js';

@Module({
  controllers: [ProjectsController],
  providers: [ProjectsService, ProjectsReader],
  exports: [ProjectsReader],
})
export class ProjectsModule {}
