import { Module } from '@nestjs/common';
import { ExperimentsModule } from '../../experiments/experiments.module.js';
import { ForcedVariantsController } from './forced-variants.controller.js';
import { ForcedVariantsService } from './forced-variants.service.js';
import { ForcedVariantsWriter } from './forced-variants.writer.js';

@Module({
  imports: [ExperimentsModule],
  controllers: [ForcedVariantsController],
  providers: [ForcedVariantsService, ForcedVariantsWriter],
  exports: [ForcedVariantsWriter],
})
export class ForcedVariantsModule {}
