import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { zipSync } from 'fflate';
import { anotherProject } from '../support/another-project.js';
import { aStudy } from '../support/studied-people.js';
import {
  fivePeople,
  IMPORT_NOW,
  importInto,
  manifestOf,
  rowCounts,
  talkOf,
  zipWith,
} from '../support/study-zips.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';
import { documentXml, teamsVtt, zipOf } from '../support/transcript-files.js';

/** Zips that are not to be trusted: refused in time, and nothing of them anywhere. */

const MIB = 2 ** 20;
const ROW = { file: 'one.vtt', person: 'P-01' };
const TALK = teamsVtt(talkOf('P-01', 'I left.'));

let app: TestApp;
let studyId: string;
let before: Record<string, number>;

beforeAll(async () => {
  app = await startTestApp();
  await app.moveClock(IMPORT_NOW);
  studyId = await aStudy(app);
  before = await rowCounts(app);
});

afterAll(() => app.close());
afterEach(async () => {
  expect(await rowCounts(app)).toEqual(before);
});

/** Answers, and after a few seconds of work at the most, whatever else the process clears up. */
const inTime = async <T>(call: PromiseLike<T>): Promise<T> => {
  const from = process.cpuUsage();
  const answer = await call;
  const { user, system } = process.cpuUsage(from);
  expect((user + system) / 1_000).toBeLessThan(5_000);
  return answer;
};

/** Sets the bit that says "encrypted" in every record of a zip. */
function encrypted(zip: Uint8Array): Uint8Array {
  const bytes = Buffer.from(zip);
  for (let at = 0; at + 4 <= bytes.length; at += 1) {
    const signature = bytes.readUInt32LE(at);
    if (signature === 0x0403_4b50) bytes[at + 6] = (bytes[at + 6] ?? 0) | 1;
    if (signature === 0x0201_4b50) bytes[at + 8] = (bytes[at + 8] ?? 0) | 1;
  }
  return bytes;
}

/** Writes another size over every `from` that the zip says of its files. */
function declaring(zip: Uint8Array, from: number, to: number): Uint8Array {
  const bytes = Buffer.from(zip);
  for (let at = 0; at + 4 <= bytes.length; at += 1) {
    const isRecord = bytes.readUInt32LE(at) === 0x0201_4b50;
    if (isRecord && bytes.readUInt32LE(at + 24) === from) bytes.writeUInt32LE(to, at + 24);
  }
  return bytes;
}

/** Writes another name of the same length over every `from` in the bytes. */
function renamed(zip: Uint8Array, from: string, to: string): Uint8Array {
  return Buffer.from(Buffer.from(zip).toString('latin1').replaceAll(from, to), 'latin1');
}

describe('a zip that is not to be trusted', () => {
  it.each<[string, string, () => string | Uint8Array]>([
    [
      'grows a thousand times',
      'zip-too-large',
      () => zipWith([ROW], { 'one.vtt': new Uint8Array(7 * MIB) }),
    ],
    [
      'is small files that are large together',
      'zip-too-large',
      () => {
        const names = Array.from({ length: 11 }, (_, at) => `${at}.txt`);
        const zip = zipOf(Object.fromEntries(names.map((name) => [name, randomBytes(40_000)])));
        return declaring(zip, 40_000, 6 * MIB);
      },
    ],
    ['leads out of its folder', 'zip-path-escape', () => zipWith([ROW], { '../one.vtt': TALK })],
    ['has a path of its own', 'zip-path-escape', () => zipWith([ROW], { '/etc/one.vtt': TALK })],
    [
      'has 501 files',
      'zip-too-many-files',
      () => zipOf(Object.fromEntries(Array.from({ length: 501 }, (_, at) => [`${at}.txt`, 'x']))),
    ],
    [
      'has one path twice',
      'zip-duplicate-path',
      () => renamed(zipWith([ROW], { 'one.vtt': TALK, 'two.vtt': TALK }), 'two.vtt', 'one.vtt'),
    ],
    [
      'has one path twice on some systems',
      'zip-duplicate-path',
      () => zipWith([ROW], { 'one.vtt': TALK, 'One.VTT': TALK }),
    ],
    ['is encrypted', 'zip-unreadable', () => encrypted(zipWith([ROW], { 'one.vtt': TALK }))],
    ['is no zip', 'zip-unreadable', () => 'PK, one might think'],
    ['is empty', 'zip-unreadable', () => ''],
    ['is cut off', 'zip-unreadable', () => zipWith([ROW], { 'one.vtt': TALK }).slice(0, -40)],
    [
      'is damaged',
      'zip-unreadable',
      () => {
        const zip = zipSync({ 'manifest.csv': [Buffer.from(manifestOf([ROW])), { level: 0 }] });
        return renamed(zip, 'Researcher', 'Somebody  ');
      },
    ],
  ])('because it %s is refused: %s', async (_, code, make) => {
    const bytes = make();
    const refused = await inTime(importInto(app, studyId, bytes));
    expect([refused.status, refused.body.code]).toEqual([422, code]);
    const refi = await inTime(
      app.upload(`/v1/studies/${studyId}/import-refi`, 'application/zip', bytes),
    );
    expect([refi.status, refi.body.code]).toEqual([422, code]);
  });

  it('is read no further than its bytes, whatever it says of itself', async () => {
    const zip = declaring(zipWith([ROW], { 'one.vtt': 'x'.repeat(9 * MIB) }), 9 * MIB, 5);
    const refused = await inTime(importInto(app, studyId, zip));
    expect([refused.status, refused.body.code]).toEqual([422, 'zip-too-large']);
  });

  it('holding a document that expands fails with that document alone', async () => {
    const bomb = documentXml(talkOf('P-01', '&lol;')).replace(
      '<w:document',
      '<!DOCTYPE d [<!ENTITY lol "lollollol"><!ENTITY lo2 "&lol;&lol;">]><w:document',
    );
    const word = zipOf({ 'word/document.xml': bomb });
    const row = { file: 'one.docx', person: 'P-01' };
    const report = await inTime(importInto(app, studyId, zipWith([row], { 'one.docx': word })));
    expect([report.status, report.body.failed]).toEqual([200, 1]);
    expect(report.body.files).toMatchObject([
      { file: 'one.docx', status: 'failed', problem: { code: 'xml-entities' } },
    ]);
    const nested = zipOf({ 'word/document.xml': new Uint8Array(7 * MIB) });
    const second = await inTime(importInto(app, studyId, zipWith([row], { 'one.docx': nested })));
    expect(second.body.files).toMatchObject([{ problem: { code: 'zip-too-large' } }]);
  });
});

