import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import type * as BarModule from '../../scripts/lib/progress-bar.mjs';
import { REPOSITORY } from '../support/source-files.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';

interface Ran {
  code: number;
  out: string;
  err: string;
}

describe('the command that imports a file of events', () => {
  let app: TestApp;
  let folder: string;
  let number = 0;

  beforeAll(async () => {
    app = await startTestApp();
    folder = mkdtempSync(join(tmpdir(), 'becausal-files-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await app.close();
  });

  const event = () => ({
    id: `command-${(number += 1)}`,
    type: 'event',
    unit: { kind: 'visitor', id: 'v-1' },
    occurredAt: new Date().toISOString(),
    name: 'signup',
  });
  const fileOf = (name: string, bytes: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const run = async (...args: string[]): Promise<Ran> => {
    const url = await app.app.getUrl();
    return await new Promise((done) => {
      execFile(
        process.execPath,
        [
          join(REPOSITORY, 'scripts', 'import-events.mjs'),
          '--url',
          url,
          '--key',
          ADMIN_KEY,
          ...args,
        ],
        (error, out, err) => done({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });
  };

  it('sends NDJSON, says what became of it, and again changes nothing', async () => {
    const lines = [event(), event()].map((one) => JSON.stringify(one));
    const file = fileOf('may.ndjson', [...lines, '{"id":', ''].join('\n'));
    const first = await run(file);
    expect(first.code).toBe(0);
    expect(first.out).toContain('may.ndjson: done');
    expect(first.out).toContain('2 accepted, 0 duplicates, 1 rejected');
    expect(first.out).toContain('line 3: malformed-json');
    expect(first.err).toContain('100.0 %');
    const again = await run(file, '--name', 'again');
    expect(again.out).toContain('again: done');
    expect(again.out).toContain('0 accepted, 2 duplicates, 1 rejected');
  });

  it('unpacks gzip on the way', async () => {
    const { id, type, unit, occurredAt, name } = event();
    const table = `id;type;unitKind;unitId;occurredAt;name\n${[id, type, unit.kind, unit.id, occurredAt, name].join(';')}\n`;
    const { code, out } = await run(fileOf('june.csv.gz', gzipSync(table)));
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('1 accepted, 0 duplicates, 0 rejected'),
    ]);
  });

  it('fails with what the service says', async () => {
    const refused = await run(fileOf('wrong.csv', 'id,colour\n1,2\n'));
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('HTTP 422 unknown-column');
    expect(refused.err).toContain('/columns/colour: unknown-column');
    const broken = await run(fileOf('broken.csv.gz', gzipSync('id').subarray(0, 12)));
    expect(broken.code).toBe(1);
    expect(broken.err).toContain('broke off');
  });

  it.each([
    ['no file', []],
    ['a format that no name tells', ['events.txt']],
    ['a file that is not there', ['gone.csv']],
  ])('exits with 2 for %s', async (_, args) => {
    expect((await run(...args)).code).toBe(2);
  });
});

describe('the bar', () => {
  const drawn = async (isTTY: boolean, percents: readonly (number | null)[]): Promise<string> => {
    const { createProgressBar } = (await import(
      pathToFileURL(join(REPOSITORY, 'scripts', 'lib', 'progress-bar.mjs')).href
    )) as typeof BarModule;
    let text = '';
    const bar = createProgressBar({ isTTY, columns: 50, write: (piece) => (text += piece) });
    for (const percent of percents) bar.show({ percent, text: 'x'.repeat(40) });
    bar.end();
    return text;
  };

  it('redraws one line of a terminal, no longer than it is wide', async () => {
    const text = await drawn(true, [null, 0, 50, 50, 100]);
    const lines = text.replace(/\n$/, '').split('\r').slice(1);
    expect(lines).toHaveLength(4);
    expect(lines.map((line) => line.replace('\u001b[K', '').length)).toEqual([49, 49, 49, 49]);
    expect(lines[0]).toContain('[........................]     ? %');
    expect(lines[2]).toContain('[############............]  50.0 %');
    expect(lines[3]).toContain('[########################] 100.0 %');
  });

  it('writes a line every 10 % into a log', async () => {
    const text = await drawn(false, [null, 1, 9.9, 10, 12, 35, 39, 100]);
    expect(text.match(/[\d.]+ %/g)).toEqual(['10.0 %', '35.0 %', '100.0 %']);
  });
});
