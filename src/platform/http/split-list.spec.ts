import fc from 'fast-check';
import { splitList } from './split-list.js';

const split = (text: string) => {
  const found = splitList(Buffer.from(text), 'batch');
  if (found === null) return null;
  return [found.envelope.toString(), ...found.elements.map((element) => element.toString().trim())];
};

describe('the list of a body, cut by its brackets', () => {
  it.each<[body: string, expected: string[] | null]>([
    ['{"batch":[]}', ['{"batch":[]}']],
    ['{"batch":[1]}', ['{"batch":[]}', '1']],
    [
      ' { "a" : {"batch":[9]} , "batch" : [ {"b":[1,2]} , "x,]" ] , "c" : 1 } ',
      [' { "a" : {"batch":[9]} , "batch" : [] , "c" : 1 } ', '{"b":[1,2]}', '"x,]"'],
    ],
    [
      '{"batch":[{"a":NaN},{"b":"\\"]"}],"w":1}',
      ['{"batch":[],"w":1}', '{"a":NaN}', '{"b":"\\"]"}'],
    ],
    ['{"batch":[{"a":1]},2]}', null],
    ['{"batch":{"a":1}}', null],
    ['{"other":[1]}', null],
    ['{"batch":[1', null],
    ['{"batch":[1,]}', null],
    ['{"batch":["x]}', null],
    ['{"batch"[1]}', null],
    ['[1]', null],
    ['{}', null],
    ['', null],
  ])('%s', (body, expected) => {
    expect(split(body)).toEqual(expected);
  });

  it('takes apart whatever JSON writes', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), (elements, other) => {
        for (const indent of [0, 1]) {
          const body = JSON.stringify(
            { before: other, batch: elements, after: other },
            null,
            indent,
          );
          const found = splitList(Buffer.from(body), 'batch');
          const read = (bytes: Buffer) => JSON.parse(bytes.toString()) as unknown;
          const copy = JSON.parse(JSON.stringify({ elements, other })) as Record<string, unknown>;
          expect(found?.elements.map(read)).toEqual(copy['elements']);
          const { other: around } = copy;
          expect(found && read(found.envelope)).toEqual({
            before: around,
            batch: [],
            after: around,
          });
        }
      }),
    );
  });
});
