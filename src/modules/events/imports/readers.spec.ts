import fc from 'fast-check';
import { EventFault } from '../../../domain/events/event.js';
import { CsvReader } from './csv-reader.js';
import type { EventFileReader, FileItem } from './event-file.js';
import { NdjsonReader } from './ndjson-reader.js';

/** A file in pieces that end wherever the network happens to cut. */
async function readIn(
  reader: EventFileReader,
  file: Buffer,
  cuts: readonly number[],
): Promise<FileItem[]> {
  const items: FileItem[] = [];
  const places = [...cuts.map((cut) => cut % (file.length + 1)), file.length];
  let from = 0;
  for (const to of places.toSorted((a, b) => a - b)) {
    items.push(...(await reader.feed(file.subarray(from, to))));
    from = to;
  }
  return [...items, ...(await reader.end())];
}

const NDJSON = Buffer.from(
  [
    '\ufeff{"id":"a","name":"ä 🎉"}',
    '',
    '{"id":"b"}\r',
    'nonsense',
    `{"id":"c","x":"${'y'.repeat(70_000)}"}`,
    '   ',
    '{"id":"d"}',
  ].join('\n'),
);

const CSV = Buffer.from(
  [
    '\ufeffid;type;occurredAt;unitKind;unitId;properties.note',
    'a;event;T;user;u;"ä 🎉;\r\n""b"""',
    '',
    'b;event;T;user',
    'c;event;T;user;u;5" wide',
    'd;event;T;user;u;',
  ].join('\r\n'),
);

describe.each([
  [
    'NDJSON',
    () => new NdjsonReader(),
    NDJSON,
    [
      [1, 'a'],
      [3, 'b'],
      [4, 'malformed-json'],
      [5, 'line-too-long'],
      [7, 'd'],
    ],
  ],
  [
    'CSV',
    () => new CsvReader(),
    CSV,
    [
      [3, 'a'],
      [5, 'wrong-cell-count'],
      [6, 'c'],
      [7, 'd'],
    ],
  ],
] as const)('a reader of %s', (_, make, file, expected) => {
  const told = (items: readonly FileItem[]) =>
    items.map(({ line, value }) => [
      line,
      value instanceof EventFault ? value.code : (value as { id: string }).id,
    ]);

  it('finds each event at its line', async () => {
    expect(told(await readIn(make(), file, []))).toEqual(expected);
  });

  it('finds the same, wherever the file is cut', async () => {
    const whole = await readIn(make(), file, []);
    expect(whole.at(-1)?.bytesRead).toBe(file.length);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: file.length }), { maxLength: 20 }), async (cuts) => {
        expect(await readIn(make(), file, cuts)).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  it('finds the same byte by byte', async () => {
    const whole = await readIn(make(), file, []);
    const everywhere = Array.from({ length: Math.min(file.length, 2_000) }, (_unused, at) => at);
    expect(await readIn(make(), file, everywhere)).toEqual(whole);
  });

  it('counts bytes to the end of each event', async () => {
    const ends = (await readIn(make(), file, [])).map(({ bytesRead }) => bytesRead);
    expect(ends).toEqual(ends.toSorted((a, b) => a - b));
    for (const end of ends.slice(0, -1)) expect(file[end - 1]).toBe(0x0a);
  });
});
