import { strFromU8, strToU8, zipSync } from 'fflate';
import { zipOf } from '../../../test/support/transcript-files.js';
import { readZip } from './read-zip.js';

const MIB = 2 ** 20;
const textsOf = (zip: Uint8Array) =>
  Object.fromEntries(readZip(zip).map(({ path, bytes }) => [path, strFromU8(bytes)]));
const refusal = (code: string) => expect.objectContaining({ code });

/** Bytes that do not compress, the same in every run. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state & 0xff;
  });
}

/** Where the first record of the central directory begins. */
function directoryOf(zip: Uint8Array): number {
  return Buffer.from(zip).readUInt32LE(zip.length - 22 + 16);
}

/** The zip with other bytes at an offset of its first central record. */
function altered(zip: Uint8Array, offset: number, ...bytes: number[]): Uint8Array {
  const copy = zip.slice();
  copy.set(bytes, directoryOf(zip) + offset);
  return copy;
}

describe('a zip', () => {
  it('gives its files, deflated or stored', () => {
    expect(textsOf(zipOf({ 'a.txt': 'väri', 'in/b.txt': '', 'c.csv': 'x'.repeat(5_000) }))).toEqual(
      {
        'a.txt': 'väri',
        'in/b.txt': '',
        'c.csv': 'x'.repeat(5_000),
      },
    );
    expect(textsOf(zipSync({ a: strToU8('stored') }, { level: 0 }))).toEqual({ a: 'stored' });
    expect(readZip(zipOf({}))).toEqual([]);
  });

  it('gives large files whole', () => {
    const content = noise(8 * MIB);
    const [entry] = readZip(zipSync({ a: content }));
    expect(Buffer.compare(entry?.bytes ?? new Uint8Array(), content)).toBe(0);
  });

  it('leaves out folders and what macOS adds', () => {
    const zip = zipSync({
      folder: { 'a.txt': strToU8('a'), '.DS_Store': strToU8('x'), empty: {} },
      '__MACOSX/folder/._a.txt': strToU8('x'),
      '.DS_Store': strToU8('x'),
      'a.DS_Store': strToU8('mine'),
    });
    expect(Object.keys(textsOf(zip))).toEqual(['folder/a.txt', 'a.DS_Store']);
  });

  it('takes a zip inside as a file', () => {
    const inner = zipOf({ 'a.txt': 'a' });
    expect(readZip(zipOf({ 'in.zip': inner }))[0]?.bytes).toEqual(inner);
  });

  it('reads names without a UTF-8 mark, composed', () => {
    const zip = zipOf({ 'va\u0308ri.txt': 'x' });
    expect(readZip(zip)[0]?.path).toBe('v\u00e4ri.txt');
    const old = altered(zipOf({ 'vari.txt': 'x' }), 47, 0x84);
    expect(readZip(old)[0]?.path).toBe('väri.txt');
  });

  it('is found before its comment', () => {
    expect(
      textsOf(zipSync({ a: strToU8('a') }, { comment: 'no end PK\u0005\u0006 here' })),
    ).toEqual({
      a: 'a',
    });
  });
});

