import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { serveDocumentation } from './app.documentation.js';
import { AppModule } from './app.module.js';
import { bootstrapProject } from './modules/projects/bootstrap.js';
import type { Config } from './platform/config/config.js';
import { dataSourceOptions } from './platform/database/data-source-options.js';
import { DatabaseArrival } from './platform/database/database-arrival.js';
import { adoptLog, migrate, requireDurability } from './platform/database/prepare-database.js';
import { serveDirectRoutes } from './platform/http/direct-route.js';
import { createAdapter, installFrontDoor } from './platform/http/front-door.js';
import { logRequests } from './platform/http/request-log.js';
import { markSandbox } from './platform/http/sandbox-header.js';
import { createValidationPipe } from './platform/http/validation.js';
import { answerWrongMethods } from './platform/http/wrong-method.js';
import { ConfigChanges } from './platform/live/config-changes.js';
import type { Snapshot } from './platform/live/snapshot-file.js';
import { Logger } from './platform/logging/logger.js';
import { requireDeclaredAccess } from './platform/security/require-declared-access.js';

/** Schema and first rows, before anything is served; safe with several starters at once. */
export async function prepareDatabase(
  config: Config,
  databaseUrl: string,
  logger: Logger,
): Promise<void> {
  const source = await new DataSource(dataSourceOptions(databaseUrl)).initialize();
  try {
    const off = await requireDurability(source, config.allowUnsafeDurability);
    if (off.length > 0) logger.concern('the database may lose acknowledged writes', { off });
    await migrate(source);
    await adoptLog(source, logger);
    await source.transaction((manager) => bootstrapProject(manager, config.adminKey.secret));
  } finally {
    await source.destroy();
  }
}

/** A start without the database. */
export interface Outage {
  /** What an earlier process served. */
  snapshot: Snapshot;
  /** Makes the database ready as at any start; tried until it succeeds. */
  prepare: () => Promise<void>;
}

/**
 * The application, ready to listen: the same for the process, the tests and the API description.
 * In an outage it serves what was served before, and is whole once the database has come.
 * @throws Error when a route declares no access, or of the database
 */
export async function createApplication(
  config: Config,
  databaseUrl: string,
  logger: Logger = Logger.create(config.logLevel),
  outage: Outage | null = null,
): Promise<NestFastifyApplication> {
  const adapter = createAdapter();
  const fastify = adapter.getInstance();
  installFrontDoor(fastify);
  if (config.sandbox) markSandbox(fastify);
  answerWrongMethods(fastify);
  logRequests(fastify, logger);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config, databaseUrl, logger),
    adapter,
    { logger, bodyParser: false, abortOnError: false },
  );
  app.useGlobalPipes(createValidationPipe());
  requireDeclaredAccess(app);
  serveDirectRoutes(app);
  serveDocumentation(app);
  const arrival = app.get(DatabaseArrival);
  if (outage === null) await arrival.connect();
  await app.init();
  if (outage === null) {
    await arrival.arrive();
  } else {
    app.get(ConfigChanges).restore(outage.snapshot);
    arrival.await(outage.prepare);
  }
  await fastify.ready();
  return app;
}
