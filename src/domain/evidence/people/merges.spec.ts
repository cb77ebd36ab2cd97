import fc from 'fast-check';
import { type DecidedPair, mergeByDecisions, type PairDecision } from './merges.js';

/** People named in the order they were added. */
const people = (...ids: string[]) =>
  ids.map((id, at) => ({ id, createdAt: new Date(Date.UTC(2026, 0, 1 + at)) }));

const pair = (names: string, decision: PairDecision = 'same_person'): DecidedPair => ({
  id: names,
  firstId: names.charAt(0),
  secondId: names.charAt(1),
  decision,
});

function merged(ids: string, pairs: DecidedPair[]): Record<string, string | null> {
  const result = mergeByDecisions(people(...ids), pairs);
  if (!result.consistent) throw new Error(`contradicted by ${result.pair.id}`);
  return Object.fromEntries(result.mergedInto);
}

describe('whom a person is merged into', () => {
  it.each([
    ['nobody without a decision', 'ab', [], { a: null, b: null }],
    ['the older of two', 'ba', [pair('ab')], { b: null, a: 'b' }],
    ['the oldest of a chain', 'abc', [pair('bc'), pair('ab')], { a: null, b: 'a', c: 'a' }],
    [
      'two chains that meet',
      'abcd',
      [pair('cd'), pair('ab'), pair('bd')],
      { a: null, b: 'a', c: 'a', d: 'a' },
    ],
    [
      'a ring of decisions',
      'abc',
      [pair('ab'), pair('bc'), pair('ac')],
      { a: null, b: 'a', c: 'a' },
    ],
    ['not those who are different', 'ab', [pair('ab', 'different_people')], { a: null, b: null }],
    [
      'of a chain that was cut, the oldest of each half',
      'abc',
      [pair('ab', 'different_people'), pair('bc')],
      { a: null, b: null, c: 'b' },
    ],
    ['people who are not here are left out', 'ab', [pair('ax')], { a: null, b: null }],
  ])('%s', (_, ids, pairs, expected) => {
    expect(merged(ids, pairs)).toEqual(expected);
  });

  it('two people of one moment: the smaller id is the older', () => {
    const createdAt = new Date('2026-01-01T00:00:00Z');
    const result = mergeByDecisions(
      [
        { id: 'b', createdAt },
        { id: 'a', createdAt },
      ],
      [pair('ab')],
    );
    expect(result).toEqual({
      consistent: true,
      mergedInto: new Map([
        ['b', 'a'],
        ['a', null],
      ]),
    });
  });

  it('people cannot be different and connected through others', () => {
    const pairs = [pair('ab'), pair('bc'), pair('ac', 'different_people'), pair('de')];
    expect(mergeByDecisions(people(...'abcde'), pairs)).toEqual({
      consistent: false,
      pair: pairs[2],
      connectedBy: ['ab', 'bc'],
    });
  });

  it('never chains, never cycles, and does not depend on the order of the decisions', () => {
    const anyPair = fc
      .uniqueArray(fc.constantFrom(...'abcdefg'), { minLength: 2, maxLength: 2 })
      .map((two) => pair(two.toSorted().join('')));
    fc.assert(
      fc.property(fc.array(anyPair), (pairs) => {
        const into = merged('abcdefg', pairs);
        for (const target of Object.values(into)) {
          if (target !== null) expect(into[target]).toBeNull();
        }
        expect(merged('abcdefg', pairs.toReversed())).toEqual(into);
      }),
    );
  });
});
