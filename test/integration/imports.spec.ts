import { gzipSync } from 'node:zlib';
import { anotherProject } from '../support/another-project.js';
import { launchedExperiment } from '../support/launched-experiment.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Verdict {
  line: number;
  id?: string;
  status: string;
  code?: string;
}

interface Import {
  id: string;
  name: string;
  format: string;
  status: string;
  accepted: number;
  duplicates: number;
  rejected: number;
  bytesRead: number;
  bytesTotal?: number;
  percent?: number;
}

const NDJSON = 'application/x-ndjson';
const CSV = 'text/csv';

/** Files of events: what is read of them, whatever stands in them. */
describe('files of events', () => {
  let app: TestApp;
  let number = 0;

  beforeAll(async () => {
    app = await startTestApp();
    await launchedExperiment(app, { key: 'checkout' });
  });
  afterAll(() => app.close());

  const freshId = () => `file-event-${(number += 1)}`;
  const event = (changes: object = {}) => ({
    id: freshId(),
    type: 'event',
    unit: { kind: 'visitor', id: 'v-1' },
    occurredAt: new Date().toISOString(),
    name: 'signup',
    ...changes,
  });
  const good = (changes: object = {}) => JSON.stringify(event(changes));
  const send = (type: string, file: string | Uint8Array, path = '/v1/events', key?: string) =>
    app.upload(path, type, file, key);
  const taken = async (type: string, file: string | Uint8Array, path?: string) => {
    const answer = await send(type, file, path);
    expect([answer.status, answer.body.code]).toEqual([200, undefined]);
    return answer.body as { import: Import; results: Verdict[] };
  };
  const codesOf = (results: readonly Verdict[]) =>
    results.map(({ line, status, code }) => `${line} ${status}${code ? ` ${code}` : ''}`);

  const COMMON = 'id,type,occurredAt,unitKind,unitId,name';
  const row = (changes: string = '') =>
    `${freshId()},event,${new Date().toISOString()},visitor,v-1,signup${changes}`;

  it('NDJSON: a line that is wrong is its own verdict, and the order is that of the file', async () => {
    const first = event();
    const file = Buffer.concat(
      [
        JSON.stringify(first),
        '{"id":',
        good(),
        '',
        '  \t',
        '[1]',
        'null',
        `{"id":"a","id":"b"}`,
        `{"id":"x","__proto__":{}}`,
        `{"id":"x","name":"\\u0000"}`,
        `{"id":"x","value":1e999}`,
        '['.repeat(200),
        `{"id":"long","name":"${'n'.repeat(70_000)}"}`,
        Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
        good({ occurredAt: 'yesterday' }),
        good(),
        JSON.stringify(first),
        JSON.stringify({ ...first, name: 'other' }),
      ].flatMap((line) => [Buffer.from(line as string), Buffer.from('\n')]),
    );
    const { import: shown, results } = await taken(NDJSON, file);
    expect(codesOf(results)).toEqual([
      '1 accepted',
      '2 rejected malformed-json',
      '3 accepted',
      '6 rejected invalid-event',
      '7 rejected invalid-event',
      '8 rejected duplicate-json-key',
      '9 rejected forbidden-key',
      '10 rejected invalid-string',
      '11 rejected number-out-of-range',
      '12 rejected json-too-deep',
      '13 rejected line-too-long',
      '14 rejected invalid-encoding',
      '15 rejected invalid-timestamp',
      '16 accepted',
      '17 duplicate',
      '18 rejected event-id-conflict',
    ]);
    expect(shown).toMatchObject({
      format: 'ndjson',
      status: 'done',
      accepted: 3,
      duplicates: 1,
      rejected: 12,
      bytesRead: file.length,
      bytesTotal: file.length,
      percent: 100,
    });
    const letters = await app.sql<{ line: number; code: string; item: unknown }>(
      'SELECT line, code, item FROM dead_letter WHERE import_id = $1 AND line IN (2, 14) ORDER BY 1',
      [shown.id],
    );
    expect(letters).toEqual([
      { line: 2, code: 'malformed-json', item: null },
      { line: 14, code: 'invalid-encoding', item: null },
    ]);
  });

  it.each([
    ['a byte order mark', (lines: string[]) => `\ufeff${lines.join('\n')}\n`],
    ['CR LF', (lines: string[]) => `${lines.join('\r\n')}\r\n`],
    ['no final newline', (lines: string[]) => lines.join('\n')],
    ['empty lines at the end', (lines: string[]) => `${lines.join('\n')}\n\n\n`],
  ])('reads files with %s', async (_, join) => {
    const ndjson = await taken(NDJSON, join([good(), good(), good()]));
    expect(codesOf(ndjson.results)).toEqual(['1 accepted', '2 accepted', '3 accepted']);
    const csv = await taken(CSV, join([COMMON, row(), row(), row()]));
    expect(codesOf(csv.results)).toEqual(['2 accepted', '3 accepted', '4 accepted']);
    expect(csv.import).toMatchObject({ format: 'csv', accepted: 3, percent: 100 });
  });

  it.each([
    ['comma', ','],
    ['semicolon', ';'],
    ['tab', '\t'],
  ])('CSV: takes %s between cells, and quotes as they are meant', async (_, delimiter) => {
    const header = `${COMMON},properties.note,properties.size,properties.isNew`;
    const cells = [
      freshId(),
      'event',
      new Date().toISOString(),
      'visitor',
      'v-9',
      'signup',
      `"a ${delimiter} ""b""\nc"`,
      '12.50',
      'true',
    ];
    const file = [header.replaceAll(',', delimiter), cells.join(delimiter)].join('\n');
    const { results } = await taken(CSV, file);
    expect(codesOf(results)).toEqual(['3 accepted']);
    const stored = await app.sql<{ properties: unknown }>(
      'SELECT properties FROM event WHERE id = $1',
      [cells[0]],
    );
    expect(stored[0]?.properties).toEqual({
      note: `a ${delimiter} "b"\nc`,
      size: 12.5,
      isNew: true,
    });
  });

  it('CSV: a row that is wrong is its own verdict', async () => {
    const bad = Buffer.from(
      `${freshId()},event,${new Date().toISOString()},visitor,v-\xff,s,,\n`,
      'latin1',
    );
    const lines = [
      `${COMMON},value,amountMinor`,
      row(',1.5,'),
      row(',1.5'),
      row(',"1,5",'),
      row(',,,'),
      row(',,').replace(',event,', ',nothing,'),
      `in "the" middle${row(',,')}`,
      row(',,'),
    ];
    const [head, rest] = [lines.slice(0, 3).join('\n'), lines.slice(3).join('\n')];
    const file = Buffer.concat([Buffer.from(`${head}\n`), bad, Buffer.from(`${rest}\n`)]);
    const { results } = await taken(CSV, file);
    expect(codesOf(results)).toEqual([
      '2 accepted',
      '3 rejected wrong-cell-count',
      '4 rejected invalid-encoding',
      '5 rejected invalid-event',
      '6 rejected wrong-cell-count',
      '7 rejected invalid-event',
      '8 accepted',
      '9 accepted',
    ]);
  });

  it('CSV: every kind of event, as JSON would say it', async () => {
    const at = new Date().toISOString();
    const [exposure, sale, refund, link] = [freshId(), freshId(), freshId(), freshId()];
    const header =
      'id,type,occurredAt,unitKind,unitId,experiment,variant,attributes.country,name,' +
      'amountMinor,currency,refersTo,fromKind,fromId,toKind,toId';
    const csv = [
      header,
      `${exposure},exposure,${at},visitor,v-2,checkout,treatment,DE,,,,,,,,`,
      `${sale},money,${at},visitor,v-2,,,,revenue,4900,EUR,,,,,`,
      `${refund},money,${at},visitor,v-2,,,,refund,-4900,EUR,${sale},,,,`,
      `${link},identify,${at},,,,,,,,,,visitor,v-2,user,u-2`,
    ].join('\n');
    expect(codesOf((await taken(CSV, csv)).results)).toEqual([
      '2 accepted',
      '3 accepted',
      '4 accepted',
      '5 accepted',
    ]);
    const unit = { kind: 'visitor', id: 'v-2' };
    const money = { type: 'money', occurredAt: at, unit, currency: 'EUR' };
    const events = [
      {
        id: exposure,
        type: 'exposure',
        occurredAt: at,
        unit,
        experiment: 'checkout',
        variant: 'treatment',
        attributes: { country: 'DE' },
      },
      { ...money, id: sale, name: 'revenue', amountMinor: 4900 },
      { ...money, id: refund, name: 'refund', amountMinor: -4900, refersTo: sale },
      { id: link, type: 'identify', occurredAt: at, from: unit, to: { kind: 'user', id: 'u-2' } },
    ];
    const again = await app.ok('post', '/v1/events', { events });
    expect((again.body.results as Verdict[]).map(({ status }) => status)).toEqual(
      events.map(() => 'duplicate'),
    );
  });

  it.each([
    ['an empty file', NDJSON, '', 'empty-file'],
    ['blank lines alone', NDJSON, '\n \r\n\n', 'empty-file'],
    ['an empty table', CSV, '', 'empty-file'],
    ['a header line alone', CSV, 'id,type,occurredAt,unitKind,unitId\n', 'empty-file'],
    ['an unknown column', CSV, `${COMMON},colour\nx\n`, 'unknown-column'],
    ['no header line', CSV, `e1,event,2026-01-01T00:00:00Z,user,u1,x\n`, 'unknown-column'],
    ['a missing column', CSV, 'id,type,unitKind,unitId\na,event,user,u\n', 'missing-column'],
    ['a header that never ends', CSV, `id,${'x'.repeat(200_000)}`, 'csv-unreadable'],
  ])('refuses %s before anything is stored', async (_, type, file, code) => {
    const before = await app.ok('get', '/v1/imports');
    const answer = await send(type, file);
    expect([answer.status, answer.body.code]).toEqual([422, code]);
    expect((await app.ok('get', '/v1/imports')).body).toEqual(before.body);
  });

  it('CSV: a quote that never closes ends the reading there, and what stood before is stored', async () => {
    const kept = [row(), row()];
    const file = [COMMON, ...kept, `"${row()}`, ...Array.from({ length: 3_000 }, () => row())];
    const answer = await send(CSV, file.join('\n'), '/v1/events?name=broken');
    expect([answer.status, answer.body.code]).toEqual([422, 'csv-unreadable']);
    const [shown] = (await app.ok('get', '/v1/imports?name=broken')).body.data as Import[];
    expect(shown).toMatchObject({ status: 'failed', error: 'csv-unreadable', accepted: 2 });
  });

  it('compressed files, and other types, are 415', async () => {
    const zipped = await app.upload('/v1/events', 'application/gzip', gzipSync(good()));
    expect([zipped.status, zipped.body.code]).toEqual([415, 'unsupported-media-type']);
  });

  it('B34: a public key sends no files; a write key does', async () => {
    const secretOf = async (kind: string): Promise<string> =>
      (await app.ok('post', '/v1/keys', { kind, name: kind })).body.secret as string;
    const refused = await send(NDJSON, good(), undefined, await secretOf('public'));
    expect([refused.status, refused.body.scope]).toEqual([403, 'events:write']);
    const accepted = await send(NDJSON, good(), undefined, await secretOf('write'));
    expect([accepted.status, accepted.body.import.accepted]).toEqual([200, 1]);
  });

  it.each(['', 'x'.repeat(201), 'a%0Ab'])('refuses the name %j', async (name) => {
    const answer = await send(NDJSON, good(), `/v1/events?name=${name}`);
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid-query']);
  });

  it('a file of more than 5,000 events is answered by its counts, and again it is all duplicates', async () => {
    const lines = Array.from({ length: 5_001 }, () => good());
    const first = await taken(NDJSON, lines.join('\n'));
    expect(first.import).toMatchObject({ accepted: 5_001, duplicates: 0, rejected: 0 });
    expect(first.results).toBeUndefined();
    const again = await taken(NDJSON, lines.join('\n'));
    expect(again.import).toMatchObject({ accepted: 0, duplicates: 5_001, rejected: 0 });
    const few = await taken(NDJSON, lines.slice(1).join('\n'));
    expect(few.results).toHaveLength(5_000);
  });

  it('lists imports newest first, by page, state and name, and only the project’s own', async () => {
    for (const name of ['april', 'may', 'may'])
      await taken(NDJSON, good(), `/v1/events?name=${name}`);
    const page = await app.ok('get', '/v1/imports?limit=2');
    const [newest, second] = page.body.data as Import[];
    expect([newest?.name, second?.name]).toEqual(['may', 'may']);
    const next = await app.ok('get', `/v1/imports?limit=1&cursor=${page.body.nextCursor}`);
    expect((next.body.data as Import[]).map(({ name }) => name)).toEqual(['april']);
    const mays = await app.ok('get', '/v1/imports?name=may&status=done');
    expect((mays.body.data as Import[]).map(({ id }) => id)).toEqual([newest?.id, second?.id]);
    expect((await app.ok('get', '/v1/imports?name=may&status=running')).body.data).toEqual([]);
    expect((await app.ok('get', `/v1/imports/${newest?.id}`)).body).toEqual(newest);
    expect((await app.send('get', '/v1/imports?status=gone')).status).toBe(422);

    const { secret } = await anotherProject(app, 'other');
    expect((await app.ok('get', '/v1/imports', undefined, secret)).body.data).toEqual([]);
    for (const [method, path, body] of [
      ['get', `/v1/imports/${newest?.id}`, undefined],
      ['post', `/v1/imports/${newest?.id}/reverse`, { reason: 'not mine' }],
    ] as const) {
      const answer = await app.send(method, path, body, secret);
      expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
    }
  });

  it('names an import by format and time when nobody does', async () => {
    const { import: shown } = await taken(CSV, `${COMMON}\n${row()}\n`);
    expect(shown.name).toMatch(/^csv \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });
});
