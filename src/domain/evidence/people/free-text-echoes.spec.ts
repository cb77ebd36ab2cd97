import {
  ECHOES_MAX,
  type FreeText,
  freeTextEchoes,
  textsIn,
  windowsOf,
} from './free-text-echoes.js';

const SAID = 'Honestly, I gave up three times because the form wanted my number.';

const field = (text: string, pointer = '/text'): FreeText => ({
  objectType: 'question',
  objectId: 'q-1',
  pointer,
  text,
});

const isEcho = (said: readonly string[], written: string): boolean =>
  freeTextEchoes(windowsOf(said), [field(written)]).length === 1;

describe('free text that holds what somebody said', () => {
  it.each([
    ['the whole sentence', SAID, true],
    ['six words of it', 'One said: gave up three times because the ...', true],
    ['five words of it', 'gave up three times because nobody answered', false],
    ['other case, marks and white space', 'GAVE up -- three\n times, because THE', true],
    ['a key made of it', 'gave-up-three-times-because-the', true],
    ['a key with dots', 'gave.up.three.times.because.the', true],
    ['the same words in another order', 'because the form gave up my three times', false],
    ['parts of words at the ends', 'forgave up three times because their', false],
    ['nothing', '', false],
  ])('%s', (_, written, expected) => {
    expect(isEcho([SAID], written)).toBe(expected);
  });

  it.each([
    [
      'composed and decomposed letters',
      'cafe\u0301 au lait et deux croissants',
      'Café au lait et deux croissants',
      true,
    ],
    [
      'a script without spaces',
      '電話番号を入力する欄があったので途中であきらめてしまいました。',
      '「入力する欄があったので、途中であきらめてしまいました」',
      true,
    ],
    [
      'too little of such a script',
      '電話番号を入力する欄があったので途中であきらめてしまいました。',
      '途中であきらめてしまいました',
      false,
    ],
    ['Thai', 'ฉันเลิกกรอกแบบฟอร์มเพราะต้องใส่เบอร์โทรศัพท์', 'แบบฟอร์มเพราะต้องใส่เบอร์โทรศัพท์', true],
  ])('%s', (_, said, written, expected) => {
    expect(isEcho([said], written)).toBe(expected);
  });

  it('a window does not cross from one turn to the next', () => {
    expect(isEcho(['gave up three', 'times because the'], 'gave up three times because the')).toBe(
      false,
    );
  });

  it('finds nothing where nothing was said', () => {
    expect(isEcho([], SAID)).toBe(false);
  });

  it('answers places without the words, and not more than fit a receipt', () => {
    function* many(): Generator<FreeText> {
      for (let at = 0; ; at += 1) yield field(SAID, `/texts/${at}`);
    }
    const places = freeTextEchoes(windowsOf([SAID]), many());
    expect(places).toHaveLength(ECHOES_MAX);
    expect(places[0]).toEqual({ objectType: 'question', objectId: 'q-1', pointer: '/texts/0' });
  });
});

describe('the texts inside a value', () => {
  it('are found at any depth, with their pointers', () => {
    const value = { name: 'a', list: ['b', { 'x/y~z': 'c' }], n: 1, none: null, yes: true };
    expect([...textsIn(value)]).toEqual([
      { pointer: '/name', text: 'a' },
      { pointer: '/list/0', text: 'b' },
      { pointer: '/list/1/x~1y~0z', text: 'c' },
    ]);
  });
});
