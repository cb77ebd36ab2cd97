import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditLog } from './audit/audit-log.js';
import { Clock } from './clock/clock.js';
import type { Config } from './config/config.js';
import { CONFIG } from './config/config.token.js';
import { dataSourceOptions } from './database/data-source-options.js';
import { Transactions } from './database/transactions.js';
import { EventStreams } from './http/event-stream.js';
import { ProblemFilter } from './http/problem.filter.js';
import { Logger } from './logging/logger.js';
import { DueWorkRegistry } from './scheduling/due-work.js';
import { Jobs } from './scheduling/jobs.js';
import { MinuteTick } from './scheduling/minute-tick.js';
import { AccessGuard } from './security/access.guard.js';
import { Authentication } from './security/authentication.js';
import { KeyStore } from './security/key-store.js';
import { ParticipantKeys } from './security/participant-keys.js';

/** What every feature stands on; global, so that features import only one another. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot(config: Config, databaseUrl: string, logger: Logger): DynamicModule {
    return {
      module: PlatformModule,
      imports: [
        DiscoveryModule,
        TypeOrmModule.forRoot({ ...dataSourceOptions(databaseUrl), retryAttempts: 0 }),
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: Logger, useValue: logger },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AccessGuard },
        Transactions,
        Clock,
        AuditLog,
        KeyStore,
        Authentication,
        EventStreams,
        ParticipantKeys,
        Jobs,
        DueWorkRegistry,
        MinuteTick,
      ],
      exports: [
        CONFIG,
        Logger,
        Transactions,
        Clock,
        AuditLog,
        KeyStore,
        Authentication,
        EventStreams,
        ParticipantKeys,
        Jobs,
        DueWorkRegistry,
      ],
    };
  }
}
