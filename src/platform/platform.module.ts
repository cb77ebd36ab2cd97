import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditLog } from './audit/audit-log.js';
import { Clock } from './clock/clock.js';
import type { Config } from './config/config.js';
import { CONFIG } from './config/config.token.js';
import { dataSourceOptions } from './database/data-source-options.js';
import { DatabaseArrival } from './database/database-arrival.js';
import { Transactions } from './database/transactions.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';
import { IdempotentAnswers } from './idempotency/idempotent-answers.js';
import { EventStreams } from './http/event-stream.js';
import { AssignmentLimit } from './http/rate-limit.js';
import { ProblemFilter } from './http/problem.filter.js';
import { ConfigChangePruning } from './live/config-change-pruning.js';
import { ConfigChanges } from './live/config-changes.js';
import { OwnWritesInterceptor } from './live/own-writes.interceptor.js';
import { Logger } from './logging/logger.js';
import { DueWorkRegistry } from './scheduling/due-work.js';
import { Jobs } from './scheduling/jobs.js';
import { MinuteTick } from './scheduling/minute-tick.js';
import { AccessGuard } from './security/access.guard.js';
import { Authentication } from './security/authentication.js';
import { KeyStore } from './security/key-store.js';
import { ParticipantKeys } from './security/participant-keys.js';
import { StreamTokens } from './security/stream-tokens.js';

/** What every feature stands on; global, so that features import only one another. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot(config: Config, databaseUrl: string, logger: Logger): DynamicModule {
    return {
      module: PlatformModule,
      imports: [
        DiscoveryModule,
        // Connected by DatabaseArrival, now or later: a start must not hang on the database.
        TypeOrmModule.forRoot({
          ...dataSourceOptions(databaseUrl),
          retryAttempts: 0,
          manualInitialization: true,
        }),
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: Logger, useValue: logger },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AccessGuard },
        // The outer one first: what is served is brought up to date once all is committed.
        { provide: APP_INTERCEPTOR, useClass: OwnWritesInterceptor },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        DatabaseArrival,
        ConfigChanges,
        ConfigChangePruning,
        Transactions,
        Clock,
        AuditLog,
        KeyStore,
        Authentication,
        EventStreams,
        StreamTokens,
        AssignmentLimit,
        ParticipantKeys,
        IdempotentAnswers,
        Jobs,
        DueWorkRegistry,
        MinuteTick,
      ],
      exports: [
        CONFIG,
        Logger,
        DatabaseArrival,
        ConfigChanges,
        Transactions,
        Clock,
        AuditLog,
        KeyStore,
        Authentication,
        EventStreams,
        StreamTokens,
        AssignmentLimit,
        ParticipantKeys,
        IdempotentAnswers,
        Jobs,
        DueWorkRegistry,
      ],
    };
  }
}
