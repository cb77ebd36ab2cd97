import { Module } from '@nestjs/common';
import { ProjectsModule } from '../projects/projects.module.js';
import { PoliciesController } from './policies.controller.js';
import { PoliciesReader } from './policies.reader.js';
import { PoliciesService } from './policies.service.js';

@Module({
  imports: [ProjectsModule],
  controllers: [PoliciesController],
  providers: [PoliciesService, PoliciesReader],
  exports: [PoliciesReader],
})
export class PoliciesModule {}
