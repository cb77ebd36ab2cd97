import { startTestApp, type TestApp } from '../support/test-app.js';
import { slowUpload, until } from '../support/slow-upload.js';

const NDJSON = 'application/x-ndjson';

/** One entry voids all that an import brought. What evaluations make of it is tested with them. */
describe('reversing an import', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  const line = (id: string, name = 'signup') =>
    JSON.stringify({
      id,
      type: 'event',
      unit: { kind: 'visitor', id: 'v-1' },
      occurredAt: new Date().toISOString(),
      name,
    });
  const imported = async (...ids: string[]): Promise<string> => {
    const answer = await app.upload('/v1/events', NDJSON, ids.map((id) => line(id)).join('\n'));
    expect(answer.status).toBe(200);
    return answer.body.import.id as string;
  };
  const reverse = (id: string, reason = 'the wrong shop') =>
    app.send('post', `/v1/imports/${id}/reverse`, { reason });
  const reversals = (id: string) =>
    app.sql<{ import: number; reason: string }>(
      'SELECT import, reason FROM import_reversal WHERE import_id = $1',
      [id],
    );
  const audited = (id: string) =>
    app.sql<{ reason: string }>(
      `SELECT reason FROM audit_entry WHERE object_id = $1 AND action = 'import.reverse'`,
      [id],
    );

  it('is one entry and one line of the audit log, however often it is asked for', async () => {
    const id = await imported('r-1', 'r-2');
    const [first, ...others] = await Promise.all([reverse(id), reverse(id, 'again'), reverse(id)]);
    expect(first?.body).toMatchObject({ id, status: 'reversed', accepted: 2 });
    for (const other of others) expect([other.status, other.body]).toEqual([200, first?.body]);
    expect(await reversals(id)).toHaveLength(1);
    expect((await audited(id)).map(({ reason }) => reason)).toEqual([first?.body.reason]);
    expect((await app.ok('get', `/v1/imports/${id}`)).body).toEqual(first?.body);
    const listed = await app.ok('get', '/v1/imports?status=reversed');
    expect((listed.body.data as { id: string }[]).map((one) => one.id)).toEqual([id]);
  });

  it('names the events it voids by the number of their import', async () => {
    const id = await imported('r-3');
    await reverse(id);
    const [reversal] = await reversals(id);
    const voided = await app.sql<{ id: string }>('SELECT id FROM event WHERE import = $1', [
      reversal?.import,
    ]);
    expect(voided).toEqual([{ id: 'r-3' }]);
  });

  it('leaves the ids taken: a copy is a duplicate, other content a conflict', async () => {
    await reverse(await imported('r-4'));
    const answer = await app.upload(
      '/v1/events',
      NDJSON,
      [line('r-4'), line('r-4', 'other')].join('\n'),
    );
    expect(
      (answer.body.results as { status: string; code?: string }[]).map(
        ({ status, code }) => code ?? status,
      ),
    ).toEqual(['duplicate', 'event-id-conflict']);
  });

  it('waits for the end of the file', async () => {
    const upload = await slowUpload(app, { type: NDJSON, path: '/v1/events?name=still-running' });
    await upload.write(`${line('r-5')}\n`);
    const running = await until(
      async () =>
        (await app.ok('get', '/v1/imports?name=still-running')).body.data as { id: string }[],
      (found) => found.length === 1,
    );
    const id = running[0]?.id ?? '';
    const refused = await reverse(id);
    expect([refused.status, refused.body.code]).toEqual([409, 'import-running']);
    expect(await reversals(id)).toEqual([]);
    expect((await upload.end()).status).toBe(200);
    expect((await reverse(id)).status).toBe(200);
  });

  it('takes an import whose process died; if that process only slept, it stores nothing more', async () => {
    const upload = await slowUpload(app, { type: NDJSON, path: '/v1/events?name=asleep' });
    await upload.write(`${line('r-6')}\n`);
    const [running] = await until(
      async () => (await app.ok('get', '/v1/imports?name=asleep')).body.data as { id: string }[],
      (found) => found.length === 1,
    );
    const id = running?.id ?? '';
    await app.sql(
      `UPDATE event_import SET updated_at = updated_at - interval '61 seconds' WHERE id = $1`,
      [id],
    );
    expect((await app.ok('get', `/v1/imports/${id}`)).body).toMatchObject({
      status: 'failed',
      error: 'interrupted',
    });
    const failed = await app.ok('get', '/v1/imports?status=failed');
    expect((failed.body.data as { id: string }[]).map((one) => one.id)).toEqual([id]);
    expect((await reverse(id)).body).toMatchObject({ status: 'reversed', error: 'interrupted' });
    const answer = await upload.end();
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([409, 'import-ended']);
    expect(await app.sql(`SELECT FROM event WHERE id = 'r-6'`)).toEqual([]);
  });

  it('needs a reason, and an import', async () => {
    const id = await imported('r-7');
    expect((await app.send('post', `/v1/imports/${id}/reverse`, {})).status).toBe(422);
    expect((await reverse(id, '')).status).toBe(422);
    expect((await reverse('01a20000-0000-7000-8000-000000000000')).status).toBe(404);
    expect((await reverse('x')).status).toBe(404);
    expect(await reversals(id)).toEqual([]);
  });
});
