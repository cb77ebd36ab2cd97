import fc from 'fast-check';
import { isHarmless } from './harmless-json.js';
import { FrontDoorError } from './problem.js';
import { JSON_MEMBERS_MAX, readJson } from './read-json.js';

const harmless = (text: string) => isHarmless(text, JSON.parse(text), JSON_MEMBERS_MAX);
const members = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, n]));

describe('JSON that needs no closer look', () => {
  it.each([
    ['{"events":[{"id":"0197c1a4-1e5f-7c55","value":-0.5,"at":"2026-03-02T09:30:00.000Z"}]}', true],
    ['{ "a": [1, 2, -3.25, 0, 123456789012345], "b": {"a": null} }', true],
    ['[-0.05, -10]', true],
    ['{"a":1,"a":1}', false],
    ['{"a":1,"b":{"c":1,"c":2}}', false],
    ['{"a" :1}', false],
    ['{"a":-0}', false],
    ['[-0.0]', false],
    ['-0', false],
    ['{"a":1e400}', false],
    ['[1E2]', false],
    ['{"a":9007199254740993}', false],
    ['{"a": 12345678901234567.5}', false],
    ['{"__proto__":1}', false],
    ['{"a":{"constructor":1}}', false],
    ['{"prototype":1}', false],
    ['{"a":"\\u0041"}', false],
  ])('%s: %s', (text, expected) => {
    expect(harmless(text)).toBe(expected);
  });

  it('has no object with too many members', () => {
    expect(harmless(JSON.stringify(members(200)))).toBe(true);
    expect(harmless(JSON.stringify([members(201)]))).toBe(false);
  });

  /** What a body is read as, or the code it is refused with. */
  const outcomeOf = (text: string): unknown => {
    try {
      return readJson(Buffer.from(text));
    } catch (error) {
      if (error instanceof FrontDoorError) return error.code;
      throw error;
    }
  };

  const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'x":', 'é');
  const leaf = fc.constantFrom(
    '1',
    '-0',
    '0',
    '1e3',
    '-1.5',
    '1e999',
    '9007199254740993',
    '""',
    '"x"',
    '"a: 1e5"',
    '", -0"',
    'null',
    'true',
    '12345678901234567890.5',
  );
  const { json } = fc.letrec<{ json: string }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('json'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
      fc
        .array(fc.tuple(key, fc.constantFrom(':', ': ', ' : '), tie('json')), { maxLength: 4 })
        .map((list) => `{${list.map(([k, colon, v]) => JSON.stringify(k) + colon + v).join(',')}}`),
    ),
  }));

  it('is exactly what a look at every token lets through', () => {
    let seenHarmless = 0;
    fc.assert(
      fc.property(json, (text) => {
        // An escape beside it makes the reader look at every token.
        const closely = outcomeOf(`{"wrapped":${text},"escaped":"\\n"}`);
        const expected =
          typeof closely === 'string' ? closely : (closely as { wrapped: unknown }).wrapped;
        expect(outcomeOf(text)).toEqual(expected);
        if (harmless(text)) seenHarmless += 1;
      }),
      { numRuns: 3_000 },
    );
    expect(seenHarmless).toBeGreaterThan(300);
  });
});
