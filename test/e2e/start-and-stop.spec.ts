import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startedService, startService } from '../support/service-process.js';

/** A start makes a database, and a second one stops what a killed service has left. */
const TIMEOUT_MS = 90_000;

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'becausal-e2e-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const adminKey = (): string => readFileSync(join(dataDir, 'admin.key'), 'utf8').trim();

async function statusOf(url: string): Promise<number> {
  return (await fetch(url)).status;
}

async function record(url: string, ids: readonly string[]): Promise<{ status: string }[]> {
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey()}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      events: ids.map((id) => ({
        id,
        type: 'event',
        unit: { kind: 'visitor', id: `visitor of ${id}` },
        occurredAt: '2026-01-05T09:00:00Z',
        name: 'page_viewed',
      })),
    }),
  });
  return ((await response.json()) as { results: { status: string }[] }).results;
}

describe('npm start', () => {
  it(
    'serves on an empty data directory, prints the key once, and stops cleanly',
    async () => {
      const first = await startedService({ BECAUSAL_DATA_DIR: dataDir });
      expect(await statusOf(`${first.url}/health/ready`)).toBe(200);
      expect(await statusOf(`${first.url}/docs`)).toBe(200);
      expect(await statusOf(`${first.url}/openapi.json`)).toBe(200);
      expect(first.printed()).toContain(adminKey());
      expect(await first.end('SIGTERM')).toBe(0);
      const second = await startedService({ BECAUSAL_DATA_DIR: dataDir });
      expect(second.printed()).not.toContain(adminKey());
      expect(await second.end('SIGINT')).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'stops with npm when npm is told to stop',
    async () => {
      const npm = await startedService({ BECAUSAL_DATA_DIR: dataDir }, ['npm', 'start']);
      const pid = Number(readFileSync(join(dataDir, 'service.pid'), 'utf8'));
      expect(await npm.end('SIGTERM')).toBe(0);
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    },
    TIMEOUT_MS,
  );

  it(
    'refuses a data directory that another service holds',
    async () => {
      const first = await startedService({ BECAUSAL_DATA_DIR: dataDir });
      const second = await startService({ BECAUSAL_DATA_DIR: dataDir });
      expect(second).toMatchObject({ code: 1 });
      expect('url' in second ? '' : second.printed).toContain('already serves');
      expect(await statusOf(`${first.url}/health/ready`)).toBe(200);
      expect(await first.end('SIGTERM')).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'says which setting it cannot use',
    async () => {
      const failed = await startService({ BECAUSAL_DATA_DIR: dataDir, PORT: 'eighty' });
      expect(failed).toMatchObject({ code: 1 });
      expect('url' in failed ? '' : failed.printed).toContain('PORT is a number');
    },
    TIMEOUT_MS,
  );

  it(
    'has every acknowledged event once after being killed in the middle of ingestion',
    async () => {
      const first = await startedService({ BECAUSAL_DATA_DIR: dataDir });
      const acknowledged: string[] = [];
      const sender = (async () => {
        for (let batch = 0; ; batch += 1) {
          const ids = Array.from({ length: 20 }, (_, at) => `event-${batch}-${at}`);
          try {
            const results = await record(first.url, ids);
            if (results.some(({ status }) => status !== 'accepted')) throw new Error('refused');
          } catch {
            return ids;
          }
          acknowledged.push(...ids);
          if (acknowledged.length >= 400 && acknowledged.length < 420) void first.end('SIGKILL');
        }
      })();
      const inDoubt = await sender;
      expect(acknowledged.length).toBeGreaterThanOrEqual(400);
      const second = await startedService({ BECAUSAL_DATA_DIR: dataDir });
      const again = await record(second.url, acknowledged.slice(0, 500));
      expect(again.every(({ status }) => status === 'duplicate')).toBe(true);
      // The batch in flight is there as a whole or not at all.
      const doubtful = new Set((await record(second.url, inDoubt)).map(({ status }) => status));
      expect(doubtful.size).toBe(1);
      expect(await second.end('SIGTERM')).toBe(0);
    },
    TIMEOUT_MS,
  );
});
