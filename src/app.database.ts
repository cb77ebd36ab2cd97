import { type Outage, prepareDatabase } from './app.setup.js';
import type { Config } from './platform/config/config.js';
import { isDatabaseAway } from './platform/database/database-away.js';
import { embeddedCluster } from './platform/database/embedded-cluster.js';
import { readSnapshot, snapshotIdentity } from './platform/live/snapshot-file.js';
import type { Logger } from './platform/logging/logger.js';

/** The database of the process, wherever it runs. */
export interface AppDatabase {
  url: string;
  /** Starts it where it is our own, and makes it ready. May be called again when it has failed. */
  prepare(): Promise<void>;
  stop(): Promise<void>;
}

/** The database that the settings name; nothing is started or asked yet. */
export async function databaseOf(config: Config, logger: Logger): Promise<AppDatabase> {
  const { databaseUrl, dataDir } = config;
  if (databaseUrl !== null) {
    return {
      url: databaseUrl,
      prepare: () => prepareDatabase(config, databaseUrl, logger),
      stop: () => Promise.resolve(),
    };
  }
  const cluster = await embeddedCluster({
    dataDir,
    onDeath: (code) => logger.failure('the embedded database has ended', null, { code }),
  });
  return {
    url: cluster.url,
    prepare: async () => {
      await cluster.start();
      await prepareDatabase(config, cluster.url, logger);
    },
    stop: () => cluster.stop(),
  };
}

/**
 * Makes the database ready, and answers null; or, where it is away and an earlier process has kept
 * what it served, how to start without it.
 * @throws Error of the database, when there is nothing to serve without it
 */
export async function preparedOrOutage(
  { prepare }: AppDatabase,
  config: Config,
  logger: Logger,
): Promise<Outage | null> {
  try {
    await prepare();
    return null;
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    const found = readSnapshot(snapshotIdentity(config), new Date());
    if ('snapshot' in found) return { snapshot: found.snapshot, prepare };
    logger.concern('the database is away, and the snapshot cannot be served instead', {
      reason: found.refused,
    });
    throw error;
  }
}
