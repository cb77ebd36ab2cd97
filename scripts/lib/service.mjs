import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../build-state.mjs';

/** A first start builds, and creates a database. */
const READY_TIMEOUT_MS = 180_000;
const POLL_MS = 100;
const STOP_TIMEOUT_MS = 30_000;

/**
 * @typedef {object} Service
 * @property {string} url
 * @property {string} key Secret key with every scope.
 * @property {string} dataDir
 * @property {() => Promise<void>} stop Ends the service and removes its data directory.
 * @property {Promise<number | null>} ended Exit code, when it ends.
 */

/**
 * Starts a sandbox in a data directory of its own and waits until it serves.
 * @param {{ port?: number }} [options] `port` defaults to `PORT`, then 3000; 0 takes a free one.
 * @returns {Promise<Service>}
 */
export async function startSandbox(options = {}) {
  const wanted = options.port ?? Number(process.env.PORT ?? '3000');
  const port = wanted === 0 ? await freePort() : wanted;
  const url = `http://127.0.0.1:${port}`;
  await refuseTakenPort(port);
  const dataDir = mkdtempSync(join(tmpdir(), 'becausal-sandbox-'));
  const key = `sk_${randomBytes(8).toString('hex')}_${randomBytes(24).toString('base64url')}`;
  const environment = { ...process.env };
  // A sandbox has its own database and its own secrets, whatever this shell is set up for.
  delete environment.DATABASE_URL;
  delete environment.BECAUSAL_MASTER_KEY;
  const child = spawn(process.execPath, [join(ROOT, 'scripts', 'start.mjs')], {
    cwd: ROOT,
    // A group of its own: Ctrl-C reaches the story first, which then stops the service in order.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...environment,
      PORT: String(port),
      BECAUSAL_DATA_DIR: dataDir,
      BECAUSAL_SANDBOX: '1',
      BECAUSAL_ADMIN_KEY: key,
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    },
  });
  const ended = new Promise((done) => child.once('exit', (code) => done(code)));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(late);
    }
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await untilReady(url, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, key, dataDir, stop, ended };
}

async function untilReady(url, child) {
  for (let waitedMs = 0; waitedMs < READY_TIMEOUT_MS; waitedMs += POLL_MS) {
    if (child.exitCode !== null) throw new Error('The service did not start; its reason is above.');
    try {
      const answer = await fetch(`${url}/health/ready`);
      // Degraded is ready too, for assignment alone.
      if ((await answer.json()).status === 'ok') return;
    } catch {
      // Not listening yet.
    }
    await sleep(POLL_MS);
  }
  throw new Error('The service did not become ready in time.');
}

function freePort() {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => found(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Something else that listens would answer in the service's place. */
function refuseTakenPort(port) {
  return new Promise((free, taken) => {
    const probe = createServer();
    probe.once('error', () => {
      taken(new Error(`Port ${port} is in use: stop what uses it, or choose one with --port.`));
    });
    probe.listen(port, () => probe.close(() => free()));
  });
}
