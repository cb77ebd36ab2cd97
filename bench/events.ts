import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';

/**
 * What a batch saves: the same kind of event sent 500 at a time and one at a time, over HTTP, to the
 * built service on its own embedded PostgreSQL with durability on. Both run in one process life, so
 * the ratios mean something on any machine; the rates only describe this one.
 */

export interface Measure {
  id: string;
  value: number;
  unit: string;
  /** What is promised, in words; null while nothing is. */
  goal: string | null;
  holds: boolean | null;
}

const BATCH_SIZE = 500;
const BATCHES = 20;
const SINGLES = 1_000;
const WARM_UP = 200;
/** USER_HZ: the unit of /proc/PID/stat on Linux. */
const TICKS_PER_SECOND = 100;
const READY = /ready at (http:\S+)/;
const START_TIMEOUT_MS = 60_000;

interface Service {
  url: string;
  key: string;
  process: ChildProcess;
}

export async function run(): Promise<Measure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'becausal-bench-'));
  const service = await start(dataDir);
  try {
    for (let n = 0; n < WARM_UP; n += 1) await send(service, [anEvent(`warm-${n}`)]);
    const single = await measured(service, async () => {
      for (let n = 0; n < SINGLES; n += 1) await send(service, [anEvent(`single-${n}`)]);
    });
    const batch = await measured(service, async () => {
      for (let n = 0; n < BATCHES; n += 1) {
        await send(
          service,
          Array.from({ length: BATCH_SIZE }, (_, at) => anEvent(`batch-${n}-${at}`)),
        );
      }
    });
    return report(perEvent(single, SINGLES), perEvent(batch, BATCHES * BATCH_SIZE));
  } finally {
    await stop(service);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Cost {
  wallMs: number;
  /** Of the service's process, without the database; null where /proc is missing. */
  cpuMs: number | null;
}

function report(single: Cost, batch: Cost): Measure[] {
  const plain = (id: string, value: number, unit: string): Measure => ({
    id,
    value,
    unit,
    goal: null,
    holds: null,
  });
  const rows = [
    plain('batch-rate', 1_000 / batch.wallMs, 'events/s'),
    plain('single-rate', 1_000 / single.wallMs, 'events/s'),
    plain('wall-single-over-batch', single.wallMs / batch.wallMs, 'times'),
  ];
  if (batch.cpuMs === null || single.cpuMs === null) return rows;
  return [
    ...rows,
    plain('batch-cpu', batch.cpuMs * 1_000, 'us/event'),
    plain('single-cpu', single.cpuMs * 1_000, 'us/event'),
    plain('cpu-single-over-batch', single.cpuMs / batch.cpuMs, 'times'),
  ];
}

function perEvent(cost: Cost, events: number): Cost {
  return {
    wallMs: cost.wallMs / events,
    cpuMs: cost.cpuMs === null ? null : cost.cpuMs / events,
  };
}

async function measured(service: Service, work: () => Promise<void>): Promise<Cost> {
  const cpuBefore = cpuMsOf(service.process.pid);
  const started = performance.now();
  await work();
  const wallMs = performance.now() - started;
  const cpuAfter = cpuMsOf(service.process.pid);
  return { wallMs, cpuMs: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore };
}

function cpuMsOf(pid: number | undefined): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name may hold spaces; the numbers start after its closing bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}

function anEvent(id: string): object {
  return {
    id,
    type: 'event',
    unit: { kind: 'visitor', id: `visitor-of-${id}` },
    occurredAt: new Date().toISOString(),
    name: 'page_viewed',
    properties: { page: '/pricing', referrer: 'newsletter' },
  };
}

/** Sends one request and fails unless every event in it was accepted. */
async function send(service: Service, events: readonly object[]): Promise<void> {
  const response = await fetch(`${service.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${service.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ events }),
  });
  const { results } = (await response.json()) as { results?: { status: string }[] };
  const accepted = results?.filter(({ status }) => status === 'accepted').length ?? 0;
  if (accepted !== events.length) throw new Error(`${response.status}: ${accepted} accepted`);
}

function start(dataDir: string): Promise<Service> {
  const main = resolve(import.meta.dirname, '..', '..', 'dist', 'src', 'main.js');
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      HOST: '127.0.0.1',
      BECAUSAL_DATA_DIR: dataDir,
      BECAUSAL_WORKER: '0',
      LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((ready, fail) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(new Error('the service did not start in time'));
    }, START_TIMEOUT_MS);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const url = READY.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      const key = readFileSync(join(dataDir, 'admin.key'), 'utf8').trim();
      ready({ url, key, process: child });
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(new Error(`the service ended with ${code}`));
    });
  });
}

async function stop({ process: child }: Service): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await ended;
}
