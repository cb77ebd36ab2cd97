import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import {
  type EmbeddedCluster,
  startEmbeddedCluster,
} from '../../src/platform/database/embedded-cluster.js';
import { PostgresProxy } from './postgres-proxy.js';
import { type ServiceProcess, startedService } from './service-process.js';
import { ADMIN_KEY, testConfig } from './test-config.js';

const PATIENCE_MS = 30_000;
const PAUSE_MS = 20;

/**
 * The service as it is shipped, a PostgreSQL of its own that keeps what it promised, and a proxy
 * between them: all of it can be killed and comes back.
 */
export class CrashWorld {
  service: ServiceProcess;
  private isServed = false;

  private constructor(
    private readonly dataDir: string,
    private cluster: EmbeddedCluster,
    readonly proxy: PostgresProxy,
  ) {}

  /** With durability on: the service refuses to start otherwise, since nothing allows it here. */
  static async start(): Promise<CrashWorld> {
    const dataDir = mkdtempSync(join(tmpdir(), 'becausal-crash-'));
    const cluster = await startEmbeddedCluster({ dataDir });
    const world = new CrashWorld(dataDir, cluster, await PostgresProxy.start(cluster.url));
    await world.serve();
    return world;
  }

  /** Straight to the database, past the proxy. */
  async sql<T = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<T[]> {
    const client = await this.connect();
    try {
      return (await client.query(text, values)).rows as T[];
    } finally {
      await client.end();
    }
  }

  /** A connection past the proxy, as soon as the database takes one. */
  async connect(): Promise<Client> {
    for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(PAUSE_MS)) {
      const client = new Client(this.cluster.url);
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.query('SELECT');
        return client;
      } catch (error) {
        await client.end().catch(() => undefined);
        if (Date.now() > deadline) throw error;
      }
    }
  }

  async killService(): Promise<void> {
    this.isServed = false;
    await this.service.end('SIGKILL');
  }

  /** The server then ends all its processes and recovers; returns when it has ended them. */
  async killBackend(pid: number): Promise<void> {
    const witness = await this.connect();
    const ended = new Promise((done) => witness.once('end', done));
    process.kill(pid, 'SIGKILL');
    await ended;
  }

  /** The whole database. Its port may be another one afterwards. */
  async killDatabase(): Promise<void> {
    const pidFile = join(this.dataDir, 'postgres', 'postmaster.pid');
    process.kill(Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]), 'SIGKILL');
    for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(PAUSE_MS)) {
      try {
        this.cluster = await startEmbeddedCluster({ dataDir: this.dataDir });
        break;
      } catch (error) {
        // Its processes notice one by one that it is gone; until then none can take its place.
        if (Date.now() > deadline) throw error;
      }
    }
    this.proxy.forwardTo(this.cluster.url);
  }

  /** Whatever was stopped goes on, whoever was killed is started. */
  async recover(): Promise<void> {
    this.proxy.releaseAll();
    if (!this.isServed) await this.serve();
    for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(PAUSE_MS)) {
      const ready = await fetch(`${this.service.url}/health/ready`);
      const { status } = (await ready.json()) as { status: string };
      // `degraded` would be ready too, for assignment alone.
      if (status === 'ok') return;
      if (Date.now() > deadline) throw new Error('the service does not become ready');
    }
  }

  async close(): Promise<void> {
    await this.service.end('SIGKILL');
    await this.proxy.close();
    await this.cluster.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private async serve(): Promise<void> {
    this.service = await startedService({
      DATABASE_URL: this.proxy.url,
      BECAUSAL_DATA_DIR: this.dataDir,
      BECAUSAL_MASTER_KEY: testConfig().masterKey.toString('base64'),
      BECAUSAL_ADMIN_KEY: ADMIN_KEY,
      // Nothing but what a test asks for passes through the proxy.
      BECAUSAL_WORKER: '0',
    });
    this.isServed = true;
  }
}
