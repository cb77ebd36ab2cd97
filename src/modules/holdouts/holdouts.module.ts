import { Module } from '@nestjs/common';
import { HoldoutsController } from './holdouts.controller.js';
import { HoldoutsReader } from './holdouts.reader.js';
import { HoldoutsService } from './holdouts.service.js';

@Module({
  controllers: [HoldoutsController],
  providers: [HoldoutsService, HoldoutsReader],
  exports: [HoldoutsReader],
})
export class HoldoutsModule {}
