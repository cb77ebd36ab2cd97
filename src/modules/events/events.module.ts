import { Module } from '@nestjs/common';
import { ForcedVariantsModule } from '../assignments/forced/forced-variants.module.js';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { DeadLetterBox } from './dead-letter-box.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { EventIntake } from './event-intake.writer.js';
import { EventLog } from './event-log.js';
import { EventRetention } from './event-retention.js';
import { EventSpaces } from './event-spaces.js';
import { EventStore } from './event-store.js';
import { EventWeeks } from './event-weeks.js';
import { EventsController } from './events.controller.js';
import { ExchangeRatesService } from './exchange-rates.service.js';
import { EventFiles } from './imports/event-files.js';
import { EventImportsController } from './imports/event-imports.controller.js';
import { EventImports } from './imports/event-imports.service.js';
import { ImportRows } from './imports/import-rows.js';
import { LateUnits } from './late-units.writer.js';
import { UnitErasure } from './unit-erasure.js';
import { UnitErasureController } from './unit-erasure.controller.js';
import { UnitRate } from './unit-rate.js';

@Module({
  imports: [ExperimentsModule, ForcedVariantsModule],
  controllers: [
    EventsController,
    EventImportsController,
    DeadLettersController,
    UnitErasureController,
  ],
  providers: [
    EventIntake,
    EventStore,
    EventLog,
    EventSpaces,
    EventWeeks,
    UnitRate,
    DeadLetterBox,
    UnitErasure,
    EventRetention,
    ExchangeRatesService,
    EventFiles,
    EventImports,
    ImportRows,
    LateUnits,
  ],
  exports: [EventIntake, LateUnits],
})
export class EventsModule {}
