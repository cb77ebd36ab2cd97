import fc from 'fast-check';
import { locateQuote, verifySpan, type SpokenTurn } from './locate-quote.js';

const turns: SpokenTurn[] = [
  { index: 0, participantId: null, text: 'Why did you leave the form? Was it the phone number?' },
  {
    index: 1,
    participantId: 'ann',
    text: 'Well 😀 the cafe\u0301 wifi\r\n\tdied, so I left the form.',
  },
  { index: 2, participantId: null, text: 'So you left the form.' },
  { index: 4, participantId: 'bob', text: 'I left the form. The phone number scared me away.' },
];

describe('locateQuote', () => {
  it('finds words across an emoji, a composed accent and a line break', () => {
    const location = locateQuote({ text: ' café wifi died, ', turns });
    expect(location).toEqual({
      found: true,
      turn: 1,
      start: 11,
      end: 29,
      exact: 'cafe\u0301 wifi\r\n\tdied,',
      participantId: 'ann',
    });
  });

  it('prefers the first participant over an earlier interviewer and a later participant', () => {
    const location = locateQuote({ text: 'left the form.', turns: turns.slice(1).toReversed() });
    expect(location).toMatchObject({ found: true, turn: 4, participantId: 'bob' });
    expect(locateQuote({ text: 'the form', turns })).toMatchObject({ found: true, turn: 1 });
  });

  it('refuses what only the interviewer said, and shows where', () => {
    expect(locateQuote({ text: 'Was it the phone number?', turns })).toEqual({
      found: false,
      reason: 'not-participant',
      closest: { turn: 0, start: 28, end: 52, similarity: 1 },
    });
  });

  it('does not cut an accent off a letter', () => {
    const location = locateQuote({ text: 'the cafe', turns });
    expect(location).toMatchObject({ found: false, reason: 'not-found' });
    const marked = [{ index: 0, participantId: 'ann', text: 'x\u0302 and x' }];
    expect(locateQuote({ text: 'x', turns: marked })).toMatchObject({ start: 7, end: 8 });
  });

  it('keeps a changed last word inside the closest span', () => {
    const location = locateQuote({ text: 'The phone number scared me shut', turns });
    expect(location).toMatchObject({ closest: { turn: 4, start: 17, end: 48 } });
  });

  it('shows the first place where the interviewer said it', () => {
    const twice = turns.filter(({ participantId }) => participantId === null);
    expect(locateQuote({ text: 'the form', turns: twice })).toMatchObject({
      reason: 'not-participant',
      closest: { turn: 0 },
    });
  });

  it('refuses a near match with the closest span a participant said', () => {
    const location = locateQuote({ text: 'The phone number frightened me away', turns });
    expect(location).toEqual({
      found: false,
      reason: 'not-found',
      closest: { turn: 4, start: 17, end: 48, similarity: 5 / 6 },
    });
  });

  it.each(['', '  \n', '?!', 'zebras graze quietly'])('has nothing near for %j', (text) => {
    expect(locateQuote({ text, turns: turns.slice(1, 2) })).toEqual({
      found: false,
      reason: 'not-found',
      closest: null,
    });
  });

  it('stays quick on a transcript of 20,000 words', () => {
    const word = (index: number) => `w${(index * 7919) % 997}`;
    const long = Array.from({ length: 200 }, (_, turn) => ({
      index: turn,
      participantId: 'ann',
      text: Array.from({ length: 100 }, (_unused, at) => word(turn * 100 + at)).join(' '),
    }));
    const asked = Array.from({ length: 120 }, (_, at) =>
      at === 60 ? 'changed' : word(9_000 + at),
    );
    const startedMs = performance.now();
    const location = locateQuote({ text: asked.join(' '), turns: long });
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    expect(location).toMatchObject({ found: false, closest: { turn: 90 } });
  });
});

describe('verifySpan', () => {
  it('answers the words and who said them', () => {
    expect(verifySpan({ turns, turn: 1, start: 5, end: 6 })).toEqual({
      ok: true,
      exact: '😀',
      participantId: 'ann',
    });
  });

  it.each([
    ['a turn that does not exist', { turn: 3, start: 0, end: 4 }, 'not-found'],
    ['an end past the turn', { turn: 4, start: 0, end: 500 }, 'not-found'],
    ['an empty range', { turn: 4, start: 3, end: 3 }, 'not-found'],
    ['a negative start', { turn: 4, start: -1, end: 3 }, 'not-found'],
    ['a fraction', { turn: 4, start: 0.5, end: 3 }, 'not-found'],
    ['nothing but space', { turn: 4, start: 1, end: 2 }, 'not-found'],
    ['the interviewer', { turn: 0, start: 0, end: 3 }, 'not-participant'],
  ])('refuses %s', (_name, span, reason) => {
    expect(verifySpan({ turns, ...span })).toEqual({ ok: false, reason });
  });
});

describe('a quote taken from a random place', () => {
  const word = fc.constantFrom(
    'le',
    'cafe\u0301',
    'était',
    '😀',
    'fermé',
    '전화',
    '電話',
    "don't",
    'form.',
  );
  const space = fc.constantFrom(' ', '  ', '\r\n', '\u00a0', '\t');
  const sentence = fc
    .array(fc.tuple(word, space), { minLength: 3, maxLength: 30 })
    .map((pairs) => pairs.flat().join(''));

  it('is located as the same words, and the location verifies', () => {
    fc.assert(
      fc.property(
        fc.array(sentence, { minLength: 1, maxLength: 5 }),
        fc.nat(),
        fc.nat(),
        (said, a, b) => {
          const spoken = said.map((text, index) => ({ index, participantId: `p${index}`, text }));
          const source = said[a % said.length] ?? '';
          const words = source.trim().split(/\s+/u);
          const from = b % words.length;
          const text = words.slice(from, from + 1 + (a % 9)).join(' ');
          const location = locateQuote({ text, turns: spoken });
          if (!location.found) throw new Error(`not located: ${text}`);
          expect(location.exact.normalize('NFC').replaceAll(/\s+/gu, ' ')).toBe(
            text.normalize('NFC'),
          );
          const { turn, start, end, exact, participantId } = location;
          expect(verifySpan({ turns: spoken, turn, start, end })).toEqual({
            ok: true,
            exact,
            participantId,
          });
        },
      ),
    );
  });

  it('is refused once one character of it is another', () => {
    fc.assert(
      fc.property(sentence, fc.nat(), (text, at) => {
        const spoken = [{ index: 0, participantId: 'p', text }];
        const letters = Array.from(text.trim().replaceAll(/\s+/gu, ' ').normalize('NFC'));
        letters[at % letters.length] = '§';
        const changed = letters.join('');
        expect(locateQuote({ text: changed, turns: spoken }).found).toBe(false);
      }),
    );
  });
});
