import { contextOf, standsIn } from './quote-context.js';

describe('the words around a quote', () => {
  const text = 'I was afraid 😬 the import would eat our history';

  it('are as many code points as there are, up to 32', () => {
    expect(contextOf(text, 14, 25)).toEqual({
      prefix: 'I was afraid 😬',
      suffix: ' would eat our history',
    });
    expect(contextOf(`${'a'.repeat(40)}quote`, 40, 45)).toEqual({
      prefix: 'a'.repeat(32),
      suffix: '',
    });
  });

  it.each([
    [{}, true],
    [{ prefix: '😬' }, true],
    [{ prefix: 'afraid 😬', suffix: ' would' }, true],
    [{ prefix: 'afraid ' }, false],
    [{ suffix: 'would' }, false],
    [{ prefix: 'I was afraid 😬', suffix: ' would eat our history' }, true],
    [{ prefix: `x${'I was afraid 😬'}` }, false],
  ])('%j', (context, stands) => {
    expect(standsIn(context, text, 14, 25)).toBe(stands);
  });

  it('compare after composition', () => {
    expect(standsIn({ prefix: 'café '.normalize('NFD') }, 'café noir', 5, 9)).toBe(true);
  });
});
