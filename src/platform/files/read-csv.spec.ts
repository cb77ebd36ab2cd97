import fc from 'fast-check';
import { readCsv } from './read-csv.js';

describe('a table as CSV', () => {
  it.each([
    ['commas', 'a,b\nc,d\n'],
    ['semicolons', 'a;b\r\nc;d'],
    ['tabs', 'a\tb\rc\td\r'],
    ['a byte order mark', '\ufeffa,b\nc,d'],
    ['quotes', '"a",b\n"c","d"'],
    ['empty lines', '\na,b\n\nc,d\n\n'],
  ])('reads %s', (_, text) => {
    expect(readCsv(text)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it.each([
    [
      'a delimiter inside quotes',
      '"a,b,c";d\n1;2',
      [
        ['a,b,c', 'd'],
        ['1', '2'],
      ],
    ],
    ['quotes inside quotes', '"say ""hi""",x', [['say "hi"', 'x']]],
    ['line ends inside quotes', '"a\r\nb",x\n', [['a\r\nb', 'x']]],
    ['rows of different lengths', 'a,b\nc\nd,e,f', [['a', 'b'], ['c'], ['d', 'e', 'f']]],
    ['one column', 'a\nb', [['a'], ['b']]],
    ['spaces, which belong to the cell', ' a , b', [[' a ', ' b']]],
    ['nothing', '', []],
  ])('reads %s', (_, text, rows) => {
    expect(readCsv(text)).toEqual(rows);
  });

  it('reads back what was written, whatever the cells hold', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `x${text}`);
    const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1 });
    const write = (table: string[][], delimiter: string) =>
      table
        .map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(delimiter))
        .join('\r\n');
    fc.assert(
      fc.property(rows, fc.constantFrom(',', ';', '\t'), (table, delimiter) => {
        expect(readCsv(write(table, delimiter))).toEqual(table);
      }),
    );
  });

  it.each([
    ['a quote that never ends', 'a,b\n"secret,d\ne,f', {}],
    ['a quote inside a cell', 'a,b\nsecret"x,d', {}],
    ['words behind a quote', 'a,b\n"secret"x,d', {}],
    ['too many rows', 'a\nb\nsecret', { rowsMax: 2 }],
    ['too many columns', 'a,b\nc,d,secret', { columnsMax: 2 }],
    ['too long a cell', 'a,b\nsecret,c', { cellMax: 5 }],
  ])('refuses %s and names the line', (_, text, limits) => {
    expect(() => readCsv(text, limits)).toThrow(
      expect.objectContaining({
        code: 'csv-unreadable',
        message: expect.stringMatching(/^Line [23]: /),
        errors: [{ pointer: expect.stringMatching(/^\/lines\/[23]$/), code: 'csv' }],
      }),
    );
    expect(() => readCsv(text, limits)).not.toThrow(/secret/);
  });

  it('has limits of its own', () => {
    expect(readCsv('a\n'.repeat(10_000))).toHaveLength(10_000);
    expect(() => readCsv('a\n'.repeat(10_001))).toThrow('more than 10000 rows');
    expect(() => readCsv(','.repeat(200))).toThrow('more than 200 columns');
    expect(readCsv(`${'x'.repeat(50_000)},b`)[0]?.[0]).toHaveLength(50_000);
    expect(() => readCsv('x'.repeat(50_001))).toThrow('a cell of more than 50000 characters');
  });

  it.each(['"', ',', '"a', '""', '\r', '\n', ';"'])(
    'is done with 2 MiB of %j in no more than moments',
    (piece) => {
      const text = piece.repeat(2 ** 21 / piece.length);
      const cpu = process.cpuUsage();
      try {
        readCsv(text);
      } catch (error) {
        expect(error).toMatchObject({ code: 'csv-unreadable' });
      }
      expect(process.cpuUsage(cpu).user / 1000).toBeLessThan(5_000);
    },
  );
});
