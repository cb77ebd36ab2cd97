import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type ServiceProcess, startedService } from '../support/service-process.js';

/** Each kill comes when so many more events have been acknowledged, in the middle of others. */
const KILLED_AFTER = [1, 150, 400, 40, 900, 260];
const CLIENTS = 4;
const BATCH = 25;
const TIMEOUT_MS = 240_000;

/** What one client knows: which batches were acknowledged, and which it must send again. */
class LedgerOfClient {
  readonly acknowledged: string[] = [];
  private readonly inDoubt: string[][] = [];
  private batches = 0;

  constructor(private readonly name: string) {}

  /** Sends until the service is gone; `onAck` hears of every acknowledged batch. */
  async sendUntilGone(service: ServiceProcess, key: string, onAck: (count: number) => void) {
    for (;;) {
      const ids = this.inDoubt.shift() ?? this.nextIds();
      const results = await post(service, key, ids).catch(() => null);
      if (results === null) {
        this.inDoubt.push(ids);
        return;
      }
      const statuses = new Set(results.map(({ status }) => status));
      // A batch is stored as a whole or not at all, so a repeated one is all new or all known.
      if (statuses.size !== 1 || statuses.has('rejected')) {
        throw new Error(`a batch came back ${[...statuses].join(' and ')}`);
      }
      this.acknowledged.push(...ids);
      onAck(ids.length);
    }
  }

  /** What was never acknowledged, until it is. */
  async settle(service: ServiceProcess, key: string): Promise<void> {
    for (const ids of this.inDoubt.splice(0)) {
      await post(service, key, ids);
      this.acknowledged.push(...ids);
    }
  }

  private nextIds(): string[] {
    const batch = this.batches++;
    return Array.from({ length: BATCH }, (_, at) => `${this.name}-${batch}-${at}`);
  }
}

async function post(
  { url }: ServiceProcess,
  key: string,
  ids: readonly string[],
): Promise<{ status: string }[]> {
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      events: ids.map((id) => ({
        id,
        type: 'money',
        unit: { kind: 'user', id: `user of ${id}` },
        occurredAt: '2026-01-05T09:00:00Z',
        name: 'revenue',
        amountMinor: 100,
        currency: 'USD',
      })),
    }),
  });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return ((await response.json()) as { results: { status: string }[] }).results;
}

/** The embedded database of a running service, behind its back. */
async function idsInDatabase(dataDir: string): Promise<string[]> {
  const port = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[3];
  const password = readFileSync(join(dataDir, 'database.password'), 'utf8').trim();
  const client = new Client(`postgresql://becausal:${password}@127.0.0.1:${port}/postgres`);
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>(
      'SELECT coalesce(event.id, event.key::text) AS id FROM event',
    );
    return rows.map(({ id }) => id);
  } finally {
    await client.end();
  }
}

describe('a service that is killed again and again while events come in', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'becausal-kill-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it(
    'has every acknowledged event exactly once, and nothing that nobody sent',
    async () => {
      const start = () => startedService({ BECAUSAL_DATA_DIR: dataDir });
      const clients = Array.from({ length: CLIENTS }, (_, n) => new LedgerOfClient(`client-${n}`));
      for (const killAfter of KILLED_AFTER) {
        const service = await start();
        const key = readFileSync(join(dataDir, 'admin.key'), 'utf8').trim();
        let acknowledged = 0;
        const kills: Promise<number | null>[] = [];
        const onAck = (count: number): void => {
          acknowledged += count;
          if (acknowledged >= killAfter && kills.length === 0) kills.push(service.end('SIGKILL'));
        };
        await Promise.all(clients.map((client) => client.sendUntilGone(service, key, onAck)));
        expect(acknowledged).toBeGreaterThanOrEqual(killAfter);
        await Promise.all(kills);
      }

      const service = await start();
      const key = readFileSync(join(dataDir, 'admin.key'), 'utf8').trim();
      for (const client of clients) await client.settle(service, key);
      const sent = clients.flatMap((client) => client.acknowledged);
      expect(sent.length).toBeGreaterThan(KILLED_AFTER.length * BATCH);
      expect((await idsInDatabase(dataDir)).toSorted()).toEqual(sent.toSorted());
      const again: string[] = [];
      for (let at = 0; at < sent.length; at += 500) {
        const results = await post(service, key, sent.slice(at, at + 500));
        again.push(...results.map(({ status }) => status));
      }
      expect(new Set(again)).toEqual(new Set(['duplicate']));
      expect(await service.end('SIGTERM')).toBe(0);
    },
    TIMEOUT_MS,
  );
});