describe('a zip that is refused', () => {
  const plain = zipOf({ 'a.txt': 'some words that are said' });

  it.each([
    ['nothing', new Uint8Array()],
    ['text', strToU8('this is no zip file, whatever it is called')],
    ['a zip cut off', zipOf({ 'a.txt': 'words' }).slice(0, -10)],
    ['a zip without its beginning', plain.slice(20)],
    ['an encrypted file', altered(plain, 8, 0x01)],
    ['an unknown method', altered(plain, 10, 12)],
    ['a wrong checksum', altered(plain, 16, 0, 0, 0, 0)],
    ['a size that is too small', altered(plain, 24, 3)],
    ['a size that is too large', altered(plain, 24, 99)],
    ['a cut stream', altered(plain, 20, 5)],
    ['content past the end', altered(plain, 20, 0xff, 0xff)],
    ['an offset past the end', altered(plain, 42, 0xff, 0xff)],
    ['a broken list', altered(plain, 0, 0)],
    ['a name past the end', altered(plain, 28, 0xff, 0xff)],
  ])('%s is unreadable', (_, zip) => {
    expect(() => readZip(zip)).toThrow(refusal('zip-unreadable'));
  });

  it('any single byte changed is refused or changes nothing', () => {
    const content = 'some words that are said, and said again, and said';
    const zip = zipOf({ 'a.txt': content });
    for (let at = 0; at < zip.length; at += 1) {
      const changed = zip.slice();
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      try {
        for (const { bytes } of readZip(changed)) expect(strFromU8(bytes)).toBe(content);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^zip-/) });
      }
    }
  });

  it('holds too many files, folders counted', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`${index}`, '']));
    expect(readZip(zipOf(many))).toHaveLength(500);
    expect(() => readZip(zipOf({ ...many, 'x/': '' }))).toThrow(refusal('zip-too-many-files'));
  });

  it.each([
    ['/etc/passwd'],
    ['../a'],
    ['a/../../b'],
    ['a/..'],
    ['..'],
    ['C:/a'],
    ['c:a'],
    ['a\\b'],
    ['a\u0000b'],
    ['a\nb'],
    ['a\u0085b'],
    ['/'],
    ['__MACOSX/../../a'],
  ])('has a name that leads out: %j', (path) => {
    expect(() => readZip(zipOf({ [path]: 'x' }))).toThrow(refusal('zip-path-escape'));
    expect(() => readZip(zipOf({ [path]: 'x' }))).not.toThrow(/passwd/);
  });

  it.each(['a..b', '...', 'a/.hidden', 'xy:z', 'a b/c'])('%j leads nowhere', (path) => {
    expect(readZip(zipOf({ [path]: 'x' }))[0]?.path).toBe(path);
  });

  it.each([
    ['capitals', 'a.txt', 'A.TXT'],
    ['composition', 'v\u00e4ri', 'va\u0308ri'],
  ])('has a name twice but for %s', (_, one, other) => {
    expect(() => readZip(zipOf({ [one]: 'x', [other]: 'x' }))).toThrow(
      refusal('zip-duplicate-path'),
    );
  });
});

describe('a zip that grows', () => {
  const zeros = (size: number) => zipSync({ bomb: new Uint8Array(size) }, { level: 9 });

  it('is refused by what it declares, before anything is inflated', () => {
    expect(() => readZip(zipSync({ a: new Uint8Array(8 * MIB + 1) }, { level: 0 }))).toThrow(
      refusal('zip-too-large'),
    );
    expect(() => readZip(zeros(2 * MIB))).toThrow('grows more than 200 times');
    expect(() => readZip(zipOf({ a: '12345', b: '678' }), { totalMax: 7 })).toThrow(
      'The files of the zip are larger than 7 bytes.',
    );
  });

  it('may grow much while it is small', () => {
    expect(readZip(zeros(MIB))[0]?.bytes).toHaveLength(MIB);
  });

  const liar = altered(zeros(32 * MIB), 24, 10, 0, 0, 0);

  it.each([
    ['in one file', { ratioMax: Infinity, entryMax: 8 * MIB }],
    ['in all', { ratioMax: Infinity, entryMax: Infinity, totalMax: 4 * MIB }],
    ['out of next to nothing', { entryMax: Infinity, totalMax: Infinity }],
  ])('is stopped %s although it declares to be small', (_, limits) => {
    const before = process.memoryUsage().arrayBuffers;
    const cpu = process.cpuUsage();
    expect(() => readZip(liar, limits)).toThrow(refusal('zip-too-large'));
    // Some hundredths of it, and whatever else the process clears up meanwhile.
    expect(process.cpuUsage(cpu).user / 1000).toBeLessThan(5_000);
    // 34 MiB where nothing of it has been collected yet; inflating all of it takes more than 64.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(48 * MIB);
  });

  it('is stopped when many records share the same bytes', () => {
    const one = zipSync({ a: noise(MIB) }, { level: 0 });
    const start = directoryOf(one);
    const record = Buffer.from(one.slice(start, one.length - 22));
    const records = Array.from({ length: 100 }, (_, index) => {
      const copy = Buffer.concat([
        record.subarray(0, 46),
        Buffer.from(String(index)),
        record.subarray(47),
      ]);
      copy.writeUInt16LE(String(index).length, 28);
      return copy;
    });
    const end = Buffer.from(one.slice(-22));
    end.writeUInt16LE(100, 8);
    end.writeUInt16LE(100, 10);
    expect(() => readZip(Buffer.concat([one.slice(0, start), ...records, end]))).toThrow(
      'The files of the zip are larger than',
    );
  });
});
