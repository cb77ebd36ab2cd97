import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { cpuOf, type Service, startService, stopService } from './support/embedded-service.js';
import { type Measure, plain } from './support/measure.js';

/**
 * What a batch saves: the same kind of event sent 500 at a time and one at a time, over HTTP, to the
 * built service on its own embedded PostgreSQL with durability on. Both run in one process life, so
 * the ratios mean something on any machine; the rates only describe this one.
 */

const BATCH_SIZE = 500;
const BATCHES = 20;
const SINGLES = 1_000;
const WARM_UP = 200;

export async function run(): Promise<Measure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'becausal-bench-'));
  const service = await startService(dataDir);
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
    await stopService(service);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Cost {
  wallMs: number;
  /** Of the service's process, without the database; null where /proc is missing. */
  cpuMs: number | null;
}

function report(single: Cost, batch: Cost): Measure[] {
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
  const cpuBefore = cpuOf(service);
  const started = performance.now();
  await work();
  const wallMs = performance.now() - started;
  const cpuAfter = cpuOf(service);
  const isKnown = cpuBefore !== null && cpuAfter !== null;
  return { wallMs, cpuMs: isKnown ? cpuAfter.service - cpuBefore.service : null };
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
