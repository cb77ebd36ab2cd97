import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { prepareDatabase } from '../../src/app.setup.js';
import { startEmbeddedCluster } from '../../src/platform/database/embedded-cluster.js';
import { Logger } from '../../src/platform/logging/logger.js';
import { TEMPLATE, withDatabaseName } from './database.js';
import { testConfig } from './test-config.js';

/**
 * One PostgreSQL a run, and in it one template database, migrated as production migrates; every
 * spec file works on a clone of its own. fsync is off here because the data is thrown away.
 */
export default async function globalSetup(): Promise<void> {
  if (process.env['BECAUSAL_TEST_CLUSTER'] !== undefined) return;
  let url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) {
    const dataDir = mkdtempSync(join(tmpdir(), 'becausal-test-'));
    const cluster = await startEmbeddedCluster({
      dataDir,
      settings: ['fsync=off', 'full_page_writes=off', 'max_connections=300'],
    });
    globalThis.becausalTestCluster = { cluster, dataDir };
    url = cluster.url;
  }
  process.env['BECAUSAL_TEST_CLUSTER'] = url;
  const admin = new Client(url);
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await admin.end();
  await prepareDatabase(testConfig(), withDatabaseName(url, TEMPLATE), Logger.create('silent'));
}

declare global {
  var becausalTestCluster:
    { cluster: Awaited<ReturnType<typeof startEmbeddedCluster>>; dataDir: string } | undefined;
}
