import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ROOT } from './build-state.mjs';

/** A module of the service as it was built. */
export function built(path) {
  return import(pathToFileURL(join(ROOT, 'dist', 'src', path)).href);
}

/**
 * Builds if needed, then runs `work` on an empty PostgreSQL that is gone afterwards.
 * @param work receives `{ config, url, logger }`, ready for `createApplication`
 */
export async function onThrowAwayDatabase(work) {
  if (!(await ensureBuilt('dist'))) throw new Error('the build failed');
  const { loadConfig } = await built('platform/config/config.js');
  const { startEmbeddedCluster } = await built('platform/database/embedded-cluster.js');
  const { Logger } = await built('platform/logging/logger.js');
  const dataDir = mkdtempSync(join(tmpdir(), 'becausal-throw-away-'));
  try {
    const config = loadConfig({
      BECAUSAL_DATA_DIR: dataDir,
      BECAUSAL_SANDBOX: '1',
      BECAUSAL_ALLOW_UNSAFE_DURABILITY: '1',
      BECAUSAL_WORKER: '0',
      LOG_LEVEL: 'silent',
    });
    const cluster = await startEmbeddedCluster({
      dataDir,
      settings: ['fsync=off', 'full_page_writes=off'],
    });
    try {
      return await work({ config, url: cluster.url, logger: Logger.create('silent') });
    } finally {
      await cluster.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