describe('a manifest that cannot be used', () => {
  const withManifest = (manifest: string) => zipOf({ 'manifest.csv': manifest, 'one.vtt': TALK });

  it.each([
    ['is missing', zipOf({ 'one.vtt': TALK }), 'manifest-missing', []],
    [
      'has an unknown column',
      withManifest('file,person,started_at,ended_at,interviewer,mood\n'),
      'manifest-invalid',
      [{ pointer: '/manifest/columns/5', code: 'unknown-column' }],
    ],
    [
      'has a time without a zone',
      withManifest(manifestOf([ROW]).replace('2026-02-10T10:00:00Z', '2026-02-10 10:00')),
      'manifest-invalid',
      [{ pointer: '/manifest/rows/1/started_at', code: 'invalid-timestamp' }],
    ],
    [
      'has a name that no database keeps',
      withManifest(manifestOf([{ file: 'one.vtt', person: 'P\u0000' }])),
      'manifest-invalid',
      [{ pointer: '/manifest/rows/1/person', code: 'unreadable-character' }],
    ],
    [
      'has quotes that do not fit',
      withManifest(`${manifestOf([ROW])}\n"open`),
      'csv-unreadable',
      [{ pointer: expect.stringMatching(/^\/lines\/\d+$/) as string, code: 'csv' }],
    ],
    [
      'is no text',
      zipOf({ 'manifest.csv': new Uint8Array([0xc3, 0x28, 0xff]), 'one.vtt': TALK }),
      'not-text',
      [],
    ],
  ])('because it %s refuses the zip whole', async (_, zip, code, errors) => {
    const refused = await inTime(importInto(app, studyId, zip));
    expect([refused.status, refused.body.code]).toEqual([422, code]);
    expect(refused.body.errors ?? []).toEqual(errors);
  });

  it('because it names a file that is not there fails with that file', async () => {
    const report = await importInto(app, studyId, zipWith([ROW], { 'two.vtt': TALK }));
    expect([report.status, report.body.files]).toMatchObject([
      200,
      [
        { file: 'one.vtt', status: 'failed', problem: { code: 'file-missing' } },
        { file: 'two.vtt', status: 'not_in_manifest' },
      ],
    ]);
  });
});

describe('a request that is no zip', () => {
  it('as JSON is another kind of body', async () => {
    for (const path of ['import', 'import-refi', 'codebook']) {
      const refused = await app.send('post', `/v1/studies/${studyId}/${path}`, { file: 'one' });
      expect([refused.status, refused.body.code]).toEqual([415, 'unsupported-media-type']);
    }
  });

  it('above 32 MiB is not taken', async () => {
    const bytes = Buffer.alloc(32 * MIB + 1, 1);
    const refused = await inTime(importInto(app, studyId, bytes));
    expect([refused.status, refused.body.code]).toEqual([413, 'payload-too-large']);
  });

  it('above 32 MiB is not taken in pieces either', async () => {
    const url = new URL(`/v1/studies/${studyId}/import`, await app.app.getUrl());
    const piece = Buffer.alloc(MIB, 1);
    const status = await inTime(
      new Promise<number>((resolve, reject) => {
        const call = httpRequest(
          url,
          {
            method: 'POST',
            headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/zip' },
          },
          (answer) => {
            answer.resume();
            resolve(answer.statusCode ?? 0);
          },
        );
        call.on('error', reject);
        let sent = 0;
        const send = () => {
          while (sent < 40) {
            sent += 1;
            if (!call.write(piece)) return void call.once('drain', send);
          }
          call.end();
        };
        send();
      }),
    );
    expect(status).toBe(413);
  });

  it('for a study of somebody else is for no study', async () => {
    const { secret } = await anotherProject(app, 'elsewhere');
    before = await rowCounts(app);
    const { rows, files } = fivePeople();
    const { status } = await app.send('get', `/v1/studies/${studyId}/speakers`, undefined, secret);
    expect(status).toBe(404);
    const sheet = { interviews: [{ interviewId: studyId, speakers: [{ speaker: 'P-01' }] }] };
    const named = await app.send('put', `/v1/studies/${studyId}/speakers`, sheet, secret);
    expect(named.status).toBe(404);
    const unknown = '00000000-0000-7000-8000-000000000000';
    for (const [path, type] of [
      ['import', 'application/zip'],
      ['import-refi', 'application/zip'],
      ['codebook', 'application/xml'],
    ] as const) {
      const zip = zipWith(rows, files);
      const none = await app.upload(`/v1/studies/${unknown}/${path}`, type, zip);
      expect([none.status, none.body.code]).toEqual([404, 'not-found']);
      const theirs = await app.upload(`/v1/studies/${studyId}/${path}`, type, zip, secret);
      expect([theirs.status, theirs.body.code]).toEqual([404, 'not-found']);
    }
  });
});
