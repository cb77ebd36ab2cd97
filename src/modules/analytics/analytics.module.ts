import { Module } from '@nestjs/common';
import { AnalyticsStore } from './analytics-store.reader.js';
import { ExperimentStates } from './experiment-states.js';
import { PostgresAnalyticsStore } from './postgres-analytics-store.js';

@Module({
  providers: [ExperimentStates, { provide: AnalyticsStore, useClass: PostgresAnalyticsStore }],
  exports: [AnalyticsStore],
})
export class AnalyticsModule {}
