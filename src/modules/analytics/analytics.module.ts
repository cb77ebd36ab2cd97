import { Module } from '@nestjs/common';
import { AnalyticsStore } from './analytics-store.reader.js';
import { PostgresAnalyticsStore } from './postgres-analytics-store.js';

@Module({
  providers: [{ provide: AnalyticsStore, useClass: PostgresAnalyticsStore }],
  exports: [AnalyticsStore],
})
export class AnalyticsModule {}
