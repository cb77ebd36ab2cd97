import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from './config-error.js';

/**
 * One service per data directory: a second one would stop the first one's database. A service that
 * was killed leaves its mark behind; the mark of a process that is gone counts for nothing.
 * @returns a function that gives the directory up
 * @throws ConfigError when another live service holds it
 */
export function claimDataDir(dataDir: string): () => void {
  const file = resolve(dataDir, 'service.pid');
  if (existsSync(file)) {
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid !== process.pid && isNode(pid)) {
      throw new ConfigError(
        `process ${pid} already serves the data directory ${dataDir}: ` +
          'stop it, or set BECAUSAL_DATA_DIR to another one',
      );
    }
  }
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

function isNode(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
  const cmdline = `/proc/${pid}/cmdline`;
  // The system may have given the number to another program since.
  return !existsSync(cmdline) || /(main\.js|start\.mjs)\0/.test(readFileSync(cmdline, 'utf8'));
}
