import { type AppDatabase, databaseOf, preparedOrOutage } from './app.database.js';
import { createApplication, type Outage } from './app.setup.js';
import { claimDataDir } from './platform/config/claim-data-dir.js';
import { ConfigError } from './platform/config/config-error.js';
import { type Config, environment, loadConfig } from './platform/config/config.js';
import { Logger } from './platform/logging/logger.js';

/** Waits this long for requests in flight before the process ends anyway. */
const SHUTDOWN_MS = 15_000;

async function main(): Promise<void> {
  const config = loadConfig(environment());
  const logger = Logger.create(config.logLevel);
  const release = config.databaseUrl === null ? claimDataDir(config.dataDir) : () => undefined;
  let database: AppDatabase | null = null;
  let outage: Outage | null = null;
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.fact('stopping', { signal });
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
    await app?.close();
    await database?.stop();
    release();
    process.exit(0);
  };
  let app: Awaited<ReturnType<typeof createApplication>> | null = null;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void stop(signal));
  }
  try {
    database = await databaseOf(config, logger);
    outage = await preparedOrOutage(database, config, logger);
    app = await createApplication(config, database.url, logger, outage);
    await app.listen(config.port, config.host);
  } catch (error) {
    await database?.stop();
    release();
    throw error;
  }
  greet(await app.getUrl(), config, outage);
}

/** What a person who has just started the service wants to know; the key is shown this once. */
function greet(url: string, config: Config, outage: Outage | null): void {
  const at = url
    .replace('[::1]', 'localhost')
    .replace('0.0.0.0', 'localhost')
    .replace('127.0.0.1', 'localhost');
  const lines = [
    '',
    `Becausal is ready at ${at}`,
    `  API description   ${at}/docs`,
    `  health            ${at}/health/ready`,
  ];
  if (outage !== null) {
    lines.push(
      `  without database  assignment is served as of ${outage.snapshot.readAt}; the rest follows`,
    );
  }
  if (config.adminKey.generated) {
    lines.push(
      `  admin key         ${config.adminKey.secret}`,
      '                    (shown once; kept in the data directory as admin.key)',
    );
  }
  if (config.sandbox)
    lines.push('  sandbox           the clock can be moved; nothing here is real');
  lines.push('  a story to look at: npm run demo', '');
  process.stdout.write(`${lines.join('\n')}\n`);
}

main().catch((error: unknown) => {
  const text =
    error instanceof ConfigError ? error.message : String((error as Error).stack ?? error);
  process.stderr.write(`Becausal does not start: ${text}\n`);
  process.exit(1);
});
