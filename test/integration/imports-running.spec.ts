import { EventIntake } from '../../src/modules/events/event-intake.writer.js';
import { slowUpload, until } from '../support/slow-upload.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Import {
  id: string;
  status: string;
  error?: string;
  accepted: number;
  duplicates: number;
  bytesRead: number;
  percent?: number;
}

const NDJSON = 'application/x-ndjson';
/** As many as one transaction takes. */
const BATCH = 5_000;

/** Files while they are read: at the same time, broken off, held back, and in a service that stops. */
describe('a running import', () => {
  let app: TestApp;
  let number = 0;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  const linesOf = (count: number, padding = ''): string[] =>
    Array.from({ length: count }, () => {
      number += 1;
      return `${JSON.stringify({
        id: `running-${number}`,
        type: 'event',
        unit: { kind: 'visitor', id: `v-${number}` },
        occurredAt: new Date().toISOString(),
        name: 'signup',
        ...(padding === '' ? {} : { properties: { padding } }),
      })}\n`;
    });
  const named = async (name: string): Promise<Import[]> =>
    (await app.ok('get', `/v1/imports?name=${name}`)).body.data as Import[];
  const stored = async (): Promise<number> =>
    (await app.sql<{ found: number }>('SELECT count(*)::int AS found FROM event'))[0]?.found ?? 0;

  it('of one file twice at once counts each event once', async () => {
    const before = await stored();
    const file = linesOf(12_000).join('');
    const answers = await Promise.all(
      [1, 2].map(() => app.upload('/v1/events?name=twins', NDJSON, file)),
    );
    const imports = answers.map(({ body }) => body.import as Import);
    expect(imports.map(({ accepted, duplicates }) => accepted + duplicates)).toEqual([
      12_000, 12_000,
    ]);
    expect(imports.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(12_000);
    expect((await stored()) - before).toBe(12_000);
  });

  it('that breaks off keeps what was stored, says so, and goes on when the file is sent again', async () => {
    const before = await stored();
    const lines = linesOf(3 * BATCH);
    const bytesTotal = Buffer.byteLength(lines.join(''));
    const path = '/v1/events?name=broken-off';
    const upload = await slowUpload(app, { type: NDJSON, path, bytesTotal });
    // Half a line after the first batch and a half.
    const half = lines.slice(0, 1.5 * BATCH).join('');
    await upload.write(`${half}${lines[1.5 * BATCH]?.slice(0, 20)}`);
    const [running] = await until(
      () => named('broken-off'),
      (all) => (all[0]?.accepted ?? 0) > 0,
    );
    expect(running).toMatchObject({ status: 'running', accepted: BATCH });
    const firstBytes = Buffer.byteLength(lines.slice(0, BATCH).join(''));
    expect(running?.bytesRead).toBe(firstBytes);
    expect(running?.percent).toBe(Math.floor((1_000 * firstBytes) / bytesTotal) / 10);

    upload.destroy();
    const [failed] = await until(
      () => named('broken-off'),
      (all) => all[0]?.status !== 'running',
    );
    expect(failed).toMatchObject({ status: 'failed', error: 'interrupted' });
    // Whole lines that had arrived are stored too.
    expect(failed?.accepted).toBe(1.5 * BATCH);
    expect((await stored()) - before).toBe(failed?.accepted);

    const again = await app.upload(path, NDJSON, lines.join(''));
    expect(again.body.import).toMatchObject({
      status: 'done',
      accepted: 3 * BATCH - (failed?.accepted ?? 0),
      duplicates: failed?.accepted,
    });
    expect((await stored()) - before).toBe(3 * BATCH);
  });

  it('answers its verdicts while the file is still being sent, in order, the import last', async () => {
    const lines = linesOf(BATCH + 2);
    const upload = await slowUpload(app, { type: NDJSON, accept: NDJSON });
    // The batch is full; it is answered when the next one is being read.
    await upload.write(lines.slice(0, BATCH).join(''));
    await upload.write(`${lines[BATCH]}nonsense\n`);
    const answer = await upload.end(lines[BATCH + 1]);
    expect(answer.headers['content-type']).toContain(NDJSON);
    const said = upload.lines.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(said).toHaveLength(BATCH + 4);
    const verdicts = said.slice(0, -1);
    expect(verdicts.map(({ line }) => line)).toEqual(verdicts.map((_, index) => index + 1));
    const nonsense = verdicts.filter(({ status }) => status !== 'accepted');
    expect(nonsense).toMatchObject([{ line: BATCH + 2, code: 'malformed-json' }]);
    expect(said.at(-1)).toMatchObject({
      import: { status: 'done', accepted: BATCH + 2, rejected: 1 },
    });
  });

  it('with streamed verdicts is refused like any other before the first of them', async () => {
    const upload = await slowUpload(app, { type: 'text/csv', accept: NDJSON });
    const answer = await upload.end('id,colour\n1,2\n');
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([422, 'unknown-column']);
  });

  it('with streamed verdicts says in the last line what went wrong after them', async () => {
    const header = 'id,type,occurredAt,unitKind,unitId,name\n';
    const row = (index: number) =>
      `late-${index},event,${new Date().toISOString()},visitor,v-1,signup\n`;
    const rows = Array.from({ length: BATCH }, (_, index) => row(index)).join('');
    const upload = await slowUpload(app, { type: 'text/csv', accept: NDJSON });
    const answer = await upload.end(`${header}${rows}"never closed`);
    expect(answer.status).toBe(200);
    expect(upload.lines).toHaveLength(BATCH + 1);
    expect(JSON.parse(upload.lines.at(-1) ?? '')).toMatchObject({
      import: { status: 'failed', error: 'csv-unreadable', accepted: BATCH },
      problem: { status: 422, code: 'csv-unreadable' },
    });
  });

  it('holds two batches and no more, however large the file and however slow the database', async () => {
    const intake = app.app.get(EventIntake);
    const store = intake.store.bind(intake);
    const sockets: { bytesRead: number }[] = [];
    app.app
      .getHttpServer()
      .on('connection', (socket: { bytesRead: number }) => sockets.push(socket));
    let [atOnce, most, largest, calls, bytesStored, furthestAhead] = [0, 0, 0, 0, 0, 0];
    intake.store = async (projectId, items, how) => {
      calls += 1;
      atOnce += 1;
      most = Math.max(most, atOnce);
      largest = Math.max(largest, items.length);
      // Time enough for a sender that nobody holds back to send the whole file.
      for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
      const results = await store(projectId, items, how);
      furthestAhead = Math.max(
        furthestAhead,
        Math.max(...sockets.map((one) => one.bytesRead)) - bytesStored,
      );
      bytesStored += items.reduce<number>((sum, item) => sum + JSON.stringify(item).length + 1, 0);
      atOnce -= 1;
      return results;
    };
    try {
      const lines = linesOf(30_000, 'p'.repeat(300));
      const file = lines.join('');
      const upload = await slowUpload(app, { type: NDJSON, bytesTotal: file.length });
      const answer = await upload.end(file);
      expect(JSON.parse(answer.text)).toMatchObject({ import: { accepted: 30_000 } });
      expect({ calls, most, largest }).toEqual({ calls: 6, most: 1, largest: BATCH });
      // The batch being stored, the one being read, and what the connection holds for itself.
      const batchBytes = file.length / 6;
      expect(furthestAhead).toBeLessThan(3 * batchBytes);
    } finally {
      intake.store = store;
    }
  });

  it('is one of four at most; the fifth is told to come back', async () => {
    const uploads = await Promise.all(
      [1, 2, 3, 4].map(async () => {
        const upload = await slowUpload(app, { type: NDJSON, path: '/v1/events?name=of-four' });
        await upload.write(linesOf(1).join(''));
        return upload;
      }),
    );
    await until(
      () => named('of-four'),
      (all) => all.length === 4,
    );
    const fifth = await app.upload('/v1/events', NDJSON, linesOf(1).join(''));
    expect([fifth.status, fifth.body.code]).toEqual([429, 'too-many-imports']);
    expect(Number(fifth.headers['retry-after'])).toBeGreaterThan(0);
    for (const upload of uploads) expect((await upload.end()).status).toBe(200);
    const sixth = await app.upload('/v1/events', NDJSON, linesOf(1).join(''));
    expect(sixth.status).toBe(200);
  });

  it('ends in order when the service stops', async () => {
    const replica = await startTestApp({}, app.databaseUrl);
    const lines = linesOf(3);
    const upload = await slowUpload(replica, { type: NDJSON, path: '/v1/events?name=stopped' });
    await upload.write(lines.slice(0, 2).join(''));
    await until(
      () => named('stopped'),
      (all) => all.length === 1,
    );
    const answered = new Promise<number | undefined>((done) => {
      upload.request.on('response', (response) => done(response.statusCode));
    });
    await replica.close();
    expect(await answered).toBe(503);
    expect(await named('stopped')).toMatchObject([
      { status: 'failed', error: 'interrupted', accepted: 2 },
    ]);
    upload.destroy();
  });
});
