import { Module } from '@nestjs/common';
import { ExperimentsModule } from '../experiments/experiments.module.js';
import { EventLog } from './event-log.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';
import { ExchangeRatesService } from './exchange-rates.service.js';

@Module({
  imports: [ExperimentsModule],
  controllers: [EventsController],
  providers: [EventsService, EventLog, ExchangeRatesService],
})
export class EventsModule {}
